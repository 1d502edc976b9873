/** Which document a part of a schema stands in: ajv's errors name the part, and references start from the document. */

import {
  childrenOf,
  everySchema,
  isSchemaObject,
  resolveLocal,
  type Schema,
  type SchemaObject,
} from './walk.ts';

const roots = new WeakMap<SchemaObject, Schema>();
const reaches = new WeakMap<SchemaObject, ReadonlySet<SchemaObject>>();

export function registerDocument(root: Schema): void {
  for (const [part] of everySchema(root)) roots.set(part, root);
}

/** The document of a part; a part that was never registered is its own. */
export function documentOf(part: SchemaObject): Schema {
  return roots.get(part) ?? part;
}

/** All schemas that may take part in judging a value, or a part of it, by this one: itself, what stands in it, and what it refers to. */
export function reachOf(schema: SchemaObject): ReadonlySet<SchemaObject> {
  const known = reaches.get(schema);
  if (known !== undefined) return known;
  const root = documentOf(schema);
  const reach = new Set<SchemaObject>();
  const waiting: Schema[] = [schema];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (!isSchemaObject(next) || reach.has(next)) continue;
    reach.add(next);
    waiting.push(...childrenOf(next).map((child) => child.schema));
    for (const reference of [next.$ref, next.$dynamicRef, next.$recursiveRef]) {
      const target = resolveLocal(root, reference);
      if (target !== null) waiting.push(target);
    }
  }
  reaches.set(schema, reach);
  return reach;
}
