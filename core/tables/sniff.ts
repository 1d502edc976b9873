/** Which format a file has, by its first bytes and its name. The two must agree. */

import { open } from 'node:fs/promises';
import { RunError } from '../inputs/errors.ts';
import { ByteSource } from './byte-source.ts';
import { checkFile } from './file-check.ts';
import { refuseBomb } from './gunzip.ts';
import type { TableFormat } from './types.ts';

export interface SniffedFormat {
  readonly format: TableFormat;
  readonly gzip: boolean;
  /** What had to be decided although the name says otherwise, in words. */
  readonly note: string | undefined;
}

const endings: ReadonlyMap<string, TableFormat> = new Map([
  ['csv', 'csv'],
  ['txt', 'csv'],
  ['tsv', 'tsv'],
  ['tab', 'tsv'],
  ['jsonl', 'jsonl'],
  ['ndjson', 'jsonl'],
  ['json', 'json'],
  ['parquet', 'parquet'],
  ['pq', 'parquet'],
  ['arrow', 'arrow'],
  ['arrows', 'arrow'],
  ['feather', 'arrow'],
  ['ipc', 'arrow'],
  ['npz', 'npz'],
]);

const titles: Readonly<Record<TableFormat, string>> = {
  csv: 'a CSV file',
  tsv: 'a TSV file',
  jsonl: 'a JSONL file',
  json: 'a JSON file',
  parquet: 'a Parquet file',
  arrow: 'an Arrow file',
  npz: 'an NPZ file',
};

type Content =
  | { readonly is: 'binary'; readonly format: TableFormat; readonly sign: string }
  | { readonly is: 'foreign'; readonly what: string; readonly advice: string }
  | { readonly is: 'gzip' }
  | { readonly is: 'json'; readonly format: 'json' | 'jsonl' }
  | { readonly is: 'text' };

/** The format that the ending of a name stands for, `.gz` aside; undefined: none. */
export function formatOfName(name: string): TableFormat | undefined {
  return endings.get(/\.([^./\\]+)$/.exec(name.replace(/\.gz$/i, ''))?.[1]?.toLowerCase() ?? '');
}

/**
 * Tells the format of a data file. With a wanted format the name does not count, the content still does.
 * @throws RunError when the file is missing or unreadable, its content contradicts its name, or it is no table.
 */
export async function sniffFormat(
  path: string,
  wanted: TableFormat | 'auto' = 'auto',
): Promise<SniffedFormat> {
  await checkFile(path);
  const head = await readHead(path);
  const outer = recognise(head);
  const gzip = outer.is === 'gzip';
  if (gzip) await refuseBomb(path);
  const content = gzip ? recognise(await readUnzippedHead(path)) : outer;
  if (content.is === 'foreign') throw new RunError(`${path} is ${content.what}${content.advice}`);
  if (content.is === 'gzip') throw new RunError(`${path} is gzip inside gzip; unpack it once`);
  const plainName = gzip ? path.replace(/\.gz$/i, '') : path;
  const named = formatOfName(plainName);
  if (!gzip && /\.gz$/i.test(path)) throw new RunError(`${path} is not gzip data, though its name says so`);
  return { gzip, ...settle(path, plainName, content, named, wanted, gzip) };
}

function settle(
  path: string,
  plainName: string,
  content: Content,
  named: TableFormat | undefined,
  wanted: TableFormat | 'auto',
  gzip: boolean,
): { format: TableFormat; note: string | undefined } {
  const expected = wanted === 'auto' ? named : wanted;
  if (content.is === 'binary') {
    if (gzip) throw new RunError(`${path} is ${titles[content.format]} inside gzip; unpack it first`);
    if (expected === undefined || expected === content.format)
      return { format: content.format, note: undefined };
    const reason = `${path} is ${titles[content.format]} (it begins with ${content.sign})`;
    if (wanted !== 'auto') throw new RunError(`${reason}, not ${titles[wanted]}`);
    throw new RunError(`${reason}; rename it to ${renamed(plainName, content.format)}`);
  }
  if (expected === 'parquet' || expected === 'arrow' || expected === 'npz') {
    throw new RunError(`${path} is not ${titles[expected]}: it begins as text; is it truncated or misnamed?`);
  }
  if (content.is === 'json') {
    if (expected === undefined) return { format: content.format, note: `read as ${content.format}` };
    if (expected === 'json' && content.format === 'jsonl') {
      return { format: 'jsonl', note: 'read as JSON lines, one object a line' };
    }
    if (expected === 'csv' || expected === 'tsv') {
      const right = renamed(plainName, content.format);
      throw new RunError(
        `${path} is ${titles[content.format]}, not ${titles[expected]}; rename it to ${right}`,
      );
    }
    if (expected === 'jsonl' && content.format === 'json') {
      throw new RunError(
        `${path} is a JSON array, not one object a line; rename it to ${renamed(plainName, 'json')}`,
      );
    }
    return { format: expected, note: undefined };
  }
  if (expected !== undefined) return { format: expected, note: undefined };
  return { format: 'csv', note: 'read as CSV, for its name does not say what it is' };
}

function renamed(path: string, format: TableFormat): string {
  return `${path.replace(/\.[^./\\]+$/, '')}.${format}`;
}

