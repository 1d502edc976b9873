/** One pass over all rows of all files: what the schema rejects, with its place, and what the columns look like. */

import { stat } from 'node:fs/promises';
import { RunError } from '../../../core/inputs/index.ts';
import { visible } from '../../../core/report/index.ts';
import {
  type CsvOptions,
  type SniffedFormat,
  sniffFormat,
  type TableFormat,
} from '../../../core/tables/index.ts';
import { ColumnAccumulator, type DescribedColumn } from '../profile/column.ts';
import { type LoadedSchema, watchedFormat } from '../schema/index.ts';
import type { FileSummary } from '../types.ts';
import { BitSet } from './bit-set.ts';
import { type BlockFile, openBlocks } from './blocks.ts';
import type { ParquetScan } from './parquet/parquet-scan.ts';
import { JudgePool } from './pool.ts';
import type { Found, FromJudge, JudgeSetup } from './protocol.ts';
import { placeText } from './watch.ts';

export interface DataFile {
  /** Absolute. */
  readonly path: string;
  /** Relative to the workspace, with `/`. */
  readonly shown: string;
}

export interface PassOptions {
  readonly files: readonly DataFile[];
  readonly format: TableFormat | 'auto';
  readonly csv: CsvOptions;
  readonly schema: LoadedSchema | null;
  readonly schemaText: JudgeSetup['schema'];
  /** Told of every violation, in the order of files and rows. */
  readonly onFound: (file: number, row: number, found: Found, rowGroups: Float64Array | null) => void;
  /** Threads that were started before; closed at the end. Else some are started here. */
  readonly pool?: JudgePool;
}

export interface PassOutcome {
  readonly files: readonly (FileSummary & {
    /** Rows from 0 that are no rows: fields too many or too few, no JSON object. */
    readonly broken: readonly number[];
    /** Rows that the schema rejects, broken ones included. */
    readonly rejectedRows: number;
    /** A bit for each row: 1 where it has a violation. */
    readonly invalid: BitSet;
    /** First row of each row group or record batch; null where the format has none. */
    readonly rowGroups: Float64Array | null;
  })[];
  readonly rows: number;
  /** By column, in the order of the files. */
  readonly columns: ReadonlyMap<string, DescribedColumn>;
  readonly columnsLeft: number;
}

export async function runPass(options: PassOptions): Promise<PassOutcome> {
  const { files } = options;
  const sizes = await Promise.all(files.map(sizeOf));
  const order = new Ordered();
  const pool = options.pool ?? new JudgePool(sizes.reduce((sum, size) => sum + size, 0));
  pool.prepare({
    schema: options.schemaText,
    nulls: options.csv.nulls ?? [],
    describe: ({ pattern, line }, file) => describeStuck(options, pool.patternTime, file, pattern, line),
    onJudged: (judged) => order.add(judged),
    onFound: (part, taken) => order.addPart(part, taken),
  });
  let scan: ParquetScan | null = null;
  try {
    const sniffed: SniffedFormat[] = [];
    for (const { path } of files) sniffed.push(await sniffFormat(path, options.format));
    scan = await openScan(options, sniffed);
    const summaries: PassOutcome['files'][number][] = [];
    const names = new Set<string>();
    for (const [index, own] of sniffed.entries()) {
      const opened = await openFile(options, scan, index, own);
      for (const name of opened.columns ?? []) names.add(name);
      summaries.push(await readFileOnce(pool, order, options, index, opened, own.format, sizes[index] ?? 0));
    }
    const parts = await pool.finish();
    const columns = scan === null ? merged(names, parts) : await scan.describe(names);
    return {
      files: summaries,
      rows: summaries.reduce((sum, { rows }) => sum + rows, 0),
      columns,
      // Names that a thread did not describe may be known from the files.
      columnsLeft: Math.max(0, ...parts.map((part) => part.columns.length + part.columnsLeft - columns.size)),
    };
  } finally {
    await scan?.close();
    await pool.close();
  }
}

/** Only for a run over nothing but Parquet: its columns are described by the engine, others by the threads. */
async function openScan(
  { files, schema }: PassOptions,
  sniffed: readonly SniffedFormat[],
): Promise<ParquetScan | null> {
  if (sniffed.length === 0 || sniffed.some(({ format }) => format !== 'parquet')) return null;
  const { ParquetScan } = await import('./parquet/parquet-scan.ts');
  return await ParquetScan.open(
    files.map(({ path }) => path),
    schema,
  );
}

async function openFile(
  { files, csv }: PassOptions,
  scan: ParquetScan | null,
  index: number,
  sniffed: SniffedFormat,
): Promise<BlockFile> {
  const options = { path: (files[index] as DataFile).path, sniffed, csv };
  return scan === null ? await openBlocks(options) : await scan.openBlocks(options, index);
}

async function sizeOf({ path, shown }: DataFile): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? error.code : error;
    throw new RunError(`${shown} cannot be read (${reason})`);
  }
}

