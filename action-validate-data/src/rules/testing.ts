/** Rules measured on files written for a test. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judge, parseThresholds } from '../../../core/gate/index.ts';
import { describeProblem } from '../../../core/inputs/index.ts';
import { loadDuckDb } from '../../../core/native/index.ts';
import { silentLog } from '../../../core/report/log.ts';
import { openTable, SqlEngine, type Table } from '../../../core/tables/index.ts';
import { dataCatalogue } from './catalogue.ts';
import type { BreakingRow, RuleContext } from './context.ts';
import { measureRules } from './measure.ts';

/** One rule as a test reads it. */
export interface Seen {
  /** Null: undefined, with `reason`. */
  readonly value: number | null;
  readonly n: number;
  readonly verdict: string;
  /** What the report says: the rule's own words, else the judge's. */
  readonly reason: string;
  readonly interval: readonly [number, number, string] | null;
  readonly notes: readonly string[];
  /** Null: an aggregate. */
  readonly breaking: readonly BreakingRow[] | null;
}

export interface Data {
  /** Of the gate, in order; texts are written, `null` is there already. */
  readonly files: Readonly<Record<string, string | null>>;
  /** Beside them, for exists and overlap. */
  readonly others?: Readonly<Record<string, string>>;
  readonly numericBySchema?: readonly string[];
  readonly timesBySchema?: readonly string[];
  readonly now?: string;
  readonly folder?: string;
  readonly notice?: (line: string) => void;
}

const folders: string[] = [];
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is removed after the process. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rules-'));
  folders.push(folder);
  return folder;
}

/** Writes a Parquet file of the rows of a SELECT, in row groups of 2,048 rows. */
export async function writeParquet(path: string, select: string): Promise<void> {
  const { DuckDBInstance } = await loadDuckDb();
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run(`COPY (${select}) TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`);
  connection.closeSync();
  instance.closeSync();
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** Measures and judges the lines of `rules`. */
export async function see(rules: string, data: Data): Promise<Seen[]> {
  const { checks, problems } = parseThresholds(rules, dataCatalogue, { input: 'rules' });
  if (problems.length > 0) throw new Error(problems.map(describeProblem).join('\n'));
  const folder = data.folder ?? temporaryFolder();
  for (const [name, text] of Object.entries({ ...data.files, ...data.others })) {
    if (text !== null) writeFileSync(join(folder, name), text);
  }
  const shown = Object.keys(data.files);
  const engine = await SqlEngine.open();
  const tables: Table[] = [];
  try {
    for (const name of shown) tables.push(await openTable(join(folder, name)));
    const context: RuleContext = {
      engine,
      tables,
      shown,
      columns: [...new Set(tables.flatMap(({ columns }) => columns.map(({ name }) => name)))],
      workspace: folder,
      confidence: 0.95,
      clock: () => new Date(data.now ?? '2024-06-01T00:00:00Z'),
      numericBySchema: new Set(data.numericBySchema ?? []),
      timesBySchema: new Set(data.timesBySchema ?? []),
      openOther: (path) => openTable(path),
      openText: (file, textColumns) => openTable(join(folder, shown[file] ?? ''), { textColumns }),
      log: { ...silentLog, ...(data.notice === undefined ? {} : { notice: data.notice }) },
      rules,
    };
    const measured = await measureRules(checks, context);
    const seen: Seen[] = [];
    for (const { check, measurement, reason, breaking } of measured) {
      const unit = dataCatalogue.get(check.metric)?.unit ?? 'number';
      const judged = judge(check, measurement, { confidence: 0.95, unit });
      const { estimate } = measurement;
      const interval = estimate.defined ? estimate.interval : null;
      seen.push({
        value: estimate.defined ? estimate.value : null,
        n: estimate.n,
        verdict: judged.verdict,
        reason: judged.verdict === 'pass' ? judged.reason : (reason ?? judged.reason),
        interval: interval === null ? null : [interval.low, interval.high, interval.method],
        notes: measurement.notes ?? [],
        breaking: breaking === null ? null : await collect(breaking()),
      });
    }
    return seen;
  } finally {
    await Promise.all(tables.map((table) => table.close()));
    await engine.close();
  }
}

/** What is measured once for a table of tests. */
export function once<T>(measure: () => Promise<T>): () => Promise<T> {
  let found: Promise<T> | undefined;
  return () => {
    found ??= measure();
    return found;
  };
}

/** The only rule of `rules`. */
export async function seeOne(rule: string, data: Data): Promise<Seen> {
  const [seen] = await see(rule, data);
  if (seen === undefined) throw new Error('no rule');
  return seen;
}

/** `row 3 [id] "A": message`, as one line a row; rows from 1. */
export function lines(rows: readonly BreakingRow[] | null): string[] | null {
  if (rows === null) return null;
  return rows.map(({ file, row, column, value, message }) => {
    const place = `${file}:${row + 1}`;
    return `${place} [${column ?? '-'}] ${JSON.stringify(value)} ${message}`;
  });
}
