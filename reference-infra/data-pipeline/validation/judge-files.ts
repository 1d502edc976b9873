/** Rows of files before a JSON Schema, by the data gate's own core: the same verdict on a row as the gate has. */

import { runPass } from '../../../action-validate-data/src/pass/run-pass.ts';
import { type LoadedSchema, loadSchema } from '../../../action-validate-data/src/schema/index.ts';
import type { CsvOptions, ShownFile, TableFormat } from '../../../core/tables/index.ts';

/** Why a row is rejected. */
export interface Reason {
  readonly column: string | null;
  /** The keyword of JSON Schema, or how a row is broken: `fields`, `json`. */
  readonly rule: string;
  readonly message: string;
}

export interface RejectedRow {
  /** Index into the files. */
  readonly file: number;
  /** From 0 in its file. */
  readonly row: number;
  /** Physical line from 1; null where the format has none. */
  readonly line: number | null;
  /** It is no row at all: fields too many or too few, no JSON object. */
  readonly isBroken: boolean;
  readonly reasons: readonly Reason[];
}

export interface JudgeOptions {
  readonly files: readonly ShownFile[];
  readonly format: TableFormat | 'auto';
  readonly csv: CsvOptions;
  /** Null: only broken rows are looked for. */
  readonly schema: { readonly text: string; readonly shown: string } | null;
  /** Told of each rejected row, in the order of files and rows. */
  readonly onRejected: (row: RejectedRow) => void;
}

export interface Judged {
  readonly rows: number;
  readonly rejected: number;
  /** What of the schema has no effect, and what the reader decided, in words. */
  readonly notes: readonly string[];
}

/** @throws RunError for a schema that cannot judge rows, with its line, and for files that cannot be read. */
export async function judgeFiles({ files, format, csv, schema, onRejected }: JudgeOptions): Promise<Judged> {
  const loaded: LoadedSchema | null = schema === null ? null : loadSchema(schema.text, schema.shown);
  let open: { file: number; row: number; line: number | null; isBroken: boolean; reasons: Reason[] } | null =
    null;
  let rejected = 0;
  const flush = (): void => {
    if (open === null) return;
    rejected += 1;
    onRejected(open);
    open = null;
  };
  const pass = await runPass({
    files,
    format,
    csv,
    schema: loaded,
    schemaText: schema,
    onFound: (file, row, { line, column, rule, message, origin }) => {
      if (open === null || open.file !== file || open.row !== row) {
        flush();
        open = { file, row, line, isBroken: false, reasons: [] };
      }
      open.isBroken ||= origin === 'structure';
      open.reasons.push({ column, rule, message });
    },
  });
  flush();
  const counted = pass.files.reduce((sum, file) => sum + file.rejectedRows, 0);
  if (counted !== rejected) throw new Error(`${rejected} rows were rejected, and ${counted} counted`);
  const notes = pass.files.flatMap((file) => file.notes.map((note) => `${file.path}: ${note}`));
  return { rows: pass.rows, rejected, notes: [...(loaded?.notices ?? []), ...notes] };
}
