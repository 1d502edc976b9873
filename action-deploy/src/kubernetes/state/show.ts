/** Differences as people read them. */

import { redactUrl } from '../../../../core/inputs/index.ts';
import {
  isObject,
  type Json,
  type KubeObject,
  listAt,
  podSpecOf,
  textAt,
} from '../../../../core/kubernetes/index.ts';
import type { Change } from '../../types.ts';
import { comparable, nameOf } from './comparable.ts';
import { type Difference, differences, pathText, type Step } from './difference.ts';

const longest = 200;
const mostPerObject = 50;
const secretName = /pass|pwd|secret|token|key|credential|dsn|auth|cookie|salt|private/i;

/** Field by field; `before` null: it is made. Values of Secrets, and of variables that sound like one, are not shown. */
export function changesOf(before: KubeObject | null, after: KubeObject, usual: string): Change[] {
  const name = nameOf(after, usual);
  if (before === null) return [{ place: name, from: null, to: 'is made' }, ...imagesOf(after, name)];
  const found = differences(comparable(before), comparable(after));
  const shown = found.slice(0, mostPerObject).map((difference) => ({
    place: `${name} ${pathText(difference.path)}`,
    ...valuesOf(difference, after.kind),
  }));
  const left = found.length - shown.length;
  return left === 0
    ? shown
    : [...shown, { place: name, from: null, to: `and ${left} further ${left === 1 ? 'field' : 'fields'}` }];
}

function valuesOf({ path, from, to }: Difference, kind: string): Pick<Change, 'from' | 'to'> {
  const [first] = path;
  const isData = first === 'data' || first === 'stringData';
  const isSecret = kind === 'Secret' && isData;
  const last = path.at(-1);
  const variable = path.findLast((step) => typeof step !== 'string');
  const isNamedSecret =
    (last === 'value' && typeof variable === 'object' && secretName.test(variable.label)) ||
    (isMap(path.at(-2)) && typeof last === 'string' && secretName.test(last));
  if (!isSecret && !isNamedSecret) return { from: show(from, isMap(last)), to: show(to, isMap(last)) };
  return {
    from: from === undefined ? null : '(not shown)',
    to: to === undefined ? null : from === undefined ? '(not shown)' : '(another one, not shown)',
  };
}

/** `named`: its keys are names that somebody has given, as a ConfigMap's are. */
function show(value: Json | undefined, named: boolean): string | null {
  if (value === undefined) return null;
  const text = redactUrl(JSON.stringify(hide(value, named)));
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

const maps = new Set(['data', 'stringData', 'annotations', 'labels']);

function isMap(step: Step | undefined): boolean {
  return typeof step === 'string' && maps.has(step);
}

/** Variables and entries of maps within a larger value that is shown as a whole. */
function hide(value: Json, named: boolean): Json {
  if (Array.isArray(value)) return value.map((item) => hide(item, false));
  if (!isObject(value)) return value;
  const isVariable = typeof value.name === 'string' && typeof value.value === 'string';
  const isHidden = (key: string): boolean =>
    (named && secretName.test(key)) || (isVariable && key === 'value' && secretName.test(String(value.name)));
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [
      key,
      isHidden(key) ? '(not shown)' : hide(field ?? null, isMap(key)),
    ]),
  );
}

/** Of a new object: what it runs is what matters most. */
function imagesOf(object: KubeObject, name: string): Change[] {
  const spec = podSpecOf(object);
  if (spec === null) return [];
  return (['initContainers', 'containers'] as const).flatMap((list) =>
    listAt(spec, list).map((item) => ({
      place: `${name} ${list}[${textAt(item, 'name')}].image`,
      from: null,
      to: show(textAt(item, 'image'), false),
    })),
  );
}
