/** Which types the schema admits in a column: cells of CSV are text, and become numbers or booleans by this. */

import { conjuncts, disjunctions, intersectionOf, TypeReader, type Types, unionOf } from './types-of.ts';
import { isSchemaObject, propertySchemas, type Schema, type SchemaObject } from './walk.ts';

/**
 * A cell becomes a number where `number` is set and the cell is a JSON number (interface.md, "CSV cells"), a boolean
 * where `boolean` is set and it is `true` or `false`; else it stays text, and the schema judges the text. So `007` in a
 * column of numbers is text, and an error of type; `7` in a column of strings is the text `7`.
 *
 * A missing cell is an absent key, but null where `null` is set: where the schema names null, as in
 * `"type": ["integer", "null"]`, `"const": null` or an `enum` with null, and not where it says nothing of types (`any`).
 */
export interface CellTypes {
  readonly number: boolean;
  readonly boolean: boolean;
  readonly string: boolean;
  readonly null: boolean;
  /** The schema says nothing of types. */
  readonly any: boolean;
}

/**
 * By `type`, `enum` and `const` of the schemas that stand for the column, in the row's schema and in all that it joins:
 * through references within the document, `allOf` (all must admit a type), `anyOf`, `oneOf` and `then` with `else` (one
 * must). `not` and conditions with one branch take nothing away.
 */
export function cellTypesOf(root: Schema, column: string, matches: NameTest = matchesName): CellTypes {
  const types = new ColumnReader(root, column, matches).ofRow(root);
  const admits = (type: 'number' | 'boolean' | 'string'): boolean => types === null || types.has(type);
  return {
    number: admits('number'),
    boolean: admits('boolean'),
    string: admits('string'),
    null: types?.has('null') ?? false,
    any: types === null,
  };
}

class ColumnReader {
  private readonly root: Schema;
  private readonly column: string;
  private readonly matches: NameTest;
  private readonly values: TypeReader;
  private readonly known = new Map<SchemaObject, Types>();

  constructor(root: Schema, column: string, matches: NameTest) {
    this.root = root;
    this.column = column;
    this.matches = matches;
    this.values = new TypeReader(root);
  }

  /** Types that a schema of the row admits in the column. */
  ofRow(schema: Schema): Types {
    if (!isSchemaObject(schema)) return null;
    const known = this.known.get(schema);
    if (known !== undefined) return known;
    // Until it is read: a way back to where it stands says nothing new.
    this.known.set(schema, null);
    const parts = propertySchemas(schema, this.column, this.matches).map((own) => this.values.ofValue(own));
    for (const each of conjuncts(this.root, schema)) parts.push(this.ofRow(each));
    for (const branches of disjunctions(schema)) {
      parts.push(unionOf(branches.map((branch) => this.ofRow(branch))));
    }
    const types = intersectionOf(parts);
    this.known.set(schema, types);
    return types;
  }
}

/** Whether a pattern of `patternProperties` is of a column's name. */
export type NameTest = (pattern: string, name: string) => boolean;

/** Names of columns are few and short; one of hostile length is not looked up, and its cells are of any type. */
export function matchesName(pattern: string, name: string): boolean {
  if (name.length > 200) return false;
  try {
    return new RegExp(pattern, 'u').test(name);
  } catch {
    // ajv reads an expression only where something hangs on it.
    return false;
  }
}
