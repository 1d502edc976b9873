/** A source becomes a table of the run: new rows only, those that are no good set aside. */

import { join } from 'node:path';
import { RunError } from '../../../../core/inputs/index.ts';
import { judgeFiles } from '../../validation/judge-files.ts';
import type { Source } from '../config/types.ts';
import { tooMany } from '../config/values.ts';
import type { EngineColumn } from '../engine/engine.ts';
import { ident, idents, text } from '../engine/sql.ts';
import { keep, type RunContext } from '../run/context.ts';
import type { SourceRecord } from '../run/records.ts';
import { refuseRejects } from '../steps/refuse-rejects.ts';
import { addLines, type SetAside, Verdicts, writeRejected } from './set-aside.ts';
import type { OpenedSource } from './types.ts';
import { forgetKnown } from './unplaced.ts';
import { freshRows, type Mark, nextHigh, typeOf, writeSeen } from './watermark.ts';

export const lineageColumns: readonly EngineColumn[] = [
  { name: '_source_file', type: 'VARCHAR' },
  { name: '_source_row', type: 'BIGINT' },
];

/** Columns of a source as SQL sees them. */
export function tableColumns(source: Source, opened: OpenedSource): readonly EngineColumn[] {
  const own = opened.columns.map(({ name, type }) => ({ name, type }));
  return source.lineage ? [...own, ...lineageColumns] : own;
}

export async function extract(
  context: RunContext,
  source: Source,
  opened: OpenedSource,
  mark: Mark | null,
): Promise<SourceRecord> {
  const { engine, progress } = context;
  const { name } = source;
  const started = context.now();
  let loaded = 0;
  progress.begin(`source ${name}`);
  const typed = await opened.load((rows) => {
    loaded += rows;
    progress.add(rows);
  });
  const verdicts = await judge(context, source, opened, loaded);
  const read = loaded + verdicts.brokenRows;
  if (read === 0 && (mark === null || source.kind === 'files')) {
    throw new RunError(
      `source ${name}: ${opened.files.map(({ shown }) => shown).join(', ')} ${opened.files.length === 1 ? 'has' : 'have'} no rows`,
    );
  }
  const fresh = await freshRows(engine, source, opened.columns, typed, mark);
  const freshCount = fresh === typed ? loaded : await engine.count(`SELECT count(*) FROM ${fresh}`);
  const { rejects, rejected, known } = await collectRejects(context, source, opened, {
    fresh,
    verdicts,
    mark,
  });
  const accepted = await acceptRows(context, source, opened, fresh, rejected > 0 ? rejects : null);
  const staged = `work/${name}.parquet`;
  await engine.run(`COPY (SELECT * FROM ${accepted}) TO ${engine.own(staged)} (FORMAT parquet)`);
  const out = await engine.count(`SELECT count(*) FROM read_parquet(${engine.own(staged)})`);
  const aside = rejected === 0 ? null : await writeRejected(engine, asideOf(source, opened, fresh, rejects));
  const earlier = loaded - freshCount + known;
  const judged = read - earlier;
  if (tooMany(source.maxRejected, rejected, judged)) {
    refuseRejects(context, {
      what: `source ${name}`,
      limit: source.maxRejected,
      rejected,
      judged,
      file: aside,
    });
  }
  const watermark = await moveWatermark(context, source, opened, { fresh, accepted, mark });
  const seconds = context.now() - started;
  progress.end(saidOf(read, earlier, rejected, out));
  return {
    kind: 'table',
    table: 'source',
    name,
    format: source.kind === 'postgres' ? 'postgres' : source.format,
    columns: tableColumns(source, opened),
    ...(await keep(context, staged, `stage/${name}.parquet`)),
    rejected: aside === null ? null : await keep(context, aside, `stage/rejected-${name}.jsonl`),
    seconds,
    notes: opened.notes,
    rows: { read, earlier, rejected, out },
    exportDigest: opened.digest?.() ?? null,
    watermark,
  };
}

async function judge(
  context: RunContext,
  source: Source,
  opened: OpenedSource,
  loaded: number,
): Promise<Verdicts> {
  const verdicts = new Verdicts(context.engine, context.folder, source.name);
  if (source.schema !== null || opened.hasBroken) {
    const judged = await judgeFiles({
      files: opened.files,
      format: source.kind === 'files' ? source.format : 'parquet',
      csv: source.kind === 'files' ? source.csv : {},
      schema: source.schema,
      onRejected: verdicts.add,
    });
    if (judged.rows !== loaded + verdicts.brokenRows) {
      throw new RunError(
        `source ${source.name}: ${loaded} rows were loaded and ${judged.rows} judged; did a file change meanwhile?`,
      );
    }
  }
  await verdicts.finish();
  return verdicts;
}

