/** Metrics and their labels: a name or a label that is not there makes an expression empty, and says nothing. */

import { nearest } from '../../core/gate/index.ts';
import type { Matcher, Selector } from './ast.ts';
import type { ContractMetric } from './contract.ts';
import type { Inference } from './infer.ts';
import { canHave, type Labels, namesOf, pinned, withLabel, withoutLabels } from './labels.ts';
import { unknownVector, type Value, type Vector } from './value.ts';

export function inferSelector(inference: Inference, selector: Selector): Value {
  const { name, matchers, isFiltered } = selector;
  reportJob(inference, selector);
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
  const left = matched(labels, matchers);
  return { ...series, nature, labels: isFiltered ? pinned(left) : left };
}

/** Only where the spelling is nearly that of one: rules may be for another Prometheus than the one in the folder. */
function reportJob({ knowledge: { scrapes }, report }: Inference, selector: Selector): void {
  if (scrapes?.jobs === undefined || scrapes.jobs === null) return;
  if (scrapes.keepsJobs && selector.name !== 'up') return;
  for (const { label, operator, value } of selector.matchers) {
    if (label !== 'job' || operator !== '=' || value === '' || value.includes('$')) continue;
    if (scrapes.jobs.includes(value)) continue;
    const near = nearest(value, scrapes.jobs);
    if (near === undefined) continue;
    report(
      'promql-unknown-job',
      selector,
      `no configuration of Prometheus in the folder has a job ${value}: this is always empty`,
      `did you mean ${near}?`,
    );
  }
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
  if (buckets === undefined || value === '') return;
  const mend = `its bounds are ${buckets.join(', ')} and +Inf`;
  if (operator === '=' && value !== '+Inf' && !value.includes('$') && !buckets.includes(Number(value))) {
    const message = `${name} has no bucket le="${value}": this is always empty`;
    inference.report('promql-unknown-bucket', selector, message, mend);
  }
  if (operator !== '=~') return;
  const strangers = value.split('|').filter((bound) => isBound(bound) && !isMatchedByOne(bound, buckets));
  if (strangers.length === 0) return;
  const all =
    strangers.length === value.split('|').length ? 'this is always empty' : 'that part finds nothing';
  const message = `${name} has no bucket le="${strangers.join('", and none "')}": ${all}`;
  inference.report('promql-unknown-bucket', selector, message, mend);
}

/** In a pattern; anything else than a number may match whatever it likes. */
function isBound(text: string): boolean {
  return /^\d+(?:\\*\.\d+)?$/.test(text);
}

/** Prometheus 3 writes `1.0`, Prometheus 2 what it was given. */
function isMatchedByOne(bound: string, buckets: readonly number[]): boolean {
  const pattern = new RegExp(`^(?:${bound})$`);
  return buckets.some((bucket) => pattern.test(String(bucket)) || pattern.test(bucket.toFixed(1)));
}

function matched(labels: Labels, matchers: readonly Matcher[]): Labels {
  return matchers.reduce((before, { label, operator, value }) => {
    if (operator === '=' && value === '') return withoutLabels(before, [label]);
    const here = before.known.get(label);
    if (here?.invented === true) return before;
    // Two buckets of a histogram may be added: their mean is the Apdex score.
    if (label === 'le' && here !== undefined) return withLabel(before, label, { ...here, varied: false });
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