/** The parts of the profile that the threads collected. */
function merged(
  names: ReadonlySet<string>,
  parts: Awaited<ReturnType<JudgePool['finish']>>,
): Map<string, ColumnAccumulator> {
  const columns = new Map<string, ColumnAccumulator>();
  for (const name of names) columns.set(name, new ColumnAccumulator());
  for (const [name, state] of parts.flatMap((part) => part.columns)) {
    const column = columns.get(name) ?? new ColumnAccumulator();
    column.merge(state);
    columns.set(name, column);
  }
  return columns;
}

async function readFileOnce(
  pool: JudgePool,
  order: Ordered,
  { files, onFound }: PassOptions,
  index: number,
  opened: BlockFile,
  format: TableFormat,
  bytes: number,
): Promise<PassOutcome['files'][number]> {
  const { shown } = files[index] as DataFile;
  const { rowGroups } = opened;
  const tally = order.begin((row, found) => onFound(index, row, found, rowGroups));
  await pool.begin({ file: index, shown, layout: opened.layout });
  for await (const block of opened.blocks) {
    await pool.give({ ...block, id: order.nextId(), file: index });
  }
  await pool.idle();
  const notes = tally.blankLines > 0 ? [`blank lines skipped: ${tally.blankLines}`] : [];
  return {
    path: shown,
    format,
    rows: opened.rows ?? tally.rows,
    columns: opened.columns?.length ?? 0,
    bytes,
    notes: [...opened.notes, ...notes],
    broken: tally.broken,
    rejectedRows: tally.rejectedRows,
    invalid: tally.invalid,
    rowGroups,
  };
}

interface Tally {
  rows: number;
  blankLines: number;
  rejectedRows: number;
  readonly invalid: BitSet;
  readonly broken: number[];
}

const newTally = (): Tally => ({
  rows: 0,
  blankLines: 0,
  rejectedRows: 0,
  invalid: new BitSet(),
  broken: [],
});

type Judged = Extract<FromJudge, { kind: 'judged' }>;

/** Puts blocks back into the order of the file: rows are numbered by it. */
class Ordered {
  private next = 0;
  private issued = 0;
  private readonly waiting = new Map<number, Judged>();
  /** What was found in blocks that are at work, and not next: few parts, since their threads wait until they are taken. */
  private readonly early = new Map<
    number,
    { readonly found: readonly Found[]; readonly taken: () => void }[]
  >();
  /** The last row of the block at hand that is counted as rejected. */
  private last = -1;
  private tally: Tally = newTally();
  private onFound: (row: number, found: Found) => void = () => {};

  nextId(): number {
    this.issued += 1;
    return this.issued - 1;
  }

  begin(onFound: (row: number, found: Found) => void): Tally {
    this.onFound = onFound;
    this.tally = newTally();
    return this.tally;
  }

  add(judged: Judged): void {
    this.waiting.set(judged.id, judged);
    for (let ready = this.waiting.get(this.next); ready !== undefined; ready = this.waiting.get(this.next)) {
      this.waiting.delete(this.next);
      this.take(ready);
      this.next += 1;
      this.last = -1;
      for (const { found, taken } of this.early.get(this.next) ?? []) {
        this.record(found);
        taken();
      }
      this.early.delete(this.next);
    }
  }

  addPart({ id, found }: Extract<FromJudge, { kind: 'found' }>, taken: () => void): void {
    if (id === this.next) {
      this.record(found);
      taken();
      return;
    }
    const early = this.early.get(id) ?? [];
    early.push({ found, taken });
    this.early.set(id, early);
  }

  private record(found: readonly Found[]): void {
    const { tally } = this;
    for (const each of found) {
      if (each.row !== this.last) {
        tally.rejectedRows += 1;
        tally.invalid.add(tally.rows + each.row);
      }
      this.last = each.row;
      this.onFound(tally.rows + each.row, each);
    }
  }

  private take({ rows, blankLines, found, broken }: Judged): void {
    const { tally } = this;
    this.record(found);
    for (const row of broken) tally.broken.push(tally.rows + row);
    tally.rows += rows;
    tally.blankLines += blankLines;
  }
}

function describeStuck(
  { schema }: PassOptions,
  patternTime: number,
  file: string,
  pattern: number,
  line: number,
): string {
  const format = watchedFormat(pattern);
  const what =
    format === null ? `the pattern ${visible(schema?.patterns[pattern] ?? '')}` : `the format ${format}`;
  const on = line === 0 ? 'the name of a column' : 'one value';
  const why =
    format === null
      ? 'an expression with nested repetitions, such as (a+)+, backtracks without end: write it without'
      : 'it is not made for texts this long; bound them with maxLength and leave the format out';
  return `${placeText(file, line)}: ${what} takes more than ${patternTime / 1000} s on ${on} and was stopped; ${why}`;
}
