/** What is known of a metric by its name: from the contract, the rules, the list of well-known ones, or the name itself. */

import { nearest } from '../../core/gate/index.ts';
import type { Contract, ContractMetric } from './contract.ts';
import { anyLabels, either, type Known, type Labels, withLabel } from './labels.ts';
import type { Scrapes } from './scrapes.ts';
import { type Nature, unknownVector, type Vector } from './value.ts';
import { wellKnownFamilies, wellKnownMetrics } from './well-known.ts';

export type Lookup =
  | { readonly series: Vector; readonly definition: ContractMetric | null }
  /** No series has that name. */
  | { readonly missing: string; readonly mend: string };

export interface Knowledge {
  lookup(name: string): Lookup;
  /** Whether series of buckets with that base are known: of the contract, or named by some expression. */
  isHistogram(base: string): boolean;
  /** Whether a rule makes it. */
  isRecorded(name: string): boolean;
  /** Null: no configuration of Prometheus is known. */
  readonly scrapes: Scrapes | null;
}

export interface Recorded {
  readonly name: string;
  readonly labels: readonly string[];
  /** Worked out when it is asked for; null: of itself. */
  series(): Vector | null;
}

export interface KnowledgeParts {
  /** Null: unknown names are none of the lint's business. */
  readonly contract: Contract | null;
  /** Rules build on rules: each is given what it is part of. */
  readonly recorded: (knowledge: Knowledge) => readonly Recorded[];
  /** Labels beside job and instance that targets may be given; null: not known. */
  readonly targetLabels: readonly string[] | null;
  readonly scrapes: Scrapes | null;
  /** Names that expressions of the same folder ask for. */
  readonly used: ReadonlySet<string>;
}

/** What Kubernetes and clouds often add. */
const usualTargetLabels =
  'namespace pod container node service endpoint cluster region environment env stage app team tenant host zone replica prometheus'.split(
    ' ',
  );

export function knowledgeOf({ contract, recorded, targetLabels, scrapes, used }: KnowledgeParts): Knowledge {
  const defined = new Map([...wellKnownMetrics, ...(contract?.metrics ?? [])].map((one) => [one.name, one]));
  const target: Target = {
    labels: [...(targetLabels ?? usualTargetLabels), ...(contract?.targetLabels ?? [])],
    isOpen: targetLabels === null && contract === null,
  };
  const isHistogram = (base: string): boolean =>
    defined.get(base)?.type === 'histogram' || (!defined.has(base) && used.has(`${base}_bucket`));

  const lookup = (name: string): Lookup => {
    const records = rules.get(name);
    if (records !== undefined) return { series: recordedSeries(name, records), definition: null };
    const found = findDefinition(defined, name);
    if (found !== null) return { series: definedSeries(found, target), definition: found.definition };
    const definition = defined.get(name);
    if (definition !== undefined && definition.type === 'histogram' && definition.buckets !== undefined) {
      return {
        missing: `${name} is a histogram: its series are ${name}_bucket, ${name}_sum and ${name}_count`,
        mend: `write \`histogram_quantile(0.95, sum by (le) (rate(${name}_bucket[5m])))\` for a percentile`,
      };
    }
    const families = [...wellKnownFamilies, ...(contract?.others ?? [])];
    const near = nearest(name, [...namesOf(defined.values()), ...rules.keys()]);
    const isOfOurs = rules.size > 0 && (near !== undefined || isOfContract(name, contract));
    // What others record, and what vLLM names so, cannot be known.
    const isElsewhere = name.includes(':') && !isOfOurs;
    if (contract === null || isElsewhere || families.some((family) => family.test(name)))
      return { series: namedSeries(name, isHistogram), definition: null };
    return {
      missing: `no target has a metric ${name}, and no rule records it`,
      mend:
        near === undefined
          ? 'name one of the metrics contract, or add it there; those of another program are let be by a pattern in its `others`'
          : `did you mean ${near}? Otherwise add it to the metrics contract, or a pattern of such names to its \`others\``,
    };
  };
  const isRecorded = (name: string): boolean => rules.has(name);
  const knowledge: Knowledge = { lookup, isHistogram, isRecorded, scrapes };
  const rules = Map.groupBy(recorded(knowledge), ({ name }) => name);
  return knowledge;
}

/** `job:ml_api_requests:rate5m` is made of ml_api_requests_total: `level:metric:operations`. */
function isOfContract(name: string, contract: Contract | null): boolean {
  const metric = name.split(':')[1];
  return contract?.metrics.some((one) => one.name.replace(/_total$/, '') === metric) === true;
}

