/** Metrics and their labels: a name or a label that is not there makes an expression empty, and says nothing. */

import { nearest } from '../../core/gate/index.ts';
import type { Matcher, Selector } from './ast.ts';
import type { ContractMetric } from './contract.ts';
import type { Inference } from './infer.ts';
import { canHave, type Labels, namesOf, withLabel, withoutLabels } from './labels.ts';
import { unknownVector, type Value, type Vector } from './value.ts';

export function inferSelector(inference: Inference, selector: Selector): Value {
  const { name, matchers } = selector;
  if (name === null) return { ...unknownVector, labels: matched(unknownVector.labels, matchers) };
  if (reportsQuantile(inference, selector, name)) return { type: 'unknown' };
  const found = inference.knowledge.lookup(name);
  if ('missing' in found) {
    inference.report('promql-unknown-metric', selector, found.missing, found.mend);
    return { type: 'unknown' };
  }
  const { series, definition } = found;
  let labels = series.labels;
  for (const matcher of matchers) {
    if (!canHave(labels, matcher.label)) {
      reportLabel(inference, selector, series, matcher.label, `${name} has no label ${matcher.label}`);
      // What does not exist is told once, and not again by what follows from it.
      labels = withLabel(labels, matcher.label, { always: false, varied: false, invented: true });
    }
    if (matcher.label === 'le' && definition !== null) reportBound(inference, selector, definition, matcher);
  }
  const isQuantile = matchers.some(({ label, operator }) => label === 'quantile' && operator === '=');
  const nature = isQuantile && series.nature === 'plain' ? 'quantile' : series.nature;
  return { ...series, nature, labels: matched(labels, matchers) };
}

/** Says that a label is none, and which one may be meant. */
export function reportLabel(
  inference: Inference,
  at: { readonly from: number; readonly to: number },
  { labels }: Pick<Vector, 'labels'>,
  label: string,
  message: string,
): void {
  // Labels that targets may have are too many to list.
  const names = namesOf(labels).filter((name) => {
    const known = labels.known.get(name);
    return known?.always === true || known?.varied === true;
  });
  const near = nearest(label, names);
  const there = names.length === 0 ? 'there is no label left' : `there are ${names.join(', ')}`;
  const mend =
    near === undefined ? there : `did you mean ${near}? ${there[0]?.toUpperCase()}${there.slice(1)}`;
  inference.report('promql-unknown-label', at, message, mend);
}

/** The one mistake of a popular template: such an alert never fires. */
function reportsQuantile(inference: Inference, selector: Selector, name: string): boolean {
  const base = name.replace(/_(?:bucket|sum|count)$/, '');
  const matcher = selector.matchers.find(({ label }) => label === 'quantile');
  if (matcher === undefined || !inference.knowledge.isHistogram(base)) return false;
  const share = /^0?\.\d+$|^1$/.test(matcher.value) ? matcher.value : '0.95';
  inference.report(
    'promql-quantile-on-histogram',
    selector,
    `${base} is a histogram, and histograms have no label quantile: this is always empty`,
    `write \`histogram_quantile(${share}, sum by (le) (rate(${base}_bucket[5m])))\``,
  );
  return true;
}

function reportBound(
  inference: Inference,
  selector: Selector,
  { name, buckets }: ContractMetric,
  { operator, value }: Matcher,
): void {
  if (operator !== '=' || buckets === undefined || value === '+Inf' || value === '') return;
  const bound = Number(value);
  if (buckets.includes(bound)) return;
  inference.report(
    'promql-unknown-bucket',
    selector,
    `${name} has no bucket le="${value}": this is always empty`,
    `its bounds are ${buckets.join(', ')} and +Inf`,
  );
}

function matched(labels: Labels, matchers: readonly Matcher[]): Labels {
  return matchers.reduce((before, { label, operator, value }) => {
    if (operator === '=' && value === '') return withoutLabels(before, [label]);
    const here = before.known.get(label);
    if (here?.invented === true) return before;
    if (operator === '=') return withLabel(before, label, { always: !value.includes('$'), varied: false });
    const isNotEmpty = (operator === '!=' && value === '') || (operator === '=~' && excludesEmpty(value));
    const known = { always: here?.always === true || isNotEmpty, varied: here?.varied === true };
    return isNotEmpty || here !== undefined ? withLabel(before, label, known) : before;
  }, labels);
}

/** Series without the label are left out. Not known of what Grafana fills in. */
function excludesEmpty(pattern: string): boolean {
  if (pattern.includes('$')) return false;
  try {
    return !new RegExp(`^(?:${pattern})$`).test('');
  } catch {
    return false;
  }
}
