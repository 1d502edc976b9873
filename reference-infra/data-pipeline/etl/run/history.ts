/** The folder of runs: what earlier runs have left, and where the next one goes on. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunError } from '../../../../core/inputs/index.ts';
import type { Pipeline } from '../config/types.ts';
import { readManifest } from './manifest.ts';
import type { LastMark } from './plan.ts';
import type { Manifest } from './records.ts';

/** The last finished run; null: there is none. */
export function readHead(state: string): Manifest | null {
  const path = join(state, 'head.json');
  if (!existsSync(path)) return null;
  let runId: unknown;
  try {
    runId = JSON.parse(readFileSync(path, 'utf8')).runId;
  } catch {
    throw new RunError(`${path} is no JSON; it was changed by hand`);
  }
  const manifest = readManifest(runFolder(state, String(runId)));
  if (manifest === null) throw new RunError(`${path} names run ${String(runId)}, whose manifest is gone`);
  return manifest;
}

export const runFolder = (state: string, runId: string): string => join(state, 'runs', runId);

export function runIds(state: string): string[] {
  const folder = join(state, 'runs');
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

/** Where each source's watermark has come to. A run that had no value for one passes the value before on. */
export function marksOf(state: string, head: Manifest | null, pipeline: Pipeline): Map<string, LastMark> {
  const marks = new Map<string, LastMark>();
  for (const { name, watermark } of head?.sources ?? []) {
    const source = pipeline.sources.find((each) => each.name === name);
    if (head === null || watermark === null || watermark.high === null) continue;
    if (watermark.seen === null || watermark.unplaced === null) continue;
    if (source === undefined || source.watermark === null) continue;
    if (source.watermark.column !== watermark.column)
      throw new RunError(
        `pipeline.yaml:${source.line}: source ${name}: the watermark is ${source.watermark.column} and was ${watermark.column} in run ${head.runId}; ` +
          'an increment cannot go on from it: begin anew with another folder of runs and an empty sink',
      );
    const folder = runFolder(state, head.runId);
    const [seen, unplaced] = [join(folder, watermark.seen), join(folder, watermark.unplaced)];
    const gone = [seen, unplaced].find((file) => !existsSync(file));
    if (gone !== undefined)
      throw new RunError(`${gone} is gone, without which nothing can go on from run ${head.runId}`);
    marks.set(name, { value: { high: watermark.high, seen, unplaced }, type: watermark.type });
  }
  return marks;
}
