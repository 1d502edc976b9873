/** Which types the schema admits in a column: cells of CSV are text, and become numbers or booleans by this. */

import {
  isSchema,
  isSchemaObject,
  type Json,
  propertySchemas,
  resolveLocal,
  type Schema,
  type SchemaObject,
} from './walk.ts';

/**
 * A cell becomes a number when `number` is set and the cell is a JSON number, a boolean likewise, else it stays text.
 * A missing cell is an absent key, but null where `null` is set: where the schema names null, as in
 * `"type": ["integer", "null"]`, not where it says nothing of types (`any`).
 */
export interface CellTypes {
  readonly number: boolean;
  readonly boolean: boolean;
  readonly string: boolean;
  readonly null: boolean;
  /** The schema says nothing of types. */
  readonly any: boolean;
}

/** Null: no limit. */
type Types = ReadonlySet<string> | null;

const mostSteps = 10_000;

export function cellTypesOf(root: unknown, column: string): CellTypes {
  const types = isSchema(root) ? new Reader(root).ofColumn(root, column, new Set()) : null;
  const admits = (type: string): boolean => types === null || types.has(type);
  return {
    number: admits('number'),
    boolean: admits('boolean'),
    string: admits('string'),
    null: types?.has('null') ?? false,
    any: types === null,
  };
}

class Reader {
  private readonly root: Schema;
  private steps = 0;

  constructor(root: Schema) {
    this.root = root;
  }

  /** Types that a schema of the row admits in a column. */
  ofColumn(schema: Schema, column: string, open: ReadonlySet<Schema>): Types {
    if (!isSchemaObject(schema) || open.has(schema) || this.isTired()) return null;
    const within = new Set(open).add(schema);
    const parts: Types[] = propertySchemas(schema, column).map((own) => this.ofValue(own, new Set()));
    for (const each of this.conjuncts(schema)) parts.push(this.ofColumn(each, column, within));
    for (const branches of this.disjunctions(schema)) {
      parts.push(union(branches.map((branch) => this.ofColumn(branch, column, within))));
    }
    return intersection(parts);
  }

  private ofValue(schema: Schema, open: ReadonlySet<Schema>): Types {
    if (!isSchemaObject(schema) || open.has(schema) || this.isTired()) return null;
    const within = new Set(open).add(schema);
    const parts: Types[] = [this.named(schema)];
    for (const each of this.conjuncts(schema)) parts.push(this.ofValue(each, within));
    for (const branches of this.disjunctions(schema)) {
      parts.push(union(branches.map((branch) => this.ofValue(branch, within))));
    }
    return intersection(parts);
  }

  private named(schema: SchemaObject): Types {
    const parts: Types[] = [];
    const { type } = schema;
    if (typeof type === 'string' || Array.isArray(type)) {
      const names = (Array.isArray(type) ? type : [type]).map((name) =>
        name === 'integer' ? 'number' : String(name),
      );
      // ajv reads OpenAPI's `nullable` beside a type.
      parts.push(new Set(schema.nullable === true ? [...names, 'null'] : names));
    }
    if (Array.isArray(schema.enum)) parts.push(new Set(schema.enum.map(typeOf)));
    if (schema.const !== undefined) parts.push(new Set([typeOf(schema.const)]));
    return intersection(parts);
  }

  private conjuncts(schema: SchemaObject): Schema[] {
    const target = schema.$ref === undefined ? null : resolveLocal(this.root, schema.$ref);
    return [...(target === null ? [] : [target]), ...schemasIn(schema.allOf)];
  }

  private disjunctions(schema: SchemaObject): Schema[][] {
    return [schemasIn(schema.anyOf), schemasIn(schema.oneOf)].filter((branches) => branches.length > 0);
  }

  /** References can multiply: past some steps nothing is said of types. */
  private isTired(): boolean {
    this.steps += 1;
    return this.steps > mostSteps;
  }
}

function schemasIn(list: Json | undefined): Schema[] {
  return Array.isArray(list) ? list.filter(isSchema) : [];
}

function typeOf(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function union(parts: readonly Types[]): Types {
  const all = new Set<string>();
  for (const part of parts) {
    if (part === null) return null;
    for (const type of part) all.add(type);
  }
  return all;
}

function intersection(parts: readonly Types[]): Types {
  const limits = parts.filter((part) => part !== null);
  const [first, ...rest] = limits;
  if (first === undefined) return null;
  return new Set(Array.from(first).filter((type) => rest.every((part) => part.has(type))));
}
