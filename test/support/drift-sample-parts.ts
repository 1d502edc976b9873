/** What sample results of the drift check are made of. */

import type { DriftDetails, PerformanceMetric } from '../../action-drift-check/src/types.ts';
import type { ColumnDrift, DriftShape } from '../../core/drift/types.ts';
import { buildResult, judge, renderCheck } from '../../core/gate/index.ts';
import type {
  Check,
  Condition,
  Estimate,
  GateResult,
  Judged,
  MetricCatalogue,
  MetricDefinition,
  Unit,
} from '../../core/gate/types.ts';

export type DriftSample = GateResult<DriftDetails>;

const define = (
  name: string,
  unit: Unit,
  selector: MetricDefinition['selector'],
): [string, MetricDefinition] => [
  name,
  {
    name,
    label: name,
    unit,
    direction: 'lower',
    definition: `The ${name} between two data sets.`,
    source: 'https://example.org',
    selectorHelp: null,
    selector,
  },
];

const catalogue: MetricCatalogue = new Map([
  define('drift', 'number', 'required'),
  define('missing', 'ratio', 'required'),
  define('share_drifted', 'ratio', 'never'),
  define('accuracy', 'number', 'never'),
]);

export function below(value: number, text = String(value)): Condition {
  return { kind: 'compare', operator: '<', bound: { kind: 'number', value, text } };
}

/** A check judged as the gate judges it. `value` null: nothing can be said. */
export function judged(given: {
  readonly metric: string;
  readonly selector?: string | null;
  readonly condition: Condition;
  readonly value: number | null;
  readonly severity?: 'fail' | 'warn';
  readonly reason?: string;
}): Judged {
  const { metric, selector = null, condition, value, severity = 'fail', reason } = given;
  const body = { metric, selector, condition, confidence: null, severity };
  const check: Check = { ...body, id: renderCheck(body), place: null };
  const result = judge(
    check,
    {
      metric,
      selector,
      estimate:
        value === null
          ? { defined: false, reason: reason ?? 'too few rows', n: 10 }
          : { defined: true, value, interval: null, n: 10_000 },
      baseline: null,
      contrast: null,
      ...(value === null ? { inconclusive: reason ?? 'too few rows' } : {}),
    },
    { confidence: 0.95, unit: catalogue.get(metric)?.unit ?? 'number' },
  );
  return reason === undefined ? result : { ...result, reason };
}

/** A check for each column that is judged: its effect is below its threshold. */
export function checksOf(columns: readonly ColumnDrift[]): readonly Judged[] {
  return columns
    .filter(({ method }) => method !== null)
    .map((column) =>
      judged({
        metric: 'drift',
        selector: column.column,
        condition: below(column.threshold ?? 0.1),
        value: column.inconclusive === null ? (column.effect ?? 0) : null,
        reason: column.inconclusive ?? column.sentence,
      }),
    );
}

export function driftResult(
  checks: readonly Judged[],
  details: DriftDetails,
  given: {
    readonly id?: string;
    readonly notices?: readonly string[];
    readonly names?: readonly string[];
  } = {},
): DriftSample {
  return buildResult({
    action: 'drift-check',
    id: given.id ?? '',
    subject: (given.names ?? details.current.files).slice(0, 20).map((name) => ({
      name,
      digest: { sha256: '9f86d081884c7d65'.repeat(4) },
    })),
    configuration: details.reference.files
      .slice(0, 3)
      .map((name) => ({ name, digest: { sha256: '2c26b46b68ffc68f'.repeat(4) } })),
    judged: checks,
    catalogue,
    metrics: { share_drifted: details.share_drifted },
    undefinedMetrics: {},
    notices: given.notices ?? [],
    startedAt: new Date('2026-05-04T09:00:00.000Z'),
    finishedAt: new Date('2026-05-04T09:00:02.000Z'),
    commit: '0123456789abcdef0123456789abcdef01234567',
    run: { id: 4711, attempt: 1, url: 'https://github.com/org/repo/actions/runs/4711' },
    details,
  });
}

/** Details around columns; what they say of all columns follows from them. */
export function details(columns: readonly ColumnDrift[], given: Partial<DriftDetails> = {}): DriftDetails {
  const features = columns.filter(({ role }) => role === 'feature');
  const judgedOnes = features.filter(
    ({ inconclusive, unjudged, drifted }) => drifted || (inconclusive === null && unjudged === null),
  );
  return {
    mode: 'check',
    reference: { kind: 'data', rows: 50_000, files: ['data/reference.parquet'] },
    current: { rows: 12_000, files: ['data/current/2026-05-04.csv'] },
    alpha: 0.05,
    minRows: 200,
    columns: columns.toSorted((a, b) => b.score - a.score),
    newColumns: [],
    share_drifted:
      judgedOnes.length === 0 ? null : features.filter(({ drifted }) => drifted).length / judgedOnes.length,
    drifted: columns.filter(({ drifted }) => drifted).map(({ column }) => column),
    performance: [],
    profile: null,
    metricsPath: null,
    ...given,
  };
}

