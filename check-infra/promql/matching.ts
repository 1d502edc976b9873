/**
 * Whether the series of two sides can meet. They do when the labels that are matched on are equal; a label that one side
 * always has and the other never can have lets none meet, and the result is empty without a word.
 */

import type { Binary, Expression } from './ast.ts';
import type { Inference } from './infer.ts';
import { reportLabel } from './infer-selector.ts';
import { canHave, hasAlways, namesOf } from './labels.ts';
import { anyLabel } from './parse.ts';
import type { Vector } from './value.ts';

export function checkMatching(inference: Inference, binary: Binary, left: Vector, right: Vector): void {
  if (binary.operator === 'or' || binary.matching?.labels.includes(anyLabel) === true) return;
  checkNames(inference, binary, left, right);
  const strangers = strangersOf(binary, left, right);
  if (strangers.length > 0) {
    const shared = sharedOf(left, right);
    const [{ label, side, other }] = strangers as [Stranger];
    inference.report(
      'promql-unmatched-vectors',
      binary,
      `no series on the two sides of ${binary.operator} can meet: each on the ${side} has a label ${label}, none on the ${other} does${effect(binary)}`,
      matchHint(binary, left, right, shared),
    );
    return;
  }
  checkDefaults(inference, binary, left, right);
  checkMany(inference, binary, left, right);
}

/** `(sum by (job) (…) or vector(0)) / sum by (job) (…)`: a number without labels meets nothing that has one. */
function checkDefaults(inference: Inference, binary: Binary, left: Vector, right: Vector): void {
  const sides: readonly (readonly [Expression, Vector])[] = [
    [binary.left, right],
    [binary.right, left],
  ];
  for (const [side, other] of sides) {
    if (side.kind !== 'binary' || side.operator !== 'or' || !isVectorOfNumber(side.right)) continue;
    const label = namesOf(other.labels).find(
      (name) => isMatchedOn(binary, name) && hasAlways(other.labels, name),
    );
    if (label === undefined) continue;
    const shown = inference.textOf(side.right);
    inference.report(
      'promql-unmatched-vectors',
      binary,
      `${shown} has no labels, and all on the other side of ${binary.operator} have a label ${label}: it never meets one, and the \`or\` changes nothing`,
      'write `or 0 * …` with what stands on the other side, whose labels it then has; or aggregate both sides without `by`',
    );
  }
}

function isVectorOfNumber(expression: Expression): boolean {
  return expression.kind === 'call' && expression.name === 'vector';
}

/** A label that neither side has is empty on both: all series are taken for equal. */
function checkNames(inference: Inference, binary: Binary, left: Vector, right: Vector): void {
  if (binary.matching?.mode !== 'on') return;
  for (const label of binary.matching.labels) {
    if (canHave(left.labels, label) || canHave(right.labels, label)) continue;
    const message = `neither side of ${binary.operator} has the label ${label} that they are matched on`;
    reportLabel(inference, binary, left, label, message);
  }
}

interface Stranger {
  readonly label: string;
  readonly side: 'left' | 'right';
  readonly other: 'left' | 'right';
}

function strangersOf(binary: Binary, left: Vector, right: Vector): Stranger[] {
  return [...new Set([...namesOf(left.labels), ...namesOf(right.labels)])]
    .filter((label) => isMatchedOn(binary, label))
    .flatMap((label): Stranger[] => {
      if (hasAlways(left.labels, label) && !canHave(right.labels, label))
        return [{ label, side: 'left', other: 'right' }];
      if (hasAlways(right.labels, label) && !canHave(left.labels, label))
        return [{ label, side: 'right', other: 'left' }];
      return [];
    });
}

function isMatchedOn({ matching }: Binary, label: string): boolean {
  if (matching === null) return true;
  return matching.labels.includes(label) === (matching.mode === 'on');
}

function sharedOf(left: Vector, right: Vector): string[] {
  return namesOf(left.labels).filter(
    (label) => hasAlways(left.labels, label) && hasAlways(right.labels, label),
  );
}

function effect({ operator }: Binary): string {
  return operator === 'unless'
    ? ', so that nothing is ever left out'
    : ', so that the result is always empty';
}

function matchHint({ operator }: Binary, left: Vector, right: Vector, shared: readonly string[]): string {
  const on = `${operator} on (${shared.join(', ')})`;
  const plain = `say what they are to be matched on: \`${on}\``;
  if (operator === 'and' || operator === 'unless') return plain;
  const isMany = (side: Vector): boolean => variedBeyond(side, (label) => shared.includes(label)).length > 0;
  if (isMany(left) && isMany(right)) {
    const sum = shared.length === 0 ? 'sum(…)' : `sum by (${shared.join(', ')}) (…)`;
    return `bring both sides to the labels that they share: \`${sum} ${operator} ${sum}\``;
  }
  if (isMany(left))
    return `${plain} with \`group_left ()\`, since there are several on the left for each on the right`;
  if (isMany(right))
    return `${plain} with \`group_right ()\`, since there are several on the right for each on the left`;
  return plain;
}

/** Several series on a side that must have one for each of the other make Prometheus give an error, and an alert silent. */
function checkMany(inference: Inference, binary: Binary, left: Vector, right: Vector): void {
  const { operator, matching, group } = binary;
  if (operator === 'and' || operator === 'unless') return;
  const isMatched = (label: string): boolean => isMatchedOn(binary, label);
  const sides: readonly (readonly ['left' | 'right', Vector])[] =
    group === null
      ? [
          ['left', left],
          ['right', right],
        ]
      : group.side === 'left'
        ? [['right', right]]
        : [['left', left]];
  for (const [side, vector] of sides) {
    const varied = variedBeyond(vector, isMatched).filter((label) => !isBrought(binary, vector, label));
    if (varied.length === 0 || matching === null) continue;
    const hint =
      group === null
        ? `add \`group_${side} ()\`, or aggregate that side: \`sum by (${matching.mode === 'on' ? matching.labels.join(', ') : '…'}) (…)\``
        : `aggregate that side: \`max by (${matching.labels.join(', ')}) (…)\``;
    inference.report(
      'promql-ambiguous-vectors',
      binary,
      `on the ${side} of ${operator}, several series differ in ${varied.join(', ')} alone, which is not matched on: Prometheus refuses to choose`,
      hint,
    );
    return;
  }
}

/** Labels of an info metric say more of what the others name: a version has one digest. Whether it does is not known here. */
function isBrought({ group }: Binary, { metric }: Vector, label: string): boolean {
  return metric?.endsWith('_info') === true && group?.include.includes(label) === true;
}

function variedBeyond({ labels, metric }: Vector, isMatched: (label: string) => boolean): string[] {
  // A target has one series of such a metric: `* on (instance) group_left (version) build_info` is how its labels are read.
  if (metric?.endsWith('_info') === true && isMatched('instance')) return [];
  return [...labels.known].flatMap(([label, { always, varied }]) =>
    always && varied && !isMatched(label) ? [label] : [],
  );
}
