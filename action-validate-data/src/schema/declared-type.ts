/** What the schema says of a column, in words for the report. */

import {
  isSchema,
  isSchemaObject,
  propertySchemas,
  resolveLocal,
  type Schema,
  type SchemaObject,
} from './walk.ts';

/** `integer`, `string or null`, `one of 3 values`, `string (date)`; null: nothing that a few words could say. */
export function declaredTypeOf(root: unknown, column: string): string | null {
  if (!isSchema(root)) return null;
  const top = follow(root, root);
  if (top === null) return null;
  const [own] = propertySchemas(top, column);
  return own === undefined ? null : words(root, own);
}

function follow(root: Schema, schema: Schema): SchemaObject | null {
  let at: Schema | null = schema;
  for (let steps = 0; steps < 10 && isSchemaObject(at); steps += 1) {
    if (at.$ref === undefined) return at;
    at = resolveLocal(root, at.$ref);
  }
  return null;
}

function words(root: Schema, schema: Schema): string | null {
  const own = follow(root, schema);
  if (own === null) return schema === false ? 'not allowed' : null;
  if (Array.isArray(own.enum))
    return own.enum.length === 1 ? 'one value' : `one of ${own.enum.length} values`;
  if (own.const !== undefined) return 'one value';
  const union = own.anyOf ?? own.oneOf;
  if (own.type === undefined && Array.isArray(union)) {
    const parts = union.map((branch) => (isSchema(branch) ? words(root, branch) : null));
    return parts.every((part) => part !== null) && parts.length <= 4
      ? [...new Set(parts)].join(' or ')
      : null;
  }
  if (own.type === undefined) return null;
  const names = Array.isArray(own.type) ? own.type.map(String) : [String(own.type)];
  const format = typeof own.format === 'string' ? ` (${own.format})` : '';
  return names.map((name) => (name === 'string' ? `string${format}` : name)).join(' or ');
}
