/** Finding one's way in a schema: what stands in it where, and references within it. */

import { pointerStep } from './json-places.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type SchemaObject = { readonly [key: string]: Json };
export type Schema = boolean | SchemaObject;

export function isSchemaObject(value: unknown): value is SchemaObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isSchema(value: unknown): value is Schema {
  return typeof value === 'boolean' || isSchemaObject(value);
}

/** `same`: it judges the value that its parent judges; `inside`: a part of it; `none`: only references reach it. */
export type Reach = 'same' | 'inside' | 'none';

export interface Child {
  readonly schema: Schema;
  /** JSON pointer from the parent: `/properties/age`. */
  readonly step: string;
  readonly reach: Reach;
}

/** Keywords whose value is a schema, a list of schemas or an object of schemas, in any of the three drafts. */
const single: Readonly<Record<string, Reach>> = {
  not: 'same',
  if: 'same',
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: 'same',
  else: 'same',
  items: 'inside',
  additionalItems: 'inside',
  unevaluatedItems: 'inside',
  contains: 'inside',
  additionalProperties: 'inside',
  unevaluatedProperties: 'inside',
  propertyNames: 'inside',
  contentSchema: 'none',
};
const lists: Readonly<Record<string, Reach>> = {
  allOf: 'same',
  anyOf: 'same',
  oneOf: 'same',
  prefixItems: 'inside',
  items: 'inside',
};
const maps: Readonly<Record<string, Reach>> = {
  dependentSchemas: 'same',
  dependencies: 'same',
  properties: 'inside',
  patternProperties: 'inside',
  $defs: 'none',
  definitions: 'none',
};

/** The schemas that stand directly in a schema. */
export function childrenOf(schema: SchemaObject): Child[] {
  const found: Child[] = [];
  const add = (value: unknown, step: string, reach: Reach): void => {
    if (isSchema(value)) found.push({ schema: value, step, reach });
  };
  for (const [keyword, value] of Object.entries(schema)) {
    if (Object.hasOwn(lists, keyword) && Array.isArray(value)) {
      value.forEach((each: unknown, index) => {
        add(each, pointerStep(keyword) + pointerStep(index), lists[keyword] as Reach);
      });
    } else if (Object.hasOwn(single, keyword)) {
      add(value, pointerStep(keyword), single[keyword] as Reach);
    } else if (Object.hasOwn(maps, keyword) && isSchemaObject(value)) {
      for (const [name, each] of Object.entries(value)) {
        add(each, pointerStep(keyword) + pointerStep(name), maps[keyword] as Reach);
      }
    }
  }
  return found;
}

/** Every schema object in the document with its JSON pointer, the root first. */
export function* everySchema(root: Schema, pointer = ''): Generator<readonly [SchemaObject, string]> {
  if (!isSchemaObject(root)) return;
  yield [root, pointer];
  for (const { schema, step } of childrenOf(root)) yield* everySchema(schema, pointer + step);
}

/** The JSON pointer that a reference within the document has; null: it is none, or a name. */
export function pointerOf(reference: unknown): string | null {
  if (typeof reference !== 'string' || !/^#(?:\/.*)?$/s.test(reference)) return null;
  try {
    return decodeURIComponent(reference.slice(1));
  } catch {
    return null;
  }
}

/** What stands at a JSON pointer; undefined: nothing. */
export function valueAt(root: unknown, pointer: string): unknown {
  let at: unknown = root;
  for (const step of pointer.split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[key];
  }
  return at;
}

/**
 * The schema that a reference within the document leads to: by pointer (`#/$defs/age`), by `$anchor` (`#age`), or by
 * the `$id` of a part. Null: nothing is found, or an `$id` on the way moves where references start from. A guess is
 * good enough for words in a report; where soundness hangs on it, `isPlainReference` is asked as well.
 */
export function resolveLocal(root: Schema, reference: unknown): Schema | null {
  if (typeof reference !== 'string' || !isSchemaObject(root)) return null;
  const id = typeof root.$id === 'string' ? root.$id.replace(/#$/, '') : '';
  const local = id !== '' && reference.startsWith(`${id}#`) ? reference.slice(id.length) : reference;
  const pointer = pointerOf(local === id && id !== '' ? '#' : local);
  if (pointer !== null) {
    const target = valueAt(root, pointer);
    return isSchema(target) ? target : null;
  }
  for (const [schema] of everySchema(root)) {
    const names = [schema.$anchor, schema.$dynamicAnchor].filter((name) => typeof name === 'string');
    if (names.some((name) => `#${name}` === local) || schema.$id === reference) return schema;
  }
  return null;
}

/**
 * Whether ajv surely reads a reference as `resolveLocal` does: the root, or a pointer without escapes of URIs, in a
 * document whose parts have no `$id` of their own (`hasInnerIds`).
 */
export function isPlainReference(reference: unknown): reference is string {
  return typeof reference === 'string' && /^#(?:\/[^%/#?]+)*$/.test(reference);
}

/** Whether a part of the document, read or not, has an `$id` of its own. ajv looks for them in unknown keywords too. */
export function hasInnerIds(root: Schema): boolean {
  const visit = (value: unknown): boolean => {
    if (typeof value !== 'object' || value === null) return false;
    if (value !== root && !Array.isArray(value) && typeof (value as SchemaObject).$id === 'string')
      return true;
    return Object.values(value).some(visit);
  };
  return visit(root);
}

/** The schemas that an object schema itself gives for a property: its own, by pattern, else the additional ones. */
export function propertySchemas(
  schema: SchemaObject,
  name: string,
  matches: (pattern: string, text: string) => boolean,
): Schema[] {
  const found: Schema[] = [];
  const { properties, patternProperties, additionalProperties } = schema;
  if (isSchemaObject(properties) && name !== '__proto__' && Object.hasOwn(properties, name)) {
    const own = properties[name];
    if (isSchema(own)) found.push(own);
  }
  if (isSchemaObject(patternProperties)) {
    for (const [pattern, own] of Object.entries(patternProperties)) {
      // ajv passes over a pattern of this name.
      if (pattern !== '__proto__' && isSchema(own) && matches(pattern, name)) found.push(own);
    }
  }
  if (found.length === 0 && isSchema(additionalProperties)) found.push(additionalProperties);
  return found;
}
