/** What the schema says of a column, in words for the report. */

import { matchesName } from './cell-types.ts';
import { admittedTypes, conjuncts, jsonTypes, namedTypes, schemasIn } from './types-of.ts';
import { isSchemaObject, propertySchemas, resolveLocal, type Schema, type SchemaObject } from './walk.ts';

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
export function wordsOf(root: Schema, schema: Schema): string | null {
  const words = partsOf(root, schema, 0);
  return words === null || words.length > 4 ? null : words.join(' or ');
}

/** What the value may be, each a word or two, null last. */
function partsOf(root: Schema, schema: Schema, depth: number): string[] | null {
  if (schema === false) return ['nothing'];
  if (schema === true || depth > deepest) return null;
  const own = valueWords(schema) ?? typeWords(schema);
  if (own !== null) return own;
  const union = [...schemasIn(schema.anyOf), ...schemasIn(schema.oneOf)];
  if (union.length > 0) {
    const parts = union.map((branch) => partsOf(root, branch, depth + 1));
    return parts.some((part) => part === null) ? null : nullLast(parts.flatMap((part) => part ?? []));
  }
  const target = resolveLocal(root, schema.$ref);
  for (const each of [...(target === null ? [] : [target]), ...schemasIn(schema.allOf)]) {
    const words = partsOf(root, each, depth + 1);
    if (words !== null) return words;
  }
  const types = admittedTypes(root, schema);
  return types.size === jsonTypes.length ? null : nullLast([...types]);
}

function valueWords(schema: SchemaObject): string[] | null {
  if (schema.const !== undefined) return schema.const === null ? ['null'] : ['one value'];
  if (!Array.isArray(schema.enum)) return null;
  const values = schema.enum.filter((value) => value !== null);
  const words = values.length === 1 ? ['one value'] : [`one of ${values.length} values`];
  return nullLast([...(values.length === 0 ? [] : words), ...(schema.enum.includes(null) ? ['null'] : [])]);
}

function typeWords(schema: SchemaObject): string[] | null {
  const names = namedTypes(schema);
  if (names === null) return null;
  const { format } = schema;
  const formatted = typeof format === 'string' ? ` (${format})` : '';
  return nullLast(names.map((name) => (name === 'string' ? `string${formatted}` : name)));
}

function nullLast(words: readonly string[]): string[] {
  const others = [...new Set(words)].filter((word) => word !== 'null');
  return words.includes('null') ? [...others, 'null'] : others;
}
