/** The drift check: two tables, column by column; an alarm only where something changed beyond chance. */

import { writeFile } from 'node:fs/promises';
import {
  type ColumnDrift,
  chooseColumns,
  compareColumns,
  judgeColumns,
  judgeDrift,
  judgeRows,
  limitsOf,
  type OpenedSide,
  openSide,
  openSides,
  profileOf,
  Threads,
} from '../../core/drift/index.ts';
import { excerpt, fold, impliedCheck } from '../../core/gate/index.ts';
import type { Check, GateResult } from '../../core/gate/types.ts';
import { commonInputs, InputError, RunError } from '../../core/inputs/index.ts';
import type { FinishedResult, FollowContext, Gate, Measured, RunContext } from '../../core/run/index.ts';
import { withShownPaths } from '../../core/tables/index.ts';
import { driftCatalogue, isPerformance } from './catalogue.ts';
import { type Config, driftInputs, readConfig } from './inputs.ts';
import { followDrift } from './issue/follow.ts';
import { judgePerformance, type MeasuredMetric, measurePerformance } from './performance/compare.ts';
import { readLabelledRows } from './performance/read-rows.ts';
import { toPredictions } from './performance/to-predictions.ts';
import { writeMetrics } from './prometheus/index.ts';
import { reportSections } from './report/sections.ts';
import { summaryDetails } from './report/summary.ts';
import type { DriftDetails } from './types.ts';

export const driftCheck: Gate<Config, DriftDetails> = {
  action: 'drift-check',
  title: 'Drift check',
  inputs: [...commonInputs, ...driftInputs],
  catalogue: driftCatalogue,
  readConfig,
  measure,
  sections: reportSections,
  summaryDetails,
  outputs,
  follow,
};

/** In the bundle the thread's code is a bundle of its own. */
const worker = new URL(
  import.meta.url.endsWith('.ts') ? './worker.ts' : './worker/index.js',
  import.meta.url,
);

async function measure(config: Config, context: RunContext): Promise<Measured<DriftDetails>> {
  try {
    return config.mode === 'profile' ? await writeProfile(config) : await check(config, context);
  } catch (error) {
    throw withShownPaths(error, config.workspace);
  }
}

async function check(config: Config, context: RunContext): Promise<Measured<DriftDetails>> {
  const threads = new Threads(worker);
  try {
    const { reference, current } = await openSides(config.reference, config.current, config, threads);
    try {
      return await compare(config, reference, current, threads, context);
    } finally {
      await current.close();
      await reference.close();
    }
  } finally {
    await threads.close();
  }
}

async function compare(
  config: Config,
  reference: OpenedSide,
  current: OpenedSide,
  threads: Threads,
  context: RunContext,
): Promise<Measured<DriftDetails>> {
  const { wanted, news } = chooseColumns(config, reference.source, current.source);
  const options = { alpha: config.alpha, minRows: config.minRows, limits: limitsOf(config.checks) };
  const notices: string[] = [];
  const compared = await compareColumns(reference.source, current.source, wanted, threads);
  const measured = await performanceOf(config, reference, current, notices);
  const tested = measured.filter((metric) => metric.p !== null);
  const { columns, extra } = judgeColumns(
    compared,
    options,
    tested.map(({ p }) => p as number),
  );
  const adjusted = measured.map((metric) => extra[tested.indexOf(metric)] ?? null);
  const performance = judgePerformance(measured, adjusted, config.checks, options);
  const sorted = [...columns].sort((a, b) => b.score - a.score || nearness(b) - nearness(a));
  const features = sorted.filter(({ role }) => role === 'feature');
  const known = features.filter(
    (column) => (column.method !== null && column.inconclusive === null) || column.drifted,
  );
  const share = known.length === 0 ? null : known.filter(({ drifted }) => drifted).length / known.length;
  const rows = { reference: reference.source.rows, current: current.source.rows };
  const judged = [
    ...judgeDrift(config.checks, { columns: sorted, share, rows, alpha: config.alpha }),
    ...performance.judged,
  ];
  const [subject, configuration] = [await current.finish(), await reference.finish()];
  const drifted = sorted.filter((column) => column.drifted);
  const details: DriftDetails = {
    mode: 'check',
    reference: {
      kind: reference.source.kind,
      rows: reference.source.rows,
      files: reference.files.map(({ shown }) => shown),
    },
    current: { rows: current.source.rows, files: current.files.map(({ shown }) => shown) },
    alpha: config.alpha,
    minRows: config.minRows,
    columns: sorted,
    newColumns: news,
    share_drifted: share,
    drifted: drifted.map(({ column }) => column),
    performance: performance.metrics,
    profile: null,
    metricsPath: null,
  };
  const written = await writeMetrics({ drift: details, verdict: fold(judged) }, config.metrics, context);
  return {
    subject,
    configuration,
    judged,
    metrics: metricsOf(columns, share),
    undefinedMetrics: share === null ? { share_drifted: 'no column was judged' } : {},
    notices: [...noticesOf(reference, current, news), ...notices],
    details: { ...details, metricsPath: written.path },
  };
}