function recognise(head: Buffer): Content {
  const ascii = head.toString('latin1');
  if (ascii.startsWith('PAR1')) return { is: 'binary', format: 'parquet', sign: 'PAR1' };
  if (ascii.startsWith('PARE'))
    return foreign('an encrypted Parquet file', ', which cannot be read; decrypt it first');
  if (ascii.startsWith('ARROW1')) return { is: 'binary', format: 'arrow', sign: 'ARROW1' };
  if (head.length >= 8 && head.readInt32LE(0) === -1 && isStreamLength(head.readInt32LE(4))) {
    return { is: 'binary', format: 'arrow', sign: 'an Arrow stream message' };
  }
  if (ascii.startsWith('PK\x03\x04') || ascii.startsWith('PK\x05\x06')) return recogniseZip(ascii);
  if (ascii.startsWith('\x1f\x8b')) return { is: 'gzip' };
  return recogniseForeign(head, ascii) ?? recogniseText(ascii);
}

/** Length of the schema message: positive, a multiple of 8, and no gigabytes. */
function isStreamLength(length: number): boolean {
  return length > 0 && length % 8 === 0 && length < 1 << 28;
}

function recogniseZip(ascii: string): Content {
  const firstName = ascii.slice(30, 30 + (ascii.charCodeAt(26) | (ascii.charCodeAt(27) << 8)));
  if (firstName.endsWith('.npy') || ascii.startsWith('PK\x05\x06')) {
    return { is: 'binary', format: 'npz', sign: 'PK, a ZIP archive of .npy arrays' };
  }
  if (firstName === '[Content_Types].xml' || firstName.startsWith('xl/')) {
    return foreign('an Excel workbook', '; save the sheet as CSV');
  }
  return foreign('a ZIP archive', '; unpack it and name the data file in it');
}

function recogniseForeign(head: Buffer, ascii: string): Content | undefined {
  if (ascii.startsWith('\x93NUMPY')) {
    return foreign(
      'a single NumPy array (.npy) without column names',
      '; save it with numpy.savez(path, name=array)',
    );
  }
  if (ascii.startsWith('version https://git-lfs')) {
    return foreign(
      'a Git LFS pointer, not the data',
      '; fetch the data with `git lfs pull`, or `lfs: true` in actions/checkout',
    );
  }
  if (isOnnx(head))
    return foreign(
      'an ONNX model, not a table',
      '; name the file with the rows here (the model is given as model-path)',
    );
  if (ascii.startsWith('SQLite format 3\0'))
    return foreign('an SQLite database', '; export the table as CSV or Parquet');
  if (ascii.startsWith('\x89HDF\r\n')) return foreign('an HDF5 file', '; save the table as CSV or Parquet');
  if (ascii.startsWith('\xd0\xcf\x11\xe0'))
    return foreign('an old Excel or Office file', '; save the sheet as CSV');
  if (ascii.startsWith('Obj\x01')) return foreign('an Avro file', '; save the table as Parquet');
  if (ascii.startsWith('ORC') && head.includes(0))
    return foreign('an ORC file', '; save the table as Parquet');
  if (ascii.startsWith('FEA1'))
    return foreign('a Feather file of version 1', '; save it again with a current pyarrow');
  if (ascii.startsWith('\x28\xb5\x2f\xfd'))
    return foreign('compressed with Zstandard', '; unpack it, or use gzip');
  if (ascii.startsWith('BZh') && head.includes(0))
    return foreign('compressed with bzip2', '; unpack it, or use gzip');
  if (ascii.startsWith('\xfd7zXZ')) return foreign('compressed with xz', '; unpack it, or use gzip');
  if (head.length > 2 && head[0] === 0x80 && (head[1] as number) <= 5 && (head[1] as number) >= 2) {
    return foreign(
      'a Python pickle',
      ', which is never loaded, for that runs code in it; save the table as CSV or Parquet',
    );
  }
  if (/^\s*<(!doctype html|html|head|body)/i.test(ascii)) {
    return foreign('an HTML page, not data', '; did a download end in an error or a login page?');
  }
  if (/^\s*<\?xml/i.test(ascii)) return foreign('an XML document, not a table', '');
  return undefined;
}

/**
 * A ModelProto as all exporters write it: ir_version first (1 to 127), then one of the fields 2 to 8, from
 * producer_name to opset_import. No text begins with a backspace.
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
function isOnnx(head: Buffer): boolean {
  const [first, version = 0, next = 0] = head;
  // ONNX Runtime's own format: an offset, then its mark. In text the offset's last byte would not be 0.
  if (head[3] === 0 && head.subarray(4, 8).toString('latin1') === 'ORTM') return true;
  return (
    first === 0x08 &&
    version > 0 &&
    version < 128 &&
    [0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42].includes(next)
  );
}

function recogniseText(ascii: string): Content {
  const text = ascii.replace(/^\xef\xbb\xbf/, '');
  if (/^\s*\{\s*[\r\n]/.test(text)) {
    return foreign(
      'one JSON object over several lines, not a table',
      '; write an array of objects [{…}, {…}], or one object a line',
    );
  }
  if (/^\s*\{\s*("[^"\r\n]*"\s*:|\})/.test(text)) return { is: 'json', format: 'jsonl' };
  if (/^\s*\[\s*(\{|\]\s*$)/.test(text)) return { is: 'json', format: 'json' };
  return { is: 'text' };
}

function foreign(what: string, advice: string): Content {
  return { is: 'foreign', what, advice };
}

const headSize = 4096;

async function readHead(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headSize), 0, headSize, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function readUnzippedHead(path: string): Promise<Buffer> {
  const source = new ByteSource(path, true);
  try {
    await source.fill();
    return Buffer.from(source.bytes.subarray(0, Math.min(source.end, headSize)));
  } finally {
    await source.close();
  }
}
