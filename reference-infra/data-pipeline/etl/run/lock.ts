/**
 * One run at a time. The lock is the one that DuckDB takes on a database file, which is the kernel's and ends with the
 * process, however it ends: there is no stale lock to be told from a held one.
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { RunError } from '../../../../core/inputs/index.ts';
import { loadDuckDb } from '../../../../core/native/index.ts';
import { firstLine } from '../engine/engine.ts';

const lockName = 'lock.duckdb';
const holderName = 'holder.json';

/** The kernel's lock is the process's: two runs of one process must be told apart here. */
const held = new Set<string>();

export interface Lock {
  release(): void;
}

/** @throws RunError that says who holds it. */
export async function takeLock(state: string, runId: string): Promise<Lock> {
  const path = resolve(state, lockName);
  if (held.has(path)) throw new RunError(`${state}: this process has a run of the pipeline at work already`);
  try {
    mkdirSync(state, { recursive: true });
  } catch (error) {
    throw new RunError(`the folder of runs, ${state}, cannot be made: ${firstLine(error)}`);
  }
  held.add(path);
  const { DuckDBInstance } = await loadDuckDb();
  try {
    const instance = await DuckDBInstance.create(path, { threads: '1', memory_limit: '64MiB' });
    const holder = { runId, pid: process.pid, host: hostname(), since: new Date().toISOString() };
    writeFileSync(join(state, holderName), `${JSON.stringify(holder)}\n`);
    return {
      release: () => {
        instance.closeSync();
        held.delete(path);
      },
    };
  } catch (error) {
    held.delete(path);
    const said = firstLine(error);
    if (!said.includes('Could not set lock')) {
      throw new RunError(`the folder of runs, ${state}, cannot be written: ${said}`, { cause: error });
    }
    throw new RunError(`another run is at work in ${state}: ${describeHolder(state)}; wait for it to end`);
  }
}

function describeHolder(state: string): string {
  try {
    const holder: unknown = JSON.parse(readFileSync(join(state, holderName), 'utf8'));
    if (typeof holder === 'object' && holder !== null && 'runId' in holder && 'pid' in holder) {
      const host = 'host' in holder ? ` on ${String(holder.host)}` : '';
      const since = 'since' in holder ? ` since ${String(holder.since)}` : '';
      return `run ${String(holder.runId)}, process ${String(holder.pid)}${host},${since}`;
    }
  } catch {
    // It is only for the message.
  }
  return 'it has not said which';
}
