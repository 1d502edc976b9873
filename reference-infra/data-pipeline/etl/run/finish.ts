/** The end of a run, step by step so that it can be taken up again at any: output, manifest, head, journal. */

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { removeLinks } from '../engine/engine.ts';
import { publishParquet } from '../load/parquet-sink.ts';
import { findInLedger } from '../load/postgres-sink.ts';
import type { Database } from '../postgres/database.ts';
import type { Durable } from './durable.ts';
import { runFolder, runIds } from './history.ts';
import { Journal, journalName } from './journal.ts';
import { makeManifest, manifestName, readManifest } from './manifest.ts';
import type { Manifest, OutputRecord } from './records.ts';

/** What is kept of a finished run. */
const kept = new Set([manifestName, 'rejected', 'seen', journalName]);

export function finishRun(
  given: { readonly state: string; readonly durable: Durable; readonly date: () => Date },
  journal: Journal,
  output: OutputRecord,
): Manifest {
  const { state, durable, date } = given;
  const { runId } = journal.begin;
  const folder = runFolder(state, runId);
  // Paths in the manifest are those after the moves.
  moveKept(durable, folder, journal);
  const manifest = readManifest(folder) ?? withKeptPaths(makeManifest(journal, output, date()));
  durable.write(join(folder, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
  durable.write(join(state, 'head.json'), `${JSON.stringify({ runId })}\n`);
  for (const name of readdirSync(folder)) if (!kept.has(name)) durable.remove(join(folder, name));
  forgetOthers(durable, state, runId);
  journal.close();
  return manifest;
}

function moveKept(durable: Durable, folder: string, journal: Journal): void {
  for (const record of journal.tables.values()) {
    const mark = record.table === 'source' ? record.watermark : null;
    const files = [record.rejected?.file ?? null, mark?.seen ?? null, mark?.unplaced ?? null];
    for (const file of files) {
      if (file !== null && existsSync(join(folder, file)))
        durable.move(join(folder, file), join(folder, keptPath(file)));
    }
  }
}

const keptOrNull = (file: string | null): string | null => (file === null ? null : keptPath(file));

/** `stage/rejected-visits.jsonl` is kept as `rejected/visits.jsonl`. */
function keptPath(file: string): string {
  return file.replace(/^stage\/(rejected|seen)-/, '$1/');
}

function withKeptPaths(manifest: Manifest): Manifest {
  const moved = <Record extends Manifest['sources'][number] | Manifest['steps'][number]>(
    record: Record,
  ): Record =>
    record.rejected === null
      ? record
      : { ...record, rejected: { ...record.rejected, file: keptPath(record.rejected.file) } };
  return {
    ...manifest,
    steps: manifest.steps.map(moved),
    sources: manifest.sources.map((source) => {
      const { watermark } = source;
      return {
        ...moved(source),
        watermark:
          watermark === null
            ? null
            : { ...watermark, seen: keptOrNull(watermark.seen), unplaced: keptOrNull(watermark.unplaced) },
      };
    }),
  };
}

/**
 * Only the last run's rows at the watermark are ever looked at again; and what an unfinished run has staged goes on from
 * another run, so that it must begin anew. What it has rejected stays, for whoever looks after it.
 */
function forgetOthers(durable: Durable, state: string, runId: string): void {
  for (const other of runIds(state)) {
    if (other === runId) continue;
    for (const name of ['seen', 'stage', 'work', journalName])
      durable.remove(join(runFolder(state, other), name));
  }
}

/**
 * Ends what an earlier process had begun to publish: a run that was killed in the middle of it is finished before any
 * other begins. What was not published yet counts as nothing.
 * @returns ids of the runs that were finished
 */
export async function finishOthers(given: {
  readonly state: string;
  readonly durable: Durable;
  readonly date: () => Date;
  readonly database: (variable: string) => Promise<Database>;
}): Promise<string[]> {
  const { state, durable } = given;
  const finished: string[] = [];
  for (const runId of runIds(state)) {
    const folder = runFolder(state, runId);
    const journal = Journal.read(folder, durable);
    const publish = journal?.publish ?? null;
    if (journal === null || publish === null) continue;
    const output =
      publish.sink === 'parquet'
        ? publishParquet({ folder, durable }, publish)
        : await findInLedger(
            await given.database(publish.urlVariable),
            journal.begin.pipeline.name,
            runId,
            publish.table,
          );
    if (output === null) continue;
    finishRun(given, journal, output);
    removeLinks(folder);
    finished.push(runId);
  }
  return finished;
}