interface Definition {
  readonly definition: ContractMetric;
  readonly suffix: '' | '_bucket' | '_sum' | '_count';
}

function findDefinition(defined: ReadonlyMap<string, ContractMetric>, name: string): Definition | null {
  const own = defined.get(name);
  if (own !== undefined && (own.type !== 'histogram' || own.buckets === undefined))
    return { definition: own, suffix: '' };
  for (const suffix of ['_bucket', '_sum', '_count'] as const) {
    const base = name.endsWith(suffix) ? defined.get(name.slice(0, -suffix.length)) : undefined;
    if (base?.type === 'histogram') return { definition: base, suffix };
    if (base?.type === 'summary' && suffix !== '_bucket') return { definition: base, suffix };
  }
  // When a series began: some libraries write it beside each that counts.
  const began = name.endsWith('_created') ? name.slice(0, -'_created'.length) : null;
  const counted = began === null ? undefined : (defined.get(began) ?? defined.get(`${began}_total`));
  if (counted === undefined || counted.type === 'gauge') return null;
  return { definition: { name, type: 'gauge', labels: counted.labels }, suffix: '' };
}

interface Target {
  readonly labels: readonly string[];
  /** Nobody has said which there are. */
  readonly isOpen: boolean;
}

function definedSeries({ definition, suffix }: Definition, target: Target): Vector {
  const isPushed =
    definition.freshness !== undefined || definition.name.endsWith('_last_success_timestamp_seconds');
  const certain: Known = { always: true, varied: false };
  const known = new Map<string, Known>(
    target.labels.map((label) => [label, { always: false, varied: false }]),
  );
  known.set('job', certain).set('instance', { always: !isPushed, varied: false });
  for (const label of definition.labels) known.set(label, { always: true, varied: true });
  if (suffix === '_bucket') known.set('le', { always: true, varied: true });
  const isSummary = definition.type === 'summary' && suffix === '';
  if (isSummary) known.set('quantile', { always: true, varied: true });
  const labels: Labels = { known, open: definition.open === true || target.isOpen };
  const isCounter = definition.type === 'counter' || suffix !== '';
  const nature: Nature = isSummary
    ? 'quantile'
    : isCounter
      ? 'counter'
      : definition.type === 'gauge'
        ? 'gauge'
        : 'plain';
  const part = suffix === '' ? null : suffix === '_bucket' ? 'bucket' : 'other';
  return { ...unknownVector, labels, nature, metric: `${definition.name}${suffix}`, part };
}

/** `_total` and `_bucket` are promises: OpenMetrics lets nothing else be named so. */
function namedSeries(name: string, isHistogram: (base: string) => boolean): Vector {
  const base = /^(.*)_(?:sum|count)$/.exec(name)?.[1];
  if (name.endsWith('_bucket')) {
    const labels = withLabel(anyLabels, 'le', { always: true, varied: true });
    return { ...unknownVector, labels, nature: 'counter', part: 'bucket', metric: name };
  }
  const isCounter = name.endsWith('_total') || (base !== undefined && isHistogram(base));
  return {
    ...unknownVector,
    nature: isCounter ? 'counter' : 'plain',
    metric: name,
    part: base !== undefined && isCounter ? 'other' : null,
  };
}

function recordedSeries(name: string, records: readonly Recorded[]): Vector {
  const all = records.map((record): Vector => {
    const series = record.series() ?? unknownVector;
    const pinned: Known = { always: true, varied: false };
    return {
      ...series,
      labels: record.labels.reduce((labels, label) => withLabel(labels, label, pinned), series.labels),
    };
  });
  const [first = unknownVector, ...rest] = all;
  const together = rest.reduce(eitherSeries, first);
  return { ...together, metric: name };
}

function eitherSeries(a: Vector, b: Vector): Vector {
  return {
    ...a,
    labels: either(a.labels, b.labels),
    nature: a.nature === b.nature ? a.nature : 'plain',
    part: a.part === b.part ? a.part : null,
  };
}

/** As they are asked for. */
function* namesOf(definitions: Iterable<ContractMetric>): Iterable<string> {
  for (const { name, type } of definitions) {
    if (type !== 'histogram') yield name;
    else yield* ['_bucket', '_sum', '_count'].map((suffix) => `${name}${suffix}`);
  }
}