/** Where both sides have rows with label and prediction. */
async function performanceOf(
  config: Config,
  reference: OpenedSide,
  current: OpenedSide,
  notices: string[],
): Promise<MeasuredMetric[]> {
  const { label, prediction, score } = config.roles;
  if (label === null || prediction === null) return refuseUnmeasured(config);
  if (reference.source.kind === 'profile') {
    notices.push('the performance is not compared: a profile keeps no rows; give the data as reference-path');
    return refuseUnmeasured(config);
  }
  const both = [reference, current].map(({ source }) => source.columns);
  if (!both.every((columns) => columns.has(label) && columns.has(prediction))) {
    notices.push('the performance is not compared: a side has no labels or no predictions');
    return refuseUnmeasured(config);
  }
  const columns = { label, prediction, score };
  const rows = await readLabelledRows(reference.files, columns, config);
  const now = await readLabelledRows(current.files, columns, config);
  if (rows.labels.length === 0 || now.labels.length === 0) {
    notices.push('the performance is not compared: no row of a side has both label and prediction');
    return refuseUnmeasured(config);
  }
  const predictions = toPredictions(rows, now, config.positiveClass);
  if ('problem' in predictions) {
    notices.push(`the performance is not compared: ${predictions.problem}`);
    return refuseUnmeasured(config);
  }
  return measurePerformance(predictions, config.checks);
}

/** A threshold over a metric that cannot be measured must not pass in silence. */
function refuseUnmeasured({ checks, thresholds }: Config): [] {
  const check = checks.find(({ metric }) => isPerformance(metric));
  if (check === undefined) return [];
  throw new InputError([
    {
      input: 'thresholds',
      message: `line ${check.place?.line ?? 1}: \`${check.id}\` needs label and prediction of both sides, row by row`,
      allowed: 'label-column and prediction-column, and data (no profile) as reference-path',
      excerpt: excerpt(
        thresholds.split(/\r\n|\n|\r/)[(check.place?.line ?? 1) - 1] ?? '',
        (check.place?.column ?? 1) - 1,
      ),
    },
  ]);
}

/** Of columns that have not drifted: how near they are to their bounds. */
const nearness = ({ effect, threshold }: ColumnDrift): number =>
  effect === null || threshold === null ? -1 : effect / Math.max(threshold, Number.MIN_VALUE);

function metricsOf(columns: readonly ColumnDrift[], share: number | null): Record<string, number | null> {
  const drifted = columns.filter((column) => column.role === 'feature' && column.drifted).length;
  return { share_drifted: share, drifted_columns: drifted };
}

function noticesOf(reference: OpenedSide, current: OpenedSide, news: readonly string[]): string[] {
  const shown = news.slice(0, 5).map((name) => JSON.stringify(name));
  const more = news.length > 5 ? ` and ${news.length - 5} more` : '';
  return [
    ...reference.notes.map((note) => `reference: ${note}`),
    ...current.notes.map((note) => `current data: ${note}`),
    ...(news.length === 0
      ? []
      : [
          `only in the current data, so not compared: ${news.length === 1 ? 'column' : 'columns'} ${shown.join(', ')}${more}`,
        ]),
  ];
}

async function writeProfile(config: Config): Promise<Measured<DriftDetails>> {
  const { profile } = config;
  if (profile === null) throw new RunError('profile-path is required');
  const reference = await openSide(config.reference, config, false);
  try {
    const { wanted } = chooseColumns(config, reference.source, reference.source);
    const names = wanted.map(({ name }) => name);
    const subject = await reference.finish();
    const text = await profileOf(reference.source, names, subject);
    await writeFile(profile.path, text);
    return {
      subject,
      configuration: [],
      // A profile of fewer rows makes every check against it inconclusive.
      judged: [judgeRows(enoughRows(config.minRows), reference.source.rows)],
      metrics: {},
      undefinedMetrics: {},
      notices: reference.notes,
      details: {
        mode: 'profile',
        reference: {
          kind: 'data',
          rows: reference.source.rows,
          files: reference.files.map(({ shown }) => shown),
        },
        current: { rows: 0, files: [] },
        alpha: config.alpha,
        minRows: config.minRows,
        columns: [],
        newColumns: [],
        share_drifted: null,
        drifted: [],
        performance: [],
        profile: { path: profile.shown, bytes: Buffer.byteLength(text) },
        metricsPath: null,
      },
    };
  } finally {
    await reference.close();
  }
}

function enoughRows(minRows: number): Check {
  const bound = { kind: 'number', value: minRows, text: String(minRows) } as const;
  const condition = { kind: 'compare', operator: '>=', bound } as const;
  return impliedCheck('reference_rows', null, condition);
}

function outputs(result: GateResult<DriftDetails>): Record<string, string> {
  const { columns, drifted, share_drifted: share, metricsPath, profile } = result.predicate.gate.details;
  const score = columns.reduce((most, column) => Math.max(most, column.score), 0);
  return {
    'drift-score': String(score),
    'drifted-columns': JSON.stringify(drifted),
    'share-drifted': share === null ? '' : String(share),
    'metrics-path': metricsPath ?? '',
    'profile-path': profile?.path ?? '',
  };
}

async function follow(
  config: Config,
  finished: FinishedResult<DriftDetails>,
  context: FollowContext,
): Promise<Readonly<Record<string, string>>> {
  if (config.mode === 'profile') return {};
  return (await followDrift(finished, config.issue, context)).outputs;
}
