/** Finding one's way in a schema: references within it, and the schemas that speak of one property. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type SchemaObject = { readonly [key: string]: Json };
export type Schema = boolean | SchemaObject;

export function isSchemaObject(value: unknown): value is SchemaObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isSchema(value: unknown): value is Schema {
  return typeof value === 'boolean' || isSchemaObject(value);
}

/** The schema behind a reference such as `#/$defs/age`; null: not within this document, or not that simple. */
export function resolveLocal(root: Schema, reference: Json | undefined): Schema | null {
  if (typeof reference !== 'string' || !isSchemaObject(root)) return null;
  if (reference === '#') return root;
  if (!reference.startsWith('#/')) return null;
  let at: Json | undefined = root;
  for (const part of reference.slice(2).split('/')) {
    const key = decodePart(part);
    if (key === null || typeof at !== 'object' || at === null) return null;
    const holder: object = at;
    at = Object.hasOwn(holder, key) ? (holder as Readonly<Record<string, Json>>)[key] : undefined;
    // Inside of a schema with a name of its own, references start from there.
    if (isSchemaObject(at) && (at.$id !== undefined || at.id !== undefined)) return null;
  }
  return isSchema(at) ? at : null;
}

function decodePart(part: string): string | null {
  try {
    return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
  } catch {
    return null;
  }
}

/** The schemas that an object schema itself gives for a property: its own, by pattern, else the additional ones. */
export function propertySchemas(schema: SchemaObject, name: string): readonly Schema[] {
  const found: Schema[] = [];
  const { properties, patternProperties, additionalProperties } = schema;
  if (isSchemaObject(properties) && Object.hasOwn(properties, name)) {
    const own = properties[name];
    if (isSchema(own)) found.push(own);
  }
  if (isSchemaObject(patternProperties)) {
    for (const [pattern, own] of Object.entries(patternProperties)) {
      if (isSchema(own) && matches(pattern, name)) found.push(own);
    }
  }
  if (found.length === 0 && isSchema(additionalProperties)) found.push(additionalProperties);
  return found;
}

function matches(pattern: string, name: string): boolean {
  // Names of columns are few and short; those of hostile length are not looked up.
  if (name.length > 200) return false;
  try {
    return new RegExp(pattern, 'u').test(name);
  } catch {
    return false;
  }
}
