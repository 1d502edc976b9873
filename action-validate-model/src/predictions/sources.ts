/** Opens what gives predictions - a model, a service, a file - and reads it beside the labels. */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { formatCount } from '../../../core/gate/index.ts';
import { RunError } from '../../../core/inputs/errors.ts';
import { FeatureKindError, openModel } from '../../../core/models/index.ts';
import type { ModelFacts, Predictor } from '../../../core/models/types.ts';
import type { RunContext } from '../../../core/run/index.ts';
import { openTable } from '../../../core/tables/index.ts';
import type { Table } from '../../../core/tables/types.ts';
import type { Config, PredictionSource } from '../inputs.ts';
import { nameClasses } from './class-names.ts';
import { type Collected, collect } from './collect.ts';
import { missingColumn, predictionFacts, readPredictions } from './predictions-file.ts';
import type { Source } from './settle-task.ts';
import { repeatTimings, type Timing } from './speed.ts';
import { describeTextCell } from './text-cells.ts';

/** Predictions beside labels, and what they came from. */
export interface Predicted extends Source {
  readonly facts: ModelFacts;
  readonly timings: readonly Timing[];
  /** What readers of the result should know of how the model is fed and what it does. */
  readonly notices: readonly string[];
}

export interface ReadOptions {
  readonly groupColumns: readonly string[];
  /** Latency is judged: time enough calls for a p95. */
  readonly timed: boolean;
}

export async function readSource(
  source: PredictionSource,
  table: Table | null,
  config: Config,
  options: ReadOptions,
  context: RunContext,
): Promise<Predicted> {
  if (source.kind === 'predictions') {
    // Opening a text file reads all of it: the data of predictions-path are already open.
    if (source.path === table?.path) return await readFile(table, config, options);
    const own = await openTable(source.path, { format: 'auto' });
    try {
      return await readFile(own, config, options);
    } finally {
      await own.close();
    }
  }
  if (table === null) throw new Error('a model needs a table');
  if (!table.columns.some((column) => column.name === config.labelColumn)) {
    throw missingColumn(table, 'label-column', config.labelColumn);
  }
  const predictor = await openOver(table, source, {
    columns: table.columns,
    labelColumn: config.labelColumn,
    featureColumns: config.featureColumns,
    missingValues: config.missingValues,
    trackingUri: config.trackingUri,
    env: context.env,
    log: context.log,
  });
  try {
    return await runModel(predictor, table, config, options, context);
  } finally {
    await predictor.close();
  }
}

/** A text column where the model wants numbers is shown with the cell that made it text. */
async function openOver(
  table: Table,
  source: Parameters<typeof openModel>[0],
  options: Parameters<typeof openModel>[1],
): Promise<Predictor> {
  try {
    return await openModel(source, options);
  } catch (error) {
    if (!(error instanceof FeatureKindError)) throw error;
    const cells = await Promise.all(
      error.columns.slice(0, 3).map((column) => describeTextCell(table, column)),
    );
    const first = cells.filter((cell) => cell !== null).join('; ');
    throw new RunError(first === '' ? error.message : `${first}. ${error.message}`, { cause: error });
  }
}

async function runModel(
  predictor: Predictor,
  table: Table,
  config: Config,
  options: ReadOptions,
  context: RunContext,
): Promise<Predicted> {
  const { facts } = predictor;
  const collected = await collect(table, predictor, {
    labelColumn: config.labelColumn,
    groupColumns: options.groupColumns,
    batchSize: config.batchSize,
    now: context.now,
    progress: progressEvery(5_000, facts.name, context),
  });
  const timings = options.timed
    ? await repeatTimings(
        predictor,
        await firstBatches(table, predictor, config),
        collected.timings,
        context.now,
      )
    : collected.timings;
  const predicted: Predicted = {
    name: facts.name,
    facts,
    collected,
    timings,
    notices: predictor.notices ?? [],
    classes: facts.classes,
    scoreClasses: facts.classes,
  };
  return nameClasses(predicted, config.classNames);
}

/** A line now and then, so that a long run is seen to go on; a short one stays silent. */
function progressEvery(milliseconds: number, name: string, { log, now }: RunContext) {
  let last = now();
  return (rows: number, total: number): void => {
    if (now() - last < milliseconds) return;
    last = now();
    log.info(`${name}: ${formatCount(rows)} of ${formatCount(total)} rows`);
  };
}

/** A few batches to time the model on again; as many as a p95 needs are made from them. */
async function firstBatches(table: Table, predictor: Predictor, config: Config) {
  const kept = [];
  for await (const batch of table.batches(
    predictor.featureColumns,
    predictor.fixedBatch ?? config.batchSize,
  )) {
    kept.push(batch);
    if (kept.length === 8) break;
  }
  return kept;
}

async function readFile(table: Table, config: Config, options: ReadOptions): Promise<Predicted> {
  const { path } = table;
  const layout = {
    labelColumn: config.labelColumn,
    predictionColumn: config.predictionColumn,
    scoreColumns: config.scoreColumns,
    groupColumns: options.groupColumns,
  };
  const { collected, scoreClasses } = await readPredictions(table, layout);
  const facts = predictionFacts(path, await digestFile(path), layout);
  return { name: path, facts, collected, timings: [], notices: [], classes: null, scoreClasses };
}

export async function digestFile(path: string): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
    return { sha256: hash.digest('hex'), bytes: (await stat(path)).size };
  } catch (error) {
    throw new RunError(`${path} cannot be read`, { cause: error });
  }
}

/** The content of predictions that came over the wire, so that the result names what was judged. */
export function digestPredictions({ predictedLabels, predictedValues, scores }: Collected): string {
  const hash = createHash('sha256');
  if (predictedLabels !== null) {
    hash.update(JSON.stringify(predictedLabels.names));
    hash.update(predictedLabels.codes);
  }
  if (predictedValues !== null) hash.update(predictedValues);
  if (scores !== null) hash.update(scores.values);
  return hash.digest('hex');
}