/** Shares of equal bins of a bell. */
function bell(bins: number, center: number, width: number): readonly number[] {
  const weights = Array.from({ length: bins }, (_, index) =>
    Math.exp(-((((index + 0.5) / bins - center) / width) ** 2) / 2),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => Math.round((weight / sum) * 1e6) / 1e6);
}

/** Two bells over 24 bins from `low` to `high`; the current one moved by `shift` of its standard deviation. */
export function bells(low: number, high: number, shift: number): DriftShape {
  const width = 0.14;
  return {
    kind: 'numeric',
    edges: Array.from({ length: 25 }, (_, index) => low + (index / 24) * (high - low)),
    reference: bell(24, 0.42, width),
    current: bell(24, 0.42 + shift * width, width),
  };
}

const quiet: Omit<ColumnDrift, 'column'> = {
  role: 'feature',
  kind: 'numeric',
  method: 'wasserstein',
  unjudged: null,
  value: 0.0131,
  noise_floor: 0.0121,
  effect: 0.001,
  threshold: 0.1,
  test: { name: 'kolmogorov-smirnov', statistic: 0.0092, p: 0.41, adjusted_p: 0.83 },
  n_reference: 50_000,
  n_current: 12_000,
  missing: { reference: 0, current: 0, p: null, adjusted_p: null },
  new_categories: [],
  vanished_categories: [],
  new_share: null,
  vanished_share: null,
  drifted: false,
  signals: [],
  inconclusive: null,
  score: 0,
  sentence: 'No change beyond chance: the median is 41, as before.',
  shape: bells(0, 100, 0),
};

/** A numeric column without drift, unless something else is given. */
export function numeric(column: string, given: Partial<ColumnDrift> = {}): ColumnDrift {
  return { column, ...quiet, ...given };
}

/** A numeric column whose values moved up by `shift` standard deviations. */
export function shifted(column: string, shift: number, given: Partial<ColumnDrift> = {}): ColumnDrift {
  return numeric(column, {
    value: shift + 0.0008,
    effect: shift - 0.0113,
    test: { name: 'kolmogorov-smirnov', statistic: shift * 0.39, p: 1e-12, adjusted_p: 3e-11 },
    drifted: true,
    signals: ['distribution'],
    score: (shift - 0.0113) / 0.1,
    sentence: 'The median went up by 4.1, from 38.2 to 42.3, mostly in the upper tail.',
    shape: bells(18, 95, shift),
    ...given,
  });
}

/** `[reference, current]` shares by category; what they leave of 1 is `other`. */
export function categorical(
  column: string,
  shares: Readonly<Record<string, readonly [number, number]>>,
  given: Partial<ColumnDrift> = {},
): ColumnDrift {
  const entries = Object.entries(shares);
  const sum = (side: 0 | 1) => entries.reduce((total, [, pair]) => total + pair[side], 0);
  const rest = { reference: Math.max(0, 1 - sum(0)), current: Math.max(0, 1 - sum(1)) };
  return numeric(column, {
    kind: 'categorical',
    method: 'total_variation',
    value: 0.0071,
    noise_floor: 0.0068,
    effect: 0.002,
    threshold: 0.05,
    test: { name: 'chi-square', statistic: 4.1, p: 0.39, adjusted_p: 0.83 },
    new_share: 0,
    vanished_share: 0,
    sentence: 'No change beyond chance: the most is “DE”, from 42.1% to 41.9%.',
    shape: {
      kind: 'categorical',
      categories: entries.map(([name]) => name),
      reference: entries.map(([, pair]) => pair[0]),
      current: entries.map(([, pair]) => pair[1]),
      other: rest.reference + rest.current < 1e-9 ? null : { ...rest, categories: 14 },
    },
    ...given,
  });
}

export function estimate(value: number, half: number, n = 12_000): Estimate {
  return {
    defined: true,
    value,
    interval: { level: 0.95, low: value - half, high: value + half, method: 'wilson' },
    n,
  };
}

export function metric(
  name: string,
  reference: number,
  current: number,
  given: Partial<PerformanceMetric> = {},
): PerformanceMetric {
  return {
    metric: name,
    reference: estimate(reference, 0.004),
    current: estimate(current, 0.008),
    change: estimate(current - reference, 0.009),
    p: 0.31,
    adjusted_p: 0.62,
    worse: false,
    sentence: 'No change beyond chance.',
    ...given,
  };
}
