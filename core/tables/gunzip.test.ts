import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { ByteSource } from './byte-source.ts';
import { gunzipped, refuseBomb } from './gunzip.ts';

const folder = mkdtempSync(join(tmpdir(), 'gunzip-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function sizeOf(path: string, limits: { size: number; ratio: number }): Promise<number> {
  let total = 0;
  for await (const chunk of gunzipped(path, limits)) total += chunk.length;
  return total;
}

const alike = gzipSync('a,b\n'.repeat(500_000));

test('content that is both large and out of proportion is refused, with its size and ratio', async () => {
  const path = write('bomb.csv.gz', alike);
  await expect(sizeOf(path, { size: 2 ** 20, ratio: 100 })).rejects.toThrow(
    /bomb\.csv\.gz: \d KiB that unpack to more than 1 MiB, \d{3} times as much: a gzip bomb\? /,
  );
});

test('content that is only large, or only out of proportion, is read', async () => {
  const path = write('alike.csv.gz', alike);
  expect(await sizeOf(path, { size: 2 ** 20, ratio: 2000 })).toBe(2_000_000);
  expect(await sizeOf(path, { size: 2 ** 22, ratio: 2 })).toBe(2_000_000);
});

test('a bomb is refused before its rows are read; a damaged file is left to its reader', async () => {
  await expect(refuseBomb(write('b.csv.gz', alike), { size: 2 ** 20, ratio: 100 })).rejects.toThrow(
    'a gzip bomb?',
  );
  await refuseBomb(write('good.csv.gz', alike), { size: 2 ** 22, ratio: 2 });
  await refuseBomb(write('cut.csv.gz', alike.subarray(0, -20)), { size: 2 ** 22, ratio: 2 });
});

test('a record longer than the window is handed out whole, and few times', async () => {
  const path = write('long.txt', 'a'.repeat(40 << 20));
  const source = new ByteSource(path, false);
  let fills = 0;
  while (await source.fill()) fills += 1;
  await source.close();
  expect(source.end - source.start).toBe(40 << 20);
  expect(fills).toBeLessThan(10);
});
