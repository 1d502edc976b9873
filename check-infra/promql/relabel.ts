/** `label_replace` and `label_join`: which labels there are after them. */

import type { Call, Expression } from './ast.ts';
import { canHave, hasAlways, type Labels, withLabel, withoutLabels } from './labels.ts';
import type { Vector } from './value.ts';

/** `label_replace(v, to, replacement, from, pattern)`: where the pattern does not match, the series stays as it is. */
export function replaced(call: Call, vector: Vector): Vector {
  const [, to, replacement, from, pattern] = call.args.map(textOf);
  if (to === undefined || replacement === undefined) return opened(vector);
  const { labels } = vector;
  const before = labels.known.get(to);
  const isCertain = matchesAll(labels, from, pattern);
  const fixed = replacement.replaceAll(/\$(?:\w+|\{\w+\})/g, '');
  const isConstant = fixed === replacement;
  if (replacement === '' && isCertain) return { ...vector, labels: withoutLabels(labels, [to]) };
  // An empty label is none.
  const isThere = fixed !== '' && (isCertain || before?.always === true);
  const mayBe = replacement !== '' || canHave(labels, to);
  if (!mayBe) return vector;
  const varied = !isConstant || before?.varied === true;
  return { ...vector, labels: withLabel(labels, to, { always: isThere, varied }) };
}

/** Also of a series without the label, which is empty then. */
function matchesAll(labels: Labels, from: string | undefined, pattern: string | undefined): boolean {
  if (pattern === '.*' || pattern === '(.*)') return true;
  return pattern === '' && from !== undefined && !canHave(labels, from);
}

/** `label_join(v, to, separator, from…)`: what was there before is gone. */
export function joinedLabels(call: Call, vector: Vector): Vector {
  const [, to, separator, ...from] = call.args.map(textOf);
  if (to === undefined) return opened(vector);
  const { labels } = vector;
  const sources = from.flatMap((name) => name ?? []);
  const separates = separator !== '' && from.length > 1;
  const always = (separator !== undefined && separates) || sources.some((name) => hasAlways(labels, name));
  const mayBe = separates || sources.length < from.length || sources.some((name) => canHave(labels, name));
  if (!mayBe) return { ...vector, labels: withoutLabels(labels, [to]) };
  return { ...vector, labels: withLabel(labels, to, { always, varied: true }) };
}

/** Undefined: it is in a variable of Grafana. */
function textOf(arg: Expression): string | undefined {
  return arg.kind === 'string' && !arg.value.includes('$__') ? arg.value : undefined;
}

function opened(vector: Vector): Vector {
  return { ...vector, labels: { ...vector.labels, open: true } };
}
