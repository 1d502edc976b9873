/** Everything that a run reads: the data, the candidate's predictions, the baseline's on the same rows. */

import { basename } from 'node:path';
import { formatCount } from '../../../core/gate/index.ts';
import type { Estimate, GateResult } from '../../../core/gate/types.ts';
import type { RunContext } from '../../../core/run/index.ts';
import { openTable } from '../../../core/tables/index.ts';
import type { Table } from '../../../core/tables/types.ts';
import { asksForSpeed } from '../checks/complete-checks.ts';
import type { Operational } from '../checks/measure.ts';
import { columnsOf, requireColumns, type SelectedCheck, selectChecks } from '../checks/selected-checks.ts';
import type { Config } from '../inputs.ts';
import { baselineSource, readRecorded, requireSameGroups, requireSameRows } from './baseline.ts';
import { countRows } from './collect.ts';
import { digestFile, type Predicted, type ReadOptions, readSource } from './sources.ts';
import { speedEstimates } from './speed.ts';

export interface Opened {
  readonly selected: readonly SelectedCheck[];
  /** The labelled data; for predictions-path that file. */
  readonly data: { readonly name: string; readonly format: string; readonly sha256: string };
  readonly candidate: Predicted;
  /** A baseline that was run or read on the same rows. */
  readonly baseline: Predicted | null;
  /** A baseline that is an earlier result document. */
  readonly recordedResult: GateResult | null;
  readonly recorded: ReadonlyMap<string, Estimate> | null;
  readonly operational: { readonly candidate: Operational; readonly baseline: Operational | null };
  /** What the readers had to guess, and what is to be known of the models. */
  readonly notes: readonly string[];
}

export async function openInputs(config: Config, context: RunContext): Promise<Opened> {
  const selected = selectChecks(config.checks);
  const dataPath = config.source.kind === 'predictions' ? config.source.path : (config.dataPath ?? '');
  const table = await openTable(dataPath, { format: 'auto' });
  try {
    const rows = await countRows(table);
    context.log.info(
      `${table.path}: ${formatCount(rows)} rows, ${table.columns.length} columns (${table.format})`,
    );
    const sliceColumns = config.slices.flat();
    requireColumns(
      selected,
      sliceColumns,
      table.columns.map((column) => column.name),
      table.path,
      config.thresholds,
    );
    const options: ReadOptions = {
      groupColumns: [...new Set([...sliceColumns, ...columnsOf(selected)])],
      timed: asksForSpeed(selected),
    };
    const candidate = await readSource(config.source, table, config, options, context);
    const baseline = await openBaseline(config, table, candidate, options, context);
    return {
      selected,
      data: {
        name: basename(dataPath),
        format: table.format,
        sha256: digestIn(candidate.facts, dataPath) ?? (await digestFile(dataPath)).sha256,
      },
      candidate,
      ...baseline,
      operational: {
        candidate: operationalOf(candidate, config.confidence),
        baseline: baseline.baseline === null ? null : operationalOf(baseline.baseline, config.confidence),
      },
      notes: [...table.notes, ...modelNotices(candidate, baseline.baseline)],
    };
  } finally {
    await table.close();
  }
}

/** Of predictions from a file, the file's digest is known already. */
function digestIn({ kind, files }: Predicted['facts'], path: string): string | undefined {
  return kind === 'predictions' ? files.find(({ name }) => name === path)?.sha256 : undefined;
}

/** What holds for both models is said once. */
function modelNotices(candidate: Predicted, baseline: Predicted | null): string[] {
  const others = baseline?.notices.filter((notice) => !candidate.notices.includes(notice)) ?? [];
  return [...candidate.notices, ...others.map((notice) => `the baseline: ${notice}`)];
}

async function openBaseline(
  config: Config,
  table: Table,
  candidate: Predicted,
  options: ReadOptions,
  context: RunContext,
): Promise<Pick<Opened, 'baseline' | 'recorded' | 'recordedResult'>> {
  const none = { baseline: null, recorded: null, recordedResult: null };
  if (config.baseline === null) return none;
  const source = baselineSource(config.baseline);
  if (source.kind === 'recorded') {
    const { result, estimates } = await readRecorded(source.path);
    return { ...none, recorded: estimates, recordedResult: result };
  }
  const read = await readSource(source.source, table, config, options, context);
  const baseline = { ...read, name: `the baseline ${read.name}` };
  requireSameRows(candidate.collected, baseline.collected, read.name);
  requireSameGroups(candidate.collected, baseline.collected, read.name);
  return { ...none, baseline };
}

/** True when candidate and baseline are the same files. */
export function isSameModel({ candidate, baseline }: Opened): boolean {
  const digests = (facts: Predicted['facts']): string =>
    facts.files
      .map(({ sha256 }) => sha256)
      .sort()
      .join();
  const own = digests(candidate.facts);
  return baseline !== null && own !== '' && own === digests(baseline.facts);
}

function operationalOf({ facts, timings }: Predicted, level: number): Operational {
  const speed = timings.length === 0 ? null : speedEstimates(timings, level);
  const unknown: Estimate = {
    defined: false,
    reason: 'no model was run: predictions come from a file',
    n: 0,
  };
  const bytes = facts.files.reduce((sum, file) => sum + file.bytes, 0);
  const hasSize = facts.kind === 'onnx' || facts.kind === 'mlflow-onnx';
  return {
    latency_p50: speed?.p50 ?? unknown,
    latency_p95: speed?.p95 ?? unknown,
    rows_per_second: speed?.rowsPerSecond ?? unknown,
    model_size: hasSize
      ? { defined: true, value: bytes, interval: null, n: 1 }
      : { defined: false, reason: `the size of ${facts.name} is not known`, n: 0 },
  };
}
