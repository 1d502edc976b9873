/** What sample results of the data gate are made of. */

import type {
  ColumnProfile,
  DataDetails,
  Example,
  Violation,
  ViolationGroup,
} from '../../action-validate-data/src/types.ts';
import { buildResult, judge, renderCheck } from '../../core/gate/index.ts';
import type {
  Check,
  Condition,
  GateResult,
  Judged,
  MetricCatalogue,
  MetricDefinition,
  Unit,
} from '../../core/gate/types.ts';

export type DataSample = GateResult<DataDetails>;

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
    definition: `The ${name} of a table.`,
    source: 'https://example.org',
    selectorHelp: null,
    selector,
  },
];

const catalogue: MetricCatalogue = new Map([
  define('invalid_rows', 'count', 'never'),
  define('invalid_fraction', 'ratio', 'never'),
  define('row_count', 'count', 'never'),
  define('null_fraction', 'ratio', 'required'),
  define('mean', 'number', 'required'),
  define('freshness', 'seconds', 'required'),
  define('unique', 'ratio', 'required'),
  define('matches', 'ratio', 'required'),
  define('holds', 'ratio', 'required'),
]);

const number = (value: number, text = String(value)) => ({ kind: 'number', value, text }) as const;
export const atMost = (value: number, text?: string): Condition => ({
  kind: 'compare',
  operator: '<=',
  bound: number(value, text),
});
export const atLeast = (value: number, text?: string): Condition => ({
  kind: 'compare',
  operator: '>=',
  bound: number(value, text),
});
export const between = (low: number, high: number): Condition => ({
  kind: 'between',
  low: number(low),
  high: number(high),
});
export const holds: Condition = { kind: 'holds' };

/** A check judged as the gate judges it. `value` null: there is nothing to judge, as of no rows. */
export function judged(given: {
  readonly metric: string;
  readonly selector?: string | null;
  readonly condition: Condition;
  readonly value: number | null;
  readonly severity?: 'fail' | 'warn';
  readonly n?: number;
  readonly reason?: string;
  readonly notes?: readonly string[];
}): Judged {
  const { metric, selector = null, condition, value, severity = 'fail', n = 50_000, reason, notes } = given;
  const body = { metric, selector, condition, confidence: null, severity };
  const check: Check = { ...body, id: renderCheck(body), place: null };
  const result = judge(
    check,
    {
      metric,
      selector,
      estimate:
        value === null
          ? { defined: false, reason: 'the data hold no rows, so nothing was checked', n: 0 }
          : { defined: true, value, interval: null, n },
      baseline: null,
      contrast: null,
      ...(notes === undefined ? {} : { notes }),
    },
    { confidence: 0.95, unit: catalogue.get(metric)?.unit ?? 'number' },
  );
  return reason === undefined ? result : { ...result, reason };
}

export function dataResult(
  checks: readonly Judged[],
  details: DataDetails,
  given: {
    readonly id?: string;
    readonly notices?: readonly string[];
    readonly names?: readonly string[];
  } = {},
): DataSample {
  return buildResult({
    action: 'validate-data',
    id: given.id ?? '',
    subject: (given.names ?? details.files.slice(0, 20).map(({ path }) => path)).map((name) => ({
      name,
      digest: { sha256: '9f86d081884c7d65'.repeat(4) },
    })),
    configuration: [{ name: 'schemas/users.schema.json', digest: { sha256: '2c26b46b68ffc68f'.repeat(4) } }],
    judged: checks,
    catalogue,
    metrics: { row_count: details.rows, column_count: details.columns.length },
    undefinedMetrics: {},
    notices: given.notices ?? [],
    startedAt: new Date('2026-05-04T09:00:00.000Z'),
    finishedAt: new Date('2026-05-04T09:00:02.000Z'),
    commit: '0123456789abcdef0123456789abcdef01234567',
    run: { id: 4711, attempt: 1, url: 'https://github.com/org/repo/actions/runs/4711' },
    details,
  });
}

/** A column of 50,000 rows; what is not given is empty. */
export function column(given: Partial<ColumnProfile> & { readonly name: string }): ColumnProfile {
  return {
    type: 'string',
    declared: null,
    rows: 50_000,
    missing: 0,
    distinct: { count: 50_000, exact: true },
    numbers: null,
    lengths: null,
    histogram: null,
    top: null,
    violations: 0,
    ...given,
  };
}

/** Counts of equal bins of a bell, long to the right where `skew` is over 1. */
export function bell(rows: number, bins = 20, center = 0.5, width = 0.18, skew = 1): readonly number[] {
  const weights = Array.from({ length: bins }, (_, index) => {
    const x = (index + 0.5) / bins - center;
    return Math.exp(-((x / (x > 0 ? width * skew : width)) ** 2) / 2);
  });
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => Math.round((weight / sum) * rows));
}

/** A numeric column with its histogram. */
export function numeric(
  name: string,
  [minimum, maximum, mean]: readonly [number, number, number],
  given: Partial<ColumnProfile> & { readonly skew?: number; readonly center?: number } = {},
): ColumnProfile {
  const { skew = 1, center = 0.4, ...rest } = given;
  return column({
    name,
    type: 'number',
    declared: 'number',
    distinct: { count: 41_200, exact: false },
    numbers: { count: 50_000, minimum, maximum, mean, stddev: (maximum - minimum) / 6 },
    histogram: { low: minimum, high: maximum, counts: bell(50_000, 20, center, 0.14, skew), sampled: false },
    ...rest,
  });
}

/** A column of a few values. */
export function categorical(
  name: string,
  values: Readonly<Record<string, number>>,
  given: Partial<ColumnProfile> = {},
): ColumnProfile {
  const top = Object.entries(values)
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count);
  const lengths = top.map(({ value }) => value.length);
  return column({
    name,
    declared: `one of ${top.length} values`,
    distinct: { count: top.length, exact: true },
    lengths: { shortest: Math.min(...lengths), longest: Math.max(...lengths) },
    top,
    ...given,
  });
}

/** Looks like the fingerprint of a rule and a row. */
export function fingerprint(seed: number): string {
  return Array.from({ length: 4 }, (_, part) =>
    (Math.imul(seed * 4 + part + 1, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0'),
  ).join('');
}

export function violation(given: Pick<Violation, 'rule' | 'message'> & Partial<Violation>): Violation {
  return {
    file: 'data/users.csv',
    line: 17,
    row: 16,
    column: null,
    value: null,
    fingerprint: fingerprint(given.row ?? 16),
    ...given,
  };
}

export function group(
  given: Pick<ViolationGroup, 'column' | 'rule' | 'rows'> & {
    readonly origin?: ViolationGroup['origin'];
    readonly severity?: ViolationGroup['severity'];
    readonly examples: readonly (Pick<Example, 'line' | 'row' | 'message' | 'cells'> & Partial<Example>)[];
  },
): ViolationGroup {
  const { column: name, rule, rows, origin = 'schema', severity = 'fail', examples } = given;
  return {
    column: name,
    rule,
    origin,
    severity,
    rows,
    examples: examples.map((example) => ({ ...violation({ column: name, rule, ...example }), ...example })),
  };
}

/** `cells('id=1', 'age=-3', 'city')`: the last one is missing. */
export function cells(...pairs: readonly string[]): Example['cells'] {
  return pairs.map((pair) => {
    const at = pair.indexOf('=');
    return at === -1 ? { column: pair, text: null } : { column: pair.slice(0, at), text: pair.slice(at + 1) };
  });
}
