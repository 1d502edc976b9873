/** The baseline: another model on the same rows, other predictions for the same rows, or an earlier result. */

import { readFile } from 'node:fs/promises';
import { metricKey, parseResult } from '../../../core/gate/index.ts';
import type { Estimate, GateResult } from '../../../core/gate/types.ts';
import { RunError } from '../../../core/inputs/errors.ts';
import type { PredictionSource } from '../inputs.ts';
import type { Collected } from './collect.ts';
import { labelNames } from './settle-task.ts';

export type BaselineSource =
  | { readonly kind: 'live'; readonly source: PredictionSource }
  | { readonly kind: 'recorded'; readonly path: string };

const tableEndings = /\.(csv|tsv|jsonl|ndjson|parquet|pq|arrow|feather|ipc|npz)(\.gz)?$/i;

/** A `.json` file is a result document, a data file holds predictions, anything else is a model. */
export function baselineSource(reference: string): BaselineSource {
  if (/\.json$/i.test(reference)) return { kind: 'recorded', path: reference };
  const predictions = tableEndings.test(reference);
  return {
    kind: 'live',
    source: predictions ? { kind: 'predictions', path: reference } : { kind: 'model', path: reference },
  };
}

/** The numbers of an earlier result document of this action, by the names that thresholds use. */
export async function readRecorded(
  path: string,
): Promise<{ result: GateResult; estimates: Map<string, Estimate> }> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new RunError(`baseline-path: ${path} cannot be read`, { cause: error });
  }
  const reading = parseResult(text, `baseline-path: ${path}`);
  if (!reading.ok) throw new RunError(reading.message);
  const { result } = reading;
  const { gate } = result.predicate;
  if (gate.action !== 'validate-model') {
    throw new RunError(`baseline-path: ${path} is a result of ${gate.action}, not of validate-model`);
  }
  const estimates = new Map<string, Estimate>();
  for (const [name, value] of Object.entries(gate.metrics))
    estimates.set(name, estimateOf(value, gate.undefinedMetrics[name]));
  for (const metric of recordedMetrics(gate.details)) estimates.set(metric.name, metric.estimate);
  for (const check of gate.checks) {
    if (check.value === null) continue;
    estimates.set(metricKey(check.metric, check.selector), {
      defined: true,
      value: check.value,
      interval: check.interval,
      n: check.n,
    });
  }
  return { result, estimates };
}

function estimateOf(value: number | null, reason: string | undefined): Estimate {
  if (value === null) return { defined: false, reason: reason ?? 'undefined in the baseline document', n: 0 };
  return { defined: true, value, interval: null, n: 0 };
}

/** `details.metrics` carries intervals; documents written by others may lack it. */
function recordedMetrics(details: Readonly<Record<string, unknown>>): { name: string; estimate: Estimate }[] {
  const { metrics } = details;
  if (!Array.isArray(metrics)) return [];
  return metrics.filter(
    (metric): metric is { name: string; estimate: Estimate } =>
      typeof metric?.name === 'string' && typeof metric.estimate?.defined === 'boolean',
  );
}

/** "On the same rows" is checked, not believed: as many rows, and the same label in each. */
export function requireSameRows(candidate: Collected, baseline: Collected, baselineName: string): void {
  if (candidate.rows !== baseline.rows) {
    throw new RunError(
      `the baseline ${baselineName} has ${baseline.rows} rows and the candidate ${candidate.rows}: ` +
        'a baseline is compared on the same rows',
    );
  }
  const row = firstDifference(candidate, baseline);
  if (row >= 0) {
    throw new RunError(
      `the baseline ${baselineName} has another label in row ${row + 1}: a baseline is compared on the same rows in the same order`,
    );
  }
}

/** The first row with another label, -1 when there is none; 1, 1.0 and "1" are the same label. */
/** The slice columns of both files, where the baseline has its own: equal labels alone cannot tell a shuffled file. */
export function requireSameGroups(candidate: Collected, baseline: Collected, baselineName: string): void {
  for (const [column, { names, codes }] of candidate.groups) {
    const other = baseline.groups.get(column);
    if (other === undefined) continue;
    const row = codes.findIndex((code, at) => names[code] !== other.names[other.codes[at] as number]);
    if (row < 0) continue;
    throw new RunError(
      `the baseline ${baselineName} has another value of \`${column}\` in row ${row + 1}: a baseline is compared on the same rows in the same order`,
    );
  }
}

function firstDifference({ labels: a }: Collected, { labels: b }: Collected): number {
  if (a.kind === 'numeric' && b.kind === 'numeric') {
    return a.values.findIndex((value, row) => value !== b.values[row]);
  }
  const left = labelNames(a, 'label');
  const right = labelNames(b, 'label');
  return left.codes.findIndex((code, row) => left.names[code] !== right.names[right.codes[row] as number]);
}
