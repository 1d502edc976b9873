/** The command line of `schema-validation.ts`. */

import { resolve } from 'node:path';
import { nearest } from '../../../core/gate/index.ts';
import { quote, RunError } from '../../../core/inputs/index.ts';
import { escapeTerminal } from '../../../core/report/index.ts';
import { resolveFiles, type ShownFile, type TableFormat, tableFormats } from '../../../core/tables/index.ts';
import { failureText, readArguments } from '../command-line.ts';
import { readText } from '../etl/config/own-file.ts';
import { parseRejects, tooMany } from '../etl/config/values.ts';
import { judgeFiles, type RejectedRow } from './judge-files.ts';
import { LineWriter } from './line-writer.ts';

const usage = `node validation/schema-validation.ts --data FILE --schema FILE [options]

Judges each row of data files by a JSON Schema, as the data gate does.

  --data FILE          CSV, TSV, JSONL, JSON, Parquet or Arrow; a pattern or a folder; may be given several times
  --schema FILE        JSON Schema of one row: 2020-12, 2019-09 or draft-07
  --format NAME        of the data (default: by content and name): ${tableFormats.join(', ')}
  --max-rejected N     rows, or a share such as 0.5% (default: 0)
  --rejected FILE      where the rejected rows are written, one JSON object a line: file, line, row, reasons
  --help               this text

Exit code 0: the verdict is pass. 1: it is fail, or nothing could be judged, and standard error says why.
`;

const options = {
  data: { type: 'string', multiple: true },
  schema: { type: 'string' },
  format: { type: 'string' },
  'max-rejected': { type: 'string' },
  rejected: { type: 'string' },
  help: { type: 'boolean' },
} as const;

export interface CommandWorld {
  readonly folder: string;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

const shownRows = 5;

/** @returns the exit code */
export async function main(args: readonly string[], world: CommandWorld): Promise<number> {
  try {
    const { values, positionals } = readArguments(args, options);
    if (values.help === true) {
      world.out(usage);
      return 0;
    }
    const [stray] = positionals;
    if (stray !== undefined) throw new RunError(`${quote(stray)} belongs to no option; --help tells more`);
    return await validate(values, world);
  } catch (error) {
    world.err(failureText(error));
    return 1;
  }
}

async function validate(
  values: ReturnType<typeof readArguments<typeof options>>['values'],
  { folder, out }: CommandWorld,
): Promise<number> {
  const patterns = values.data ?? [];
  if (patterns.length === 0) throw new RunError('--data is missing: the files whose rows are judged');
  const shown = values.schema;
  if (shown === undefined) throw new RunError('--schema is missing: the JSON Schema that rows must follow');
  const limitText = values['max-rejected'] ?? '0';
  const limit = parseRejects(limitText);
  if (limit === null)
    throw new RunError(
      `--max-rejected is ${quote(limitText)}; allowed: a number of rows such as 10, or a share such as 0.5%`,
    );
  const format = readFormat(values.format);
  const schema = { text: readText(resolve(folder, shown), shown), shown };
  const files = await findFiles(patterns, folder, format);
  const writer = values.rejected === undefined ? null : new LineWriter(resolve(folder, values.rejected));
  const first: string[] = [];
  let judged: Awaited<ReturnType<typeof judgeFiles>>;
  try {
    judged = await judgeFiles({
      files,
      format,
      csv: {},
      schema,
      onRejected: (row) => {
        const name = files[row.file]?.shown ?? '';
        writer?.write({ file: name, line: row.line, row: row.row + 1, reasons: row.reasons });
        if (first.length < shownRows) first.push(describe(name, row));
      },
    });
  } finally {
    writer?.close();
  }
  const { rows, rejected, notes } = judged;
  if (rows === 0)
    throw new RunError(`${files.map((file) => file.shown).join(', ')}: no rows, so nothing was judged`);
  const isFail = tooMany(limit, rejected, rows);
  const lines = [
    `verdict: ${isFail ? 'fail' : 'pass'}; ${rejected.toLocaleString('en')} of ${rows.toLocaleString('en')} rows rejected, allowed: ${limit.text}`,
    ...first.map((line) => `  ${line}`),
    ...(rejected > first.length ? [`  and ${(rejected - first.length).toLocaleString('en')} more`] : []),
    ...notes.map((note) => `note: ${note}`),
  ];
  out(`${lines.map(escapeTerminal).join('\n')}\n`);
  return isFail ? 1 : 0;
}

function describe(file: string, { line, row, reasons }: RejectedRow): string {
  const place = line === null ? `${file} row ${row + 1}` : `${file}:${line}`;
  return `${place}: ${reasons.map(({ message }) => message).join('; ')}`;
}

function readFormat(text: string | undefined): TableFormat | 'auto' {
  if (text === undefined) return 'auto';
  const format = tableFormats.find((each) => each === text);
  if (format !== undefined) return format;
  const near = nearest(text, tableFormats);
  throw new RunError(
    `--format is ${quote(text)}; allowed: ${tableFormats.join(', ')}${near === undefined ? '' : `; did you mean ${quote(near)}?`}`,
  );
}

async function findFiles(
  patterns: readonly string[],
  folder: string,
  format: TableFormat | 'auto',
): Promise<readonly ShownFile[]> {
  const { files } = await resolveFiles(patterns, { workspace: folder, format });
  return files;
}
