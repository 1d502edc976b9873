/** How a dataset has grown, by the manifests of the pipeline's finished runs. */

import { existsSync } from 'node:fs';
import { RunError } from '../../../core/inputs/index.ts';
import { readHead, runFolder, runIds } from '../etl/run/history.ts';
import { readManifest } from '../etl/run/manifest.ts';
import type { Manifest } from '../etl/run/records.ts';
import type { Growth } from './types.ts';

/**
 * In the order in which runs were finished. Of Parquet a run adds what the dataset has more than before, so that rows that
 * were replaced, or read again, do not count; of PostgreSQL what was inserted.
 * @throws RunError where there is no finished run, or a manifest was changed by hand.
 */
export function readGrowth(folder: string, shown: string): Growth[] {
  if (!existsSync(folder)) throw new RunError(`--runs: ${shown} does not exist`);
  if (readHead(folder) === null)
    throw new RunError(
      `--runs: ${shown} holds no finished run; expected is the folder that run-pipeline.ts calls --state, such as pipelines/cancer/.runs`,
    );
  const manifests = runIds(folder)
    .map((id) => readManifest(runFolder(folder, id)))
    .filter((manifest) => manifest !== null);
  return growthOf(manifests);
}

/** Pure. */
export function growthOf(manifests: readonly Manifest[]): Growth[] {
  const ordered = [...manifests].sort((a, b) => Date.parse(a.finishedAt) - Date.parse(b.finishedAt));
  let before = 0;
  return ordered.map(({ runId, finishedAt, output }) => {
    const growth = { runId, at: new Date(finishedAt) };
    if (output.format === 'postgres') return { ...growth, rows: output.inserted };
    const rows = output.totalRows - before;
    before = output.totalRows;
    return { ...growth, rows };
  });
}
