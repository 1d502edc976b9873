/**
 * What a manager has applied of an object, taken out of the object by its managedFields: applying just this again gives each
 * field its value, and takes away what was applied since. The encoding is `fieldsV1`:
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 */

import {
  canonical,
  isObject,
  type Json,
  type JsonObject,
  type KubeObject,
  listAt,
  objectAt,
  textAt,
} from '../../../../core/kubernetes/index.ts';

/** With apiVersion, kind and the name alone where the manager has applied nothing. */
export function appliedBy(object: KubeObject, manager: string): KubeObject {
  const entry = listAt(object, 'metadata', 'managedFields').find(
    (item) =>
      textAt(item, 'manager') === manager &&
      textAt(item, 'operation') === 'Apply' &&
      textAt(item, 'subresource') === '',
  );
  const fields = objectAt(entry, 'fieldsV1');
  const picked = pickFields(object, fields);
  const { name, namespace } = object.metadata;
  return {
    ...picked,
    apiVersion: textAt(entry, 'apiVersion') || object.apiVersion,
    kind: object.kind,
    metadata: {
      ...objectAt(picked, 'metadata'),
      name,
      ...(namespace === undefined ? {} : { namespace }),
    },
  };
}

/** A field, or an element of a list, as far as it is the manager's. */
export function pick(value: Json, fields: JsonObject): Json {
  const keys = Object.keys(fields).filter((key) => key !== '.');
  // A leaf: the whole value is the manager's.
  if (keys.length === 0) return value;
  if (Array.isArray(value)) return pickElements(value, fields, keys);
  return isObject(value) ? pickFields(value, fields) : value;
}

function pickFields(value: JsonObject, fields: JsonObject): JsonObject {
  const picked: Record<string, Json> = {};
  for (const [key, below] of Object.entries(fields)) {
    if (!key.startsWith('f:')) continue;
    const name = key.slice(2);
    const field = value[name];
    if (field !== undefined) picked[name] = pick(field, isObject(below) ? below : {});
  }
  return picked;
}

/** Elements are named by their keys (`k:{"name":"app"}`), by their value (`v:"x"`) or by their place (`i:0`). */
function pickElements(list: readonly Json[], fields: JsonObject, keys: readonly string[]): Json[] {
  return list.flatMap((element, index) => {
    const key = keys.find((name) => isNamedBy(name, element, index));
    return key === undefined ? [] : [pick(element, objectAt(fields, key))];
  });
}

export function isNamedBy(key: string, element: Json, index: number): boolean {
  const text = key.slice(2);
  if (key.startsWith('i:')) return Number(text) === index;
  if (key.startsWith('v:')) return canonical(JSON.parse(text) as Json) === canonical(element);
  if (!key.startsWith('k:') || !isObject(element)) return false;
  const names = JSON.parse(text) as JsonObject;
  // Keys that an element leaves out have their default, as `protocol: TCP` of a port has; the server writes it.
  return Object.entries(names).every(([name, value]) => canonical(element[name]) === canonical(value));
}
