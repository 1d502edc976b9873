/** A table before a JSON Schema: the rows that it accepts go on. */

import { join } from 'node:path';
import { judgeFiles } from '../../validation/judge-files.ts';
import type { Step } from '../config/types.ts';
import { tooMany } from '../config/values.ts';
import { ident, idents } from '../engine/sql.ts';
import { lineageColumns } from '../extract/extract.ts';
import { addLines, Verdicts, writeRejected } from '../extract/set-aside.ts';
import { keep, type RunContext } from '../run/context.ts';
import type { StepRecord, TableRecord } from '../run/records.ts';
import { refuseRejects } from './refuse-rejects.ts';

type ValidateStep = Extract<Step, { kind: 'validate' }>;

export async function runValidateStep(
  context: RunContext,
  step: ValidateStep,
  input: TableRecord,
): Promise<StepRecord> {
  const { engine, folder, progress } = context;
  const { name } = step;
  const started = context.now();
  progress.begin(`step ${name}`, input.rows.out);
  const hidden = lineageColumns.filter((own) => input.columns.some((column) => column.name === own.name));
  const columns = input.columns.filter((column) => !hidden.some((own) => own.name === column.name));
  const hasLineage = hidden.length === lineageColumns.length;
  // A schema that allows no other columns need not know of ours; rows keep their order, and so their numbers.
  let judged = input.file;
  if (hidden.length > 0) {
    judged = `work/judged-${name}.parquet`;
    await engine.run(
      `COPY (SELECT ${idents(columns.map((column) => column.name))} FROM read_parquet(${engine.own(input.file)})) TO ${engine.own(judged)} (FORMAT parquet)`,
    );
  }
  const verdicts = new Verdicts(engine, folder, name);
  const ticking = setInterval(() => progress.tick(), 500);
  const outcome = await judgeFiles({
    files: [{ path: join(folder, judged), shown: `table ${step.input}` }],
    format: 'parquet',
    csv: {},
    schema: step.schema,
    onRejected: verdicts.add,
  }).finally(() => clearInterval(ticking));
  await verdicts.finish();
  const { rejected } = outcome;
  const from = `(SELECT *, 0 AS _file, file_row_number AS _row FROM read_parquet(${engine.own(input.file)}))`;
  const aside = rejected === 0 ? null : await setAside();
  if (tooMany(step.maxRejected, rejected, outcome.rows)) {
    refuseRejects(context, {
      what: `step ${name}`,
      limit: step.maxRejected,
      rejected,
      judged: outcome.rows,
      file: aside,
    });
  }
  const target = `work/${name}.parquet`;
  const kept =
    rejected === 0 ? '' : ` WHERE NOT EXISTS (SELECT 1 FROM ${verdicts.table} v WHERE v._row = t._row)`;
  await engine.run(
    `COPY (SELECT ${input.columns.map((column) => `t.${ident(column.name)}`).join(', ')} FROM ${from} t${kept}) TO ${engine.own(target)} (FORMAT parquet)`,
  );
  const out = await engine.count(`SELECT count(*) FROM read_parquet(${engine.own(target)})`);
  progress.end(
    `${outcome.rows.toLocaleString('en')} rows judged, ${rejected === 0 ? 'none' : rejected.toLocaleString('en')} set aside`,
  );
  return {
    kind: 'table',
    table: 'validate',
    name,
    columns: input.columns,
    ...(await keep(context, target, `stage/${name}.parquet`)),
    rejected: aside === null ? null : await keep(context, aside, `stage/rejected-${name}.jsonl`),
    seconds: context.now() - started,
    notes: outcome.notes,
    inputs: { [step.input]: input.rows.out },
    rows: { in: input.rows.out, out, rejected },
  };

  async function setAside(): Promise<string> {
    const rows = {
      name,
      files: [{ path: join(folder, judged), shown: `table ${step.input}` }],
      columns,
      from,
      rejects: verdicts.table,
      lines: false,
      encoding: undefined,
      linesOf: async () => null,
      lineage: hasLineage,
    };
    await addLines(engine, folder, rows);
    return await writeRejected(engine, rows);
  }
}
