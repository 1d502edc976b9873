/** Which types of JSON a schema admits, by what it says of types and values; all else is taken to admit more. */

import {
  isPlainReference,
  isSchema,
  isSchemaObject,
  type Json,
  resolveLocal,
  type Schema,
  type SchemaObject,
} from './walk.ts';

/** `integer` is `number` here. */
export type JsonType = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object';

export const jsonTypes: readonly JsonType[] = ['null', 'boolean', 'number', 'string', 'array', 'object'];

/** Null: nothing is said of types. */
export type Types = ReadonlySet<JsonType> | null;

/** A superset of the types of the values that a schema accepts. */
export function admittedTypes(root: Schema, schema: Schema): ReadonlySet<JsonType> {
  return new TypeReader(root).ofValue(schema) ?? new Set(jsonTypes);
}

/** Reads the schemas of one document, each once: references may lead to the same one on a thousand ways. */
export class TypeReader {
  private readonly root: Schema;
  private readonly known = new Map<SchemaObject, Types>();
  private readonly open = new Set<SchemaObject>();

  constructor(root: Schema) {
    this.root = root;
  }

  ofValue(schema: Schema): Types {
    if (schema === false) return new Set();
    if (schema === true) return null;
    const known = this.known.get(schema);
    if (known !== undefined) return known;
    // A way back to where it stands says nothing new.
    if (this.open.has(schema)) return null;
    this.open.add(schema);
    const parts = [named(schema), ...conjuncts(this.root, schema).map((each) => this.ofValue(each))];
    for (const branches of disjunctions(schema)) {
      parts.push(unionOf(branches.map((branch) => this.ofValue(branch))));
    }
    this.open.delete(schema);
    const types = intersectionOf(parts);
    this.known.set(schema, types);
    return types;
  }
}

function named(schema: SchemaObject): Types {
  const parts: Types[] = [];
  const names = namedTypes(schema);
  if (names !== null) parts.push(new Set(names.map((name) => (name === 'integer' ? 'number' : name))));
  if (Array.isArray(schema.enum)) parts.push(new Set(schema.enum.map(typeOf)));
  if (schema.const !== undefined) parts.push(new Set([typeOf(schema.const)]));
  return intersectionOf(parts);
}

/** What `type` names, with `null` where ajv reads OpenAPI's `nullable`; null: it names nothing. */
export function namedTypes({ type, nullable }: SchemaObject): readonly (JsonType | 'integer')[] | null {
  if (type === undefined || type === '') return null;
  const names = (Array.isArray(type) ? type : [type]) as (JsonType | 'integer')[];
  if (names.length === 0) return null;
  return nullable === true && !names.includes('null') ? [...names, 'null'] : names;
}

/** Schemas that must hold as well. */
export function conjuncts(root: Schema, schema: SchemaObject): Schema[] {
  const target = isPlainReference(schema.$ref) ? resolveLocal(root, schema.$ref) : null;
  return [...(target === null ? [] : [target]), ...schemasIn(schema.allOf)];
}

/** Lists of schemas of which one must hold; both branches of a condition are such a list. */
export function disjunctions(schema: SchemaObject): Schema[][] {
  const { if: condition, then: yes, else: no } = schema;
  const conditional = isSchema(condition) && isSchema(yes) && isSchema(no) ? [yes, no] : [];
  return [schemasIn(schema.anyOf), schemasIn(schema.oneOf), conditional].filter((list) => list.length > 0);
}

export function schemasIn(list: Json | undefined): Schema[] {
  return Array.isArray(list) ? list.filter(isSchema) : [];
}

export function typeOf(value: Json): JsonType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return isSchemaObject(value) ? 'object' : (typeof value as JsonType);
}

export function unionOf(parts: readonly Types[]): Types {
  const all = new Set<JsonType>();
  for (const part of parts) {
    if (part === null) return null;
    for (const type of part) all.add(type);
  }
  return all;
}

export function intersectionOf(parts: readonly Types[]): Types {
  let left: Types = null;
  for (const part of parts) {
    if (part === null) continue;
    const before: readonly JsonType[] = left === null ? [...part] : [...left];
    left = new Set(before.filter((type) => part.has(type)));
  }
  return left;
}
