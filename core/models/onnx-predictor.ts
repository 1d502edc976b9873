/** Predictions of an ONNX model, batch by batch. */

import type { Tensor } from 'onnxruntime-node';
import { RunError } from '../inputs/errors.ts';
import { type Log, silentLog } from '../report/log.ts';
import type { Batch, Column } from '../tables/types.ts';
import { type BindOptions, bindFeatures, positionNotices } from './bind-features.ts';
import { createFeedBuilder, type FeedBuilder, type FeedOptions } from './feeds.ts';
import { joinBatches } from './join-batches.ts';
import { type OpenSession, openSession, type SessionOptions, tidy } from './onnx-session.ts';
import { type OutputPlan, planOutputs, readOutputs } from './outputs.ts';
import type { ModelFacts, PredictedBatch, Predictor } from './types.ts';

export interface OnnxPredictorOptions extends BindOptions, FeedOptions, SessionOptions {
  /** The columns of the table that will be fed. */
  readonly columns: readonly Column[];
}

export class OnnxPredictor implements Predictor {
  readonly facts: ModelFacts;
  readonly featureColumns: readonly string[];
  readonly fixedBatch: number | null;
  readonly notices: readonly string[];
  readonly #open: OpenSession;
  readonly #feeds: FeedBuilder;
  readonly #plan: OutputPlan;

  /** @throws RunError or InputError when the file is no model that can be run on these columns. */
  static async open(path: string, options: OnnxPredictorOptions): Promise<OnnxPredictor> {
    const log: Log = options.log ?? silentLog;
    const open = await openSession(path, options);
    try {
      const binding = bindFeatures(options.columns, open.facts.inputs, options);
      const plan = planOutputs(open.facts, open.unreadable);
      for (const note of [...binding.notes, ...plan.notes]) log.info(`${open.facts.name}: ${note}`);
      return new OnnxPredictor(
        open,
        plan,
        createFeedBuilder(open.runtime, binding, options),
        binding.columns,
        [...positionNotices(binding), ...open.notices],
      );
    } catch (error) {
      await open.session.release();
      throw error;
    }
  }

  private constructor(
    open: OpenSession,
    plan: OutputPlan,
    feeds: FeedBuilder,
    columns: readonly string[],
    notices: readonly string[],
  ) {
    this.facts = open.facts;
    this.featureColumns = columns;
    this.notices = notices;
    this.fixedBatch = fixedBatchOf(open.facts);
    this.#open = open;
    this.#plan = plan;
    this.#feeds = feeds;
  }

  /** A batch larger than the model's fixed one is run in parts; a smaller one is padded. @throws FeatureValueError, RunError */
  async predict(batch: Batch): Promise<PredictedBatch> {
    const step = this.fixedBatch ?? batch.rows;
    if (batch.rows <= step) return await this.#run(batch, 0, batch.rows);
    const parts: PredictedBatch[] = [];
    for (let from = 0; from < batch.rows; from += step) {
      parts.push(await this.#run(batch, from, Math.min(step, batch.rows - from)));
    }
    return joinBatches(parts);
  }

  async close(): Promise<void> {
    await this.#open.session.release();
  }

  async #run(batch: Batch, from: number, rows: number): Promise<PredictedBatch> {
    const feeds = this.#feeds.build(batch, from, rows, this.fixedBatch);
    let results: Readonly<Record<string, Tensor>>;
    try {
      results = (await this.#open.session.run(feeds, this.#plan.names)) as Readonly<Record<string, Tensor>>;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new RunError(`${this.facts.name} cannot be run on this data: ${tidy(message)}`);
    }
    return readOutputs(this.#plan, results, rows, this.fixedBatch ?? rows);
  }
}

/** The batch size that all inputs agree on; null when it is free. */
function fixedBatchOf(facts: ModelFacts): number | null {
  const sizes = new Set(facts.inputs.map((input) => input.shape[0] ?? null).filter((size) => size !== null));
  if (sizes.size > 1) {
    throw new RunError(
      `The inputs of ${facts.name} have different fixed numbers of rows: ${[...sizes].join(', ')}.`,
    );
  }
  return [...sizes][0] ?? null;
}
