/**
 * Differences that may be put back: not those by which another manager's value would be lost. Nothing is taken by force, also
 * not on the way back. Who owns what is told by managedFields:
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
import { fieldManager } from '../client/index.ts';
import { type Difference, differences, type Step } from './difference.ts';
import { isNamedBy, pick } from './owned-fields.ts';

/** From the former state to the present one; `to` of each is the present value. */
export function withoutOthers(found: readonly Difference[], now: KubeObject): Difference[] {
  const others = listAt(now, 'metadata', 'managedFields')
    .filter((entry) => textAt(entry, 'manager') !== fieldManager && textAt(entry, 'subresource') !== 'status')
    .map((entry) => objectAt(entry, 'fieldsV1'))
    .filter((fields) => Object.keys(fields).length > 0);
  return found.flatMap((difference) => mayBePutBack(difference, now, others));
}

/** The difference itself, what of it is nobody else's, or nothing. */
function mayBePutBack(difference: Difference, now: KubeObject, others: readonly JsonObject[]): Difference[] {
  const { path, from, to } = difference;
  const owned = others.map((fields) => below(fields, now, path)).filter((fields) => fields !== null);
  if (owned.every((fields) => keepsValues(fields, from, to))) return [difference];
  // Within it some is theirs: what is not is looked at by itself.
  return parts(difference).flatMap((part) => mayBePutBack(part, now, others));
}

/** Their fields have the value before that they have now: to put it back takes nothing away. */
function keepsValues(fields: JsonObject, from: Json | undefined, to: Json | undefined): boolean {
  if (to === undefined) return true;
  return from !== undefined && canonical(pick(from, fields)) === canonical(pick(to, fields));
}

/** What the manager owns at the end of the path, or on the way to it as a whole; null: nothing. */
function below(fields: JsonObject, now: KubeObject, path: readonly Step[]): JsonObject | null {
  let here: JsonObject = fields;
  let value: Json | undefined = now;
  for (const step of path) {
    const name = nameIn(here, value, step);
    if (name === undefined) return isWhole(here) ? here : null;
    here = objectAt(here, name);
    value = valueAt(value, step);
  }
  return here;
}

/** A leaf: the whole value is the manager's. With a dot it is only that the value is there. */
function isWhole(fields: JsonObject): boolean {
  return Object.keys(fields).length === 0;
}

function nameIn(fields: JsonObject, value: Json | undefined, step: Step): string | undefined {
  if (typeof step === 'string') return `f:${step}` in fields ? `f:${step}` : undefined;
  const element = valueAt(value, step);
  if (element === undefined) return undefined;
  return Object.keys(fields).find((key) => key !== '.' && isNamedBy(key, element, step.index));
}

function valueAt(value: Json | undefined, step: Step): Json | undefined {
  if (typeof step === 'string') return isObject(value) ? value[step] : undefined;
  return Array.isArray(value) ? (value[step.index] as Json | undefined) : undefined;
}

/** Field by field, or element by element where elements have names; none of what cannot be parted. */
function parts({ path, from, to }: Difference): Difference[] {
  if (isObject(to)) {
    const before = isObject(from) ? from : {};
    const names = [...new Set([...Object.keys(before), ...Object.keys(to)])];
    return names
      .filter((name) => canonical(before[name]) !== canonical(to[name]))
      .map((name) => ({ path: [...path, name], from: before[name], to: to[name] }));
  }
  if (!Array.isArray(from) || !Array.isArray(to)) return [];
  return differences(from, to)
    .filter((part) => part.path.length > 0)
    .map((part) => ({ ...part, path: [...path, ...part.path] }));
}