/** `_rejects_NAME`: rows with a verdict, with a cell that is not of its type, or without a watermark. */
async function collectRejects(
  { engine, folder }: RunContext,
  source: Source,
  opened: OpenedSource,
  { fresh, verdicts, mark: last }: { fresh: string; verdicts: Verdicts; mark: Mark | null },
): Promise<{ readonly rejects: string; readonly rejected: number; readonly known: number }> {
  const rejects = `_rejects_${source.name}`;
  const inner = (reasons: string): string => `substr(${reasons}, 2, length(${reasons}) - 2)`;
  const mark = markReason(source, opened.columns);
  // Of a cell that the schema has refused, its type need not be said again.
  const bad = `CASE WHEN v._row IS NULL THEN ${inner('t._bad')} END`;
  const parts = `[${inner('v._reasons')}, ${bad}, ${mark}]`;
  const reasons = `'[' || array_to_string(list_filter(${parts}, lambda each: each IS NOT NULL), ',') || ']'`;
  await engine.run(
    `CREATE TABLE ${rejects} AS
       SELECT t._file, t._row, v._line, ${reasons} AS _reasons, ${mark} IS NOT NULL AS _unplaced
       FROM ${fresh} t LEFT JOIN ${verdicts.table} v ON v._file = t._file AND v._row = t._row
       WHERE v._row IS NOT NULL OR t._bad IS NOT NULL OR ${mark} IS NOT NULL
       UNION ALL SELECT _file, _row, _line, _reasons, true FROM ${verdicts.table} WHERE _broken`,
  );
  await addLines(engine, folder, asideOf(source, opened, fresh, rejects));
  let known = 0;
  if (source.watermark !== null) {
    const rows = {
      name: source.name,
      columns: opened.columns,
      from: fresh,
      rejects,
      seen: last?.unplaced ?? null,
    };
    known = await forgetKnown(engine, rows, unplacedFile('work', source.name));
  }
  return { rejects, known, rejected: await engine.count(`SELECT count(*) FROM ${rejects}`) };
}

/** A row without a watermark would be new for ever. */
function markReason({ watermark }: Source, columns: readonly EngineColumn[]): string {
  if (watermark === null) return 'CAST(NULL AS VARCHAR)';
  const value = `t.${ident(watermark.column)}`;
  const endless = /^(FLOAT|DOUBLE|DATE|TIMESTAMP)/.test(typeOf(columns, watermark))
    ? ` OR NOT isfinite(${value})`
    : '';
  const reason = {
    column: watermark.column,
    rule: 'watermark',
    message: `${watermark.column}: no value, so no run can tell whether the row was taken (watermark)`,
  };
  return `CASE WHEN ${value} IS NULL${endless} THEN ${text(JSON.stringify(reason))} END`;
}

async function acceptRows(
  { engine }: RunContext,
  source: Source,
  opened: OpenedSource,
  fresh: string,
  rejects: string | null,
): Promise<string> {
  const accepted = `_accepted_${source.name}`;
  const shown = opened.files.map((file) => text(file.shown)).join(', ');
  const lineage = source.lineage ? `, [${shown}][_file + 1] AS _source_file, _row + 1 AS _source_row` : '';
  const { watermark } = source;
  // Without a value they are set aside, by this run or by an earlier one.
  const placed = watermark === null ? 'true' : `${markReason(source, opened.columns)} IS NULL`;
  const without =
    rejects === null
      ? ` WHERE ${placed}`
      : ` WHERE ${placed} AND NOT EXISTS (SELECT 1 FROM ${rejects} r WHERE r._file = t._file AND r._row = t._row)`;
  await engine.run(
    `CREATE VIEW ${accepted} AS SELECT ${idents(opened.columns.map((column) => column.name))}${lineage} FROM ${fresh} t${without}`,
  );
  return accepted;
}

function asideOf(source: Source, opened: OpenedSource, from: string, rejects: string): SetAside {
  return {
    name: source.name,
    files: opened.files,
    columns: opened.columns,
    from,
    rejects,
    lines: source.kind === 'files' && ['csv', 'tsv', 'jsonl'].includes(source.format),
    encoding: source.kind === 'files' ? source.csv.encoding : undefined,
    linesOf: opened.linesOf,
    lineage: false,
  };
}

const unplacedFile = (folder: string, name: string): string => `${folder}/seen-${name}.unplaced.parquet`;

async function moveWatermark(
  context: RunContext,
  source: Source,
  opened: OpenedSource,
  { fresh, accepted, mark }: { fresh: string; accepted: string; mark: Mark | null },
): Promise<SourceRecord['watermark']> {
  const { watermark, name } = source;
  if (watermark === null) return null;
  const type = typeOf(opened.columns, watermark);
  const high = await nextHigh(context.engine, watermark, type, accepted, mark);
  const base = { column: watermark.column, type, low: mark?.high ?? null, high };
  if (high === null) return { ...base, seen: null, unplaced: null };
  const target = `work/seen-${name}.parquet`;
  await writeSeen(context.engine, watermark, opened.columns, { fresh, high, last: mark, target });
  const [seen, unplaced] = [`stage/seen-${name}.parquet`, unplacedFile('stage', name)];
  context.durable.move(join(context.folder, target), join(context.folder, seen));
  context.durable.move(join(context.folder, unplacedFile('work', name)), join(context.folder, unplaced));
  return { ...base, seen, unplaced };
}

function saidOf(read: number, earlier: number, rejected: number, out: number): string {
  const parts = [`${read.toLocaleString('en')} rows read`];
  if (earlier > 0) parts.push(`${earlier.toLocaleString('en')} taken by earlier runs`);
  if (rejected > 0) parts.push(`${rejected.toLocaleString('en')} set aside`);
  if (earlier > 0 || rejected > 0) parts.push(`${out.toLocaleString('en')} go on`);
  return parts.join(', ');
}
