import { chmod, copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { sniffFormat } from './sniff.ts';
import { useFolder } from './testing.ts';

const folder = useFolder();
const fixture = (name: string): string => join(import.meta.dirname, 'fixtures', name);

describe('the format of a file', () => {
  it.each([
    ['a.csv', 'a,b\n', 'csv'],
    ['a.CSV', 'a,b\n', 'csv'],
    ['a.tsv', 'a\tb\n', 'tsv'],
    ['a.jsonl', '{"a":1}\n', 'jsonl'],
    ['a.ndjson', '{"a":1}\n', 'jsonl'],
    ['a.json', '[{"a":1}]', 'json'],
    ['a.csv.gz', gzipSync('a,b\n'), 'csv'],
    ['a.data', 'a,b\n', 'csv'],
    ['b.data', '{"a":1}\n', 'jsonl'],
    ['braces.csv', '{a},b\n', 'csv'],
    ['marks.csv', 'a,b,ORTM\n', 'csv'],
  ])('%s is known by name and content', async (name, content, format) => {
    expect((await sniffFormat(await folder.write(name, content))).format).toBe(format);
  });

  it.each([
    ['types.parquet', 'parquet'],
    ['types.arrow', 'arrow'],
    ['stream.arrows', 'arrow'],
    ['arrays.npz', 'npz'],
  ])('%s is known without its ending', async (name, format) => {
    await copyFile(fixture(name), folder.path('noending'));
    expect((await sniffFormat(folder.path('noending'))).format).toBe(format);
  });

  it('that its name denies is refused with the right name', async () => {
    await copyFile(fixture('types.parquet'), folder.path('data.csv'));
    const path = folder.path('data.csv');
    await expect(sniffFormat(path)).rejects.toThrow(
      `${path} is a Parquet file (it begins with PAR1); rename it to ${folder.path('data.parquet')}`,
    );
    await expect(sniffFormat(path, 'csv')).rejects.toThrow(
      'is a Parquet file (it begins with PAR1), not a CSV file',
    );
    expect((await sniffFormat(path, 'parquet')).format).toBe('parquet');
  });

  it.each([
    ['a.parquet', 'a,b\n', 'is not a Parquet file: it begins as text; is it truncated or misnamed?'],
    ['b.parquet', '', 'is not a Parquet file'],
    ['a.csv.gz', 'a,b\n', 'is not gzip data, though its name says so'],
    ['a.jsonl', '[\n{"a":1}]', 'is a JSON array, not one object a line; rename it to'],
    [
      'lfs.csv',
      'version https://git-lfs.github.com/spec/v1\noid sha256:0\n',
      'is a Git LFS pointer, not the data',
    ],
    ['page.csv', '\n<!DOCTYPE html><html>', 'is an HTML page, not data'],
    ['x.csv', 'SQLite format 3\0abc', 'is an SQLite database'],
    [
      'swapped.onnx',
      '\x08\x0a\x12\x07pytorch\x1a\x052.9.0\x3a\x10',
      'swapped.onnx is an ONNX model, not a table; name the file with the rows here (the model is given as model-path)',
    ],
    ['bare.csv', '\x08\x08\x3a\x10', 'is an ONNX model, not a table'],
    ['model.ort', '\x18\0\0\0ORTM', 'is an ONNX model, not a table'],
    ['x.h5', Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'), 'is an HDF5 file'],
    ['x.pkl', Buffer.from([0x80, 4, 0x95, 0]), 'is a Python pickle, which is never loaded'],
    ['x.pkl.gz', gzipSync(Buffer.from([0x80, 4, 0x95, 0])), 'is a Python pickle, which is never loaded'],
    ['old.xls', Buffer.from([0xd0, 0xcf, 0x11, 0xe0]), 'is an old Excel or Office file'],
    ['enc.parquet', 'PAREabc', 'is an encrypted Parquet file'],
    ['x.xlsx', zipStart('[Content_Types].xml'), 'is an Excel workbook; save the sheet as CSV'],
    ['x.zip', zipStart('data.csv'), 'is a ZIP archive; unpack it and name the data file in it'],
  ])('%s with other content is refused', async (name, content, message) => {
    const path = await folder.write(name, content);
    await expect(sniffFormat(path)).rejects.toThrow(message);
    await expect(sniffFormat(path)).rejects.toMatchObject({ name: 'RunError' });
  });
});

describe('a path', () => {
  it('without a file names the nearest', async () => {
    await folder.write('test-data.csv', 'a\n');
    await expect(sniffFormat(folder.path('test_dat.csv'))).rejects.toThrow(
      `${folder.path('test_dat.csv')} does not exist; did you mean ${folder.path('test-data.csv')}?`,
    );
  });

  it('that is a folder, a pattern, or in no folder is refused', async () => {
    await mkdir(folder.path('sub'));
    await expect(sniffFormat(folder.path('sub'))).rejects.toThrow('is a directory; name one data file in it');
    await expect(sniffFormat(folder.path('*.csv'))).rejects.toThrow(
      'patterns are not allowed here, name one file',
    );
    await expect(sniffFormat(folder.path('no/x.csv'))).rejects.toThrow('there is no folder');
    await expect(sniffFormat('')).rejects.toThrow('the path of the data file is empty');
    await expect(sniffFormat('/dev/null')).rejects.toThrow('is not a regular file');
  });

  it('that may not be read is refused', async () => {
    const path = await folder.write('closed.csv', 'a\n');
    await chmod(path, 0);
    // The superuser may read everything; then the file opens as usual.
    if (process.getuid?.() === 0) expect((await sniffFormat(path)).format).toBe('csv');
    else await expect(sniffFormat(path)).rejects.toThrow('cannot be read: permission denied');
  });
});

function zipStart(firstName: string): Buffer {
  const header = Buffer.alloc(30);
  header.write('PK\x03\x04', 'latin1');
  header.writeUInt16LE(firstName.length, 26);
  return Buffer.concat([header, Buffer.from(firstName)]);
}
