/** What the schema says of a column, in words for the report. */

import { matchesName } from './cell-types.ts';
import { conjuncts, namedTypes, schemasIn } from './types-of.ts';
import { isSchemaObject, type Json, propertySchemas, type Schema, type SchemaObject } from './walk.ts';

const deepest = 20;

/** `integer`, `string or null`, `one of 3 values`, `string (date)`; null: nothing that a few words could say. */
export function declaredTypeOf(root: Schema, column: string): string | null {
  for (const part of rowParts(root, root, 0)) {
    for (const own of propertySchemas(part, column, matchesName)) {
      const words = wordsOf(root, own);
      if (words !== null) return words;
    }
  }
  return null;
}

/** The row's schema and those that it joins. */
function* rowParts(root: Schema, schema: Schema, depth: number): Generator<SchemaObject> {
  if (!isSchemaObject(schema) || depth > deepest) return;
  yield schema;
  for (const each of conjuncts(root, schema)) yield* rowParts(root, each, depth + 1);
}

/** A schema of a value, in a few words: `integer`, `string or null`; null: they would not do. */
function wordsOf(root: Schema, schema: Schema): string | null {
  const parts = valueParts(root, schema);
  if (parts === null) return null;
  const words = [...new Set(parts.map(partWords))];
  return words.length > 4 ? null : words.join(' or ');
}

function partWords({ type, format, values }: ValuePart): string {
  if (values !== undefined) return values.length === 1 ? 'one value' : `one of ${values.length} values`;
  return format === undefined ? type : `${type} (${format})`;
}

/** One of the kinds of values that a schema admits. */
export interface ValuePart {
  /** Of JSON Schema, `integer` among them; `nothing` for the schema `false`. */
  readonly type: string;
  /** Of a string. */
  readonly format?: string;
  /** The only ones; null is a part of its own. */
  readonly values?: readonly Json[];
}

/** What a schema admits, null last; null: what it says of types and values does not tell. */
export function valueParts(root: Schema, schema: Schema): readonly ValuePart[] | null {
  const parts = partsOf(root, schema, 0);
  if (parts === null) return null;
  const isNull = ({ type }: ValuePart): boolean => type === 'null';
  return [...parts.filter((part) => !isNull(part)), ...parts.filter(isNull).slice(0, 1)];
}

function partsOf(root: Schema, schema: Schema, depth: number): readonly ValuePart[] | null {
  if (schema === false) return [{ type: 'nothing' }];
  if (schema === true || depth > deepest) return null;
  const own = listedParts(schema) ?? typedParts(schema);
  if (own !== null) return own;
  const union = [...schemasIn(schema.anyOf), ...schemasIn(schema.oneOf)];
  if (union.length > 0) {
    const parts = union.map((branch) => partsOf(root, branch, depth + 1));
    return parts.some((part) => part === null) ? null : parts.flatMap((part) => part ?? []);
  }
  for (const each of conjuncts(root, schema)) {
    const parts = partsOf(root, each, depth + 1);
    if (parts !== null) return parts;
  }
  return null;
}

function listedParts(schema: SchemaObject): readonly ValuePart[] | null {
  const values = schema.const !== undefined ? [schema.const] : schema.enum;
  if (!Array.isArray(values)) return null;
  const others = (values as readonly Json[]).filter((value) => value !== null);
  const some = others.length === 0 ? [] : [{ type: 'values', values: others }];
  return values.includes(null) ? [...some, { type: 'null' }] : some;
}

function typedParts(schema: SchemaObject): readonly ValuePart[] | null {
  const { format } = schema;
  return (
    namedTypes(schema)?.map((type) =>
      type === 'string' && typeof format === 'string' ? { type, format } : { type },
    ) ?? null
  );
}
