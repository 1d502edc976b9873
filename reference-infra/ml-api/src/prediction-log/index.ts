/** Where predictions are written down: PostgreSQL, files, or nowhere. */

import type { Logger, PredictionLog } from '../types.ts';
import { FileSink } from './files.ts';
import { Writer } from './writer.ts';

export interface PredictionLogConfig {
  /** DATABASE_URL: PostgreSQL; null: files. */
  readonly databaseUrl: string | null;
  /** PREDICTION_LOG_PATH: the folder of the files; null: without a database there is no log. */
  readonly folder: string | null;
  /** PREDICTION_LOG_MAX_BYTES: of all files together. */
  readonly totalBytes: number;
  /** PREDICTION_LOG_SAMPLE: share of the requests that are kept, from 0 to 1. */
  readonly sample: number;
}

/** Returns at once; what is wrong with the store is logged, and it is tried again. */
export async function openPredictionLog(config: PredictionLogConfig, logger: Logger): Promise<PredictionLog> {
  const { databaseUrl, folder, totalBytes, sample } = config;
  if (databaseUrl !== null) {
    // What is not used is not loaded.
    const { PostgresSink } = await import('./postgres.ts');
    return new Writer(new PostgresSink({ url: databaseUrl }), { logger, sample });
  }
  if (folder !== null) return new Writer(new FileSink({ folder, totalBytes }), { logger, sample });
  return { dropped: 0, wanted: () => false, record: () => {}, close: async () => {} };
}
