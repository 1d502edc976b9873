/** Two JSON values, field by field. */

import { canonical, isObject, type Json, type JsonObject } from '../../../../core/kubernetes/index.ts';

/** A key, or the place in a list: its index, and the name of the element where it has one. */
export type Step = string | { readonly index: number; readonly label: string };

export interface Difference {
  readonly path: readonly Step[];
  /** Undefined: not there. */
  readonly from: Json | undefined;
  readonly to: Json | undefined;
}

/**
 * What names an element of a list, the first of them that all elements have, each with another value. As the list types of the
 * API have it (`x-kubernetes-list-map-keys`), without asking for its schema.
 */
const identities = [
  'name',
  'mountPath',
  'containerPort',
  'port',
  'key',
  'devicePath',
  'topologyKey',
  'host',
  'path',
  'ip',
  'type',
];

/** `lists: 'whole'` compares lists as one value. */
export function differences(
  from: Json | undefined,
  to: Json | undefined,
  lists: 'elements' | 'whole' = 'elements',
): Difference[] {
  const found: Difference[] = [];
  walk(from, to, [], lists, found);
  return found;
}

function walk(
  from: Json | undefined,
  to: Json | undefined,
  path: readonly Step[],
  lists: 'elements' | 'whole',
  found: Difference[],
): void {
  if (isObject(from) && isObject(to)) {
    for (const key of new Set([...Object.keys(from), ...Object.keys(to)]))
      walk(from[key], to[key], [...path, key], lists, found);
    return;
  }
  if (Array.isArray(from) && Array.isArray(to) && lists === 'elements') {
    walkLists(from, to, path, found);
    return;
  }
  if (canonical(from) !== canonical(to)) found.push({ path, from, to });
}

function walkLists(
  from: readonly Json[],
  to: readonly Json[],
  path: readonly Step[],
  found: Difference[],
): void {
  const identity = identities.find((field) => names(from, field) && names(to, field));
  if (identity === undefined) {
    for (let index = 0; index < Math.max(from.length, to.length); index++)
      walk(from[index], to[index], [...path, { index, label: String(index) }], 'elements', found);
    return;
  }
  const nameIn = (element: Json): string => String((element as JsonObject)[identity]);
  const before = new Map(from.map((element) => [nameIn(element), element]));
  const after = new Map(to.map((element) => [nameIn(element), element]));
  for (const label of new Set([...before.keys(), ...after.keys()])) {
    const index = to.findIndex((element) => nameIn(element) === label);
    walk(before.get(label), after.get(label), [...path, { index, label }], 'elements', found);
  }
  const kept = [...before.keys()].filter((label) => after.has(label));
  const order = [...after.keys()].filter((label) => before.has(label));
  if (kept.join('\n') !== order.join('\n')) found.push({ path, from: kept, to: order });
}

function names(list: readonly Json[], field: string): boolean {
  const values = list.map((element) => (isObject(element) ? element[field] : undefined));
  const isNamed = values.every((value) => typeof value === 'string' || typeof value === 'number');
  return isNamed && new Set(values).size === values.length;
}

/** `spec.template.spec.containers[app].image`, with keys that hold dots in brackets. */
export function pathText(path: readonly Step[]): string {
  let text = '';
  for (const step of path) {
    if (typeof step !== 'string') text += `[${step.label}]`;
    else if (/[./]/.test(step)) text += `[${step}]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
}

/** The way as a JSON pointer (RFC 6901), for paths without list elements. */
export function pointer(path: readonly Step[]): string {
  return path
    .map(
      (step) =>
        `/${String(typeof step === 'string' ? step : step.index)
          .replaceAll('~', '~0')
          .replaceAll('/', '~1')}`,
    )
    .join('');
}
