/** Reads a file as blocks of whole records, in file order, for the threads that judge them. */

import {
  ArrayScanner,
  ByteSource,
  type CsvOptions,
  checkUtf8,
  type SniffedFormat,
  skipByteOrderMark,
} from '../../../core/tables/index.ts';
import { takeBuffer } from './block-buffers.ts';
import { CsvSplitter, countLineFeeds, readCsvHead } from './csv-blocks.ts';
import type { Block, FileSetup } from './protocol.ts';

/** A block before it is numbered. */
export type RawBlock = Block extends infer Each
  ? Each extends Block
    ? Omit<Each, 'id' | 'file'>
    : never
  : never;

export interface BlockFile {
  readonly layout: FileSetup['layout'];
  /** Null: known only from the rows, as for JSON. */
  readonly columns: readonly string[] | null;
  /** What the reader had to guess or decide, in words. */
  readonly notes: readonly string[];
  /** First row of each row group or record batch; null where the format has none. */
  readonly rowGroups: Float64Array | null;
  /** Where blocks number their rows, all rows of the file; null: they are counted. */
  readonly rows: number | null;
  readonly blocks: AsyncIterable<RawBlock>;
}

export interface BlockOptions {
  readonly path: string;
  readonly sniffed: SniffedFormat;
  readonly csv: CsvOptions;
}

export async function openBlocks(options: BlockOptions): Promise<BlockFile> {
  const { path, sniffed } = options;
  const notes = notesOf(options);
  switch (sniffed.format) {
    case 'csv':
    case 'tsv':
      return await openCsvBlocks(options, notes);
    case 'jsonl':
      return {
        layout: { kind: 'json' },
        columns: null,
        notes,
        rowGroups: null,
        rows: null,
        blocks: lineBlocks(path, sniffed.gzip),
      };
    case 'json':
      return {
        layout: { kind: 'json' },
        columns: null,
        notes,
        rowGroups: null,
        rows: null,
        blocks: arrayBlocks(path, sniffed.gzip),
      };
    default: {
      const { openValueBlocks } = await import('./value-blocks.ts');
      return await openValueBlocks(options, notes);
    }
  }
}

/** What was noticed before the file is opened. */
export function notesOf({ path, sniffed }: BlockOptions): string[] {
  const notes = sniffed.note === undefined ? [] : [sniffed.note];
  if (sniffed.gzip && !/\.gz$/i.test(path)) notes.push('unpacked from gzip, though the name does not say so');
  return notes;
}

async function openCsvBlocks({ path, sniffed, csv }: BlockOptions, notes: string[]): Promise<BlockFile> {
  const delimiter = csv.delimiter ?? (sniffed.format === 'tsv' ? '\t' : undefined);
  const head = await readCsvHead(path, sniffed.gzip, {
    ...csv,
    ...(delimiter === undefined ? {} : { delimiter }),
  });
  return {
    layout: { kind: 'csv', columns: head.columns, delimiter: head.delimiter, quote: head.quote },
    columns: head.columns,
    notes: [...notes, ...head.notes],
    rowGroups: null,
    rows: null,
    blocks: csvBlocks(path, head.source, new CsvSplitter(path, head)),
  };
}

async function* csvBlocks(path: string, source: ByteSource, splitter: CsvSplitter): AsyncGenerator<RawBlock> {
  try {
    do {
      checkUtf8(path, source.bytes, source.start, source.end, source.last, splitter.line);
      const { line } = splitter;
      const cut = splitter.cut(source.bytes, source.start, source.end, source.last);
      if (cut > source.start) yield { kind: 'text', ...copy(source.bytes, source.start, cut), line };
      source.start = cut;
    } while (await source.fill());
  } finally {
    await source.close();
  }
}

async function* lineBlocks(path: string, gzip: boolean): AsyncGenerator<RawBlock> {
  const source = new ByteSource(path, gzip);
  let line = 1;
  let begun = false;
  try {
    while (await source.fill()) {
      if (!begun) source.start = skipByteOrderMark(path, source.bytes, source.end);
      begun = true;
      const { bytes, start, end, last } = source;
      checkUtf8(path, bytes, start, end, last, line);
      const cut = last ? end : bytes.lastIndexOf(10, end - 1) + 1;
      if (cut <= start) continue;
      yield { kind: 'text', ...copy(bytes, start, cut), line };
      line += countLineFeeds(bytes, start, cut);
      source.start = cut;
    }
  } finally {
    await source.close();
  }
}

async function* arrayBlocks(path: string, gzip: boolean): AsyncGenerator<RawBlock> {
  const source = new ByteSource(path, gzip);
  let spans: { start: number; end: number; line: number }[] = [];
  const scanner = new ArrayScanner(path, (start, end, line) => spans.push({ start, end, line }));
  let begun = false;
  try {
    while (await source.fill()) {
      if (!begun) source.start = skipByteOrderMark(path, source.bytes, source.end);
      begun = true;
      checkUtf8(path, source.bytes, source.start, source.end, source.last, scanner.line);
      source.start = scanner.scan(source.bytes, source.start, source.end, source.last);
      const [first] = spans;
      const last = spans.at(-1);
      if (first === undefined || last === undefined) continue;
      yield {
        kind: 'spans',
        ...copy(source.bytes, first.start, last.end),
        starts: Int32Array.from(spans, (span) => span.start - first.start),
        ends: Int32Array.from(spans, (span) => span.end - first.start),
        lines: Float64Array.from(spans, (span) => span.line),
      };
      spans = [];
    }
  } finally {
    await source.close();
  }
}

function copy(bytes: Buffer, start: number, end: number): { bytes: ArrayBuffer; length: number } {
  const length = end - start;
  const block = takeBuffer(length);
  new Uint8Array(block, 0, length).set(bytes.subarray(start, end));
  return { bytes: block, length };
}
