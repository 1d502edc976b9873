/** More rows were rejected than the pipeline allows: the run ends, with the first of them in its message. */

import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { RunError } from '../../../../core/inputs/index.ts';
import { escapeTerminal } from '../../../../core/report/index.ts';
import type { Rejects } from '../config/types.ts';
import type { RunContext } from '../run/context.ts';

const shownRows = 3;

export interface TooManyRejects {
  /** `source visits`, `step checked`. */
  readonly what: string;
  readonly limit: Rejects;
  readonly rejected: number;
  readonly judged: number;
  /** In the run's folder; null: no row was written. */
  readonly file: string | null;
}

/** The rows stay where the run's folder is, for whoever looks after it. @throws RunError always. */
export function refuseRejects(
  context: RunContext,
  { what, limit, rejected, judged, file }: TooManyRejects,
): never {
  const kept = 'rejected.jsonl';
  if (file !== null) context.durable.move(join(context.folder, file), join(context.folder, kept));
  const path = join(context.folder, kept);
  const rows = file === null ? [] : firstRows(path);
  throw new RunError(
    [
      `${what}: ${rejected.toLocaleString('en')} of ${judged.toLocaleString('en')} rows are rejected; max-rejected is ${limit.text}`,
      ...rows.map((row) => `  ${row}`),
      ...(file === null ? [] : [`all of them are in ${path}`]),
    ].join('\n'),
  );
}

function firstRows(path: string): string[] {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(1 << 20);
    const text = bytes.toString('utf8', 0, readSync(file, bytes, 0, bytes.length, 0));
    return text.split('\n').slice(0, -1).slice(0, shownRows).map(describe);
  } finally {
    closeSync(file);
  }
}

interface RejectedLine {
  readonly file: string;
  readonly line: string | number | null;
  readonly row: string | number;
  readonly reasons: readonly { readonly message: string }[];
}

function describe(line: string): string {
  const { file, line: at, row, reasons } = JSON.parse(line) as RejectedLine;
  const place = at === null || at === undefined ? `${file} row ${row}` : `${file}:${at}`;
  return escapeTerminal(`${place}: ${reasons.map(({ message }) => message).join('; ')}`);
}
