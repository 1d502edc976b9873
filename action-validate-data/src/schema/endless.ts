/** Schemas that come back to themselves without going deeper into the data: judging a row would never end. */

import { childrenOf, isSchemaObject, resolveLocal, type Schema, type SchemaObject } from './walk.ts';

/**
 * The JSON pointers or references of a way that leads a schema back to itself on the same value, such as
 * `['#/$defs/a', '#/$defs/b']`; null: there is none. Only what is reached from the root counts, as ajv compiles no more.
 */
export function endlessWay(root: Schema): readonly string[] | null {
  const finished = new Set<SchemaObject>();
  const waiting: Schema[] = [root];
  const met = new Set<Schema>();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (!isSchemaObject(next) || met.has(next)) continue;
    met.add(next);
    const way = search(root, next, finished);
    if (way !== null) return way;
    for (const { schema, reach } of childrenOf(next)) if (reach !== 'none') waiting.push(schema);
    for (const target of targetsOf(root, next)) waiting.push(target.schema);
  }
  return null;
}

/** Depth first over what judges the same value; the stack is on the heap, since references can make long chains. */
function search(root: Schema, start: SchemaObject, finished: Set<SchemaObject>): string[] | null {
  interface Step {
    readonly schema: SchemaObject;
    readonly by: string;
    readonly next: { readonly schema: Schema; readonly by: string }[];
  }
  const open = new Set<SchemaObject>();
  const stack: Step[] = [];
  const enter = (schema: SchemaObject, by: string): void => {
    const same = childrenOf(schema).filter(({ reach }) => reach === 'same');
    const next = [...same.map((child) => ({ schema: child.schema, by: '' })), ...targetsOf(root, schema)];
    open.add(schema);
    stack.push({ schema, by, next });
  };
  if (!finished.has(start)) enter(start, '');
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const next = top.next.pop();
    if (next === undefined) {
      stack.pop();
      open.delete(top.schema);
      finished.add(top.schema);
    } else if (isSchemaObject(next.schema) && open.has(next.schema)) {
      const from = stack.findIndex(({ schema }) => schema === next.schema);
      return [...stack.slice(from + 1).map(({ by }) => by), next.by].filter((by) => by !== '');
    } else if (isSchemaObject(next.schema) && !finished.has(next.schema)) {
      enter(next.schema, next.by);
    }
  }
  return null;
}

function targetsOf(root: Schema, schema: SchemaObject): { schema: Schema; by: string }[] {
  const found: { schema: Schema; by: string }[] = [];
  for (const keyword of ['$ref', '$recursiveRef', '$dynamicRef']) {
    const reference = schema[keyword];
    const target = resolveLocal(root, reference);
    if (target !== null) found.push({ schema: target, by: String(reference) });
  }
  return found;
}
