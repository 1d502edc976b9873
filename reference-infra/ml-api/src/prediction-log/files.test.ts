import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runProcess } from '../../../../scripts/tools/process.ts';
import { listeningLogger, until } from '../testing.ts';
import { FileSink } from './files.ts';
import { openPredictionLog } from './index.ts';
import type { Slice } from './ring.ts';
import { makeEntry } from './testing.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'prediction-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const slice = (requestId: string, size = 0): Slice => ({
  entry: makeEntry({ requestId, inputs: { text: ['x'.repeat(size)] } }),
  from: 0,
  to: 1,
});

/** By the name of the file, in their order: the request ids in it. Fails on a line that is no JSON. */
function segments(): string[][] {
  return readdirSync(folder)
    .sort()
    .map((name) => linesOf(name).map((line) => (JSON.parse(line) as { request_id: string }).request_id));
}

function linesOf(name: string): string[] {
  return readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1);
}

test('the log as a whole writes one line a row into a folder that it makes', async () => {
  const log = await openPredictionLog(
    { databaseUrl: null, folder: join(folder, 'deep/er'), totalBytes: 1e6, sample: 1 },
    listeningLogger(),
  );
  log.record(makeEntry({ rows: 2, inputs: { age: [40, 41] }, outputs: { label: [0, 1] } }));
  await log.close();
  folder = join(folder, 'deep/er');
  const [name = ''] = readdirSync(folder);
  expect(linesOf(name).map((line) => JSON.parse(line))).toMatchObject([
    { age: 40, prediction: 0, row_index: 0 },
    { age: 41, prediction: 1, row_index: 1 },
  ]);
});

test('without a database and a folder there is no log', async () => {
  const log = await openPredictionLog(
    { databaseUrl: null, folder: null, totalBytes: 1e6, sample: 1 },
    listeningLogger(),
  );
  log.record(makeEntry());
  await log.close();
  expect(log.dropped).toBe(0);
});

test('a segment ends with the day and with its size', async () => {
  let now = new Date('2026-11-29T23:59:59.000Z');
  const sink = new FileSink({ folder, totalBytes: 100_000, now: () => now });
  await sink.write([slice('a'), slice('b')]);
  await sink.write([slice('c')]);
  now = new Date('2026-11-30T00:00:00.000Z');
  await sink.write([slice('d', 10_000)]);
  now = new Date('2026-11-30T00:00:01.000Z');
  await sink.write([slice('e')]);
  await sink.close();
  expect(segments()).toEqual([['a', 'b', 'c'], ['d'], ['e']]);
  expect(readdirSync(folder).sort()[1]).toMatch(/^predictions-2026-11-30T00-00-00-000Z-.*\.jsonl$/);
});

test('all together stay within the bound, the oldest go, and other files are left alone', async () => {
  writeFileSync(join(folder, 'reference.jsonl'), 'x'.repeat(1_000_000));
  let second = 0;
  const now = () => new Date(Date.UTC(2026, 10, 29, 12, 0, second));
  const sink = new FileSink({ folder, totalBytes: 50_000, now });
  for (; second < 40; second++) await sink.write([slice(String(second), 4_800)]);
  await sink.close();
  const names = readdirSync(folder).filter((name) => name !== 'reference.jsonl');
  const bytes = names.reduce((sum, name) => sum + readFileSync(join(folder, name)).length, 0);
  expect(bytes).toBeLessThanOrEqual(50_000);
  expect(bytes).toBeGreaterThan(35_000);
  rmSync(join(folder, 'reference.jsonl'));
  expect(segments().flat().at(-1)).toBe('39');
  expect(segments().flat()).not.toContain('20');
});

test('half a line that a killed process left is cut off at the next start', async () => {
  const host = hostname().replaceAll(/[^\w.-]/g, '_');
  const dead = `predictions-2026-11-28T12-00-00-000Z-${host}-999999999.jsonl`;
  const other = 'predictions-2026-11-28T12-00-00-000Z-other-host-7.jsonl';
  for (const name of [dead, other])
    writeFileSync(join(folder, name), '{"request_id":"a"}\n{"request_id":"b"}\n{"requ');
  const long = `predictions-2026-11-28T13-00-00-000Z-${host}-${process.pid}.jsonl`;
  writeFileSync(join(folder, long), `{"request_id":"c"}\n"${'x'.repeat(200_000)}`);
  const none = `predictions-2026-11-28T14-00-00-000Z-${host}-${process.pid}.jsonl`;
  writeFileSync(join(folder, none), '{"re');
  const sink = new FileSink({ folder, totalBytes: 1e9 });
  await sink.write([slice('d')]);
  await sink.close();
  expect(readFileSync(join(folder, other), 'utf8'), 'its owner may be alive').toMatch(/\{"requ$/);
  rmSync(join(folder, other));
  expect(segments()).toEqual([['a', 'b'], ['c'], [], ['d']]);
});

test('a folder that cannot be written to is said once, and written to once it can', async () => {
  const path = join(folder, 'log');
  writeFileSync(path, 'a file where the folder should be');
  const logger = listeningLogger();
  const log = await openPredictionLog(
    { databaseUrl: null, folder: path, totalBytes: 1e6, sample: 1 },
    logger,
  );
  log.record(makeEntry());
  await until(() => logger.lines.length === 1);
  expect(logger.lines[0]).toMatch(/^warn .*the folder .* cannot be written to.*EEXIST/);
  rmSync(path);
  mkdirSync(path);
  await log.close();
  folder = path;
  expect(segments()).toEqual([['r-1']]);
});

test('a disk that is full in the middle of a line leaves whole lines and one segment', async () => {
  const modules = [
    new URL('./files.ts', import.meta.url).href,
    new URL('./testing.ts', import.meta.url).href,
  ];
  const script = `
    const [{ FileSink }, { makeEntry }] = await Promise.all(${JSON.stringify(modules)}.map((each) => import(each)));
    const sink = new FileSink({ folder: ${JSON.stringify(folder)}, totalBytes: 1e9 });
    const row = (requestId, size) => [{ entry: makeEntry({ requestId, inputs: { text: ['x'.repeat(size)] } }), from: 0, to: 1 }];
    await sink.write(row('a', 100));
    const codes = [];
    for (let i = 0; i < 3; i++) await sink.write(row('b', 50_000)).catch((error) => codes.push(error.code));
    await sink.write(row('c', 100));
    console.log(codes.join());`;
  // A file may have 8 kB: the write that would go beyond it is cut there, as on a disk that is full.
  const limited = 'ulimit -f 8; exec "$0" --input-type=module -e "$1"';
  const { stdout, stderr } = await runProcess('bash', ['-c', limited, process.execPath, script]);
  expect([stdout, stderr]).toEqual(['EFBIG,EFBIG,EFBIG\n', '']);
  expect(segments()).toEqual([['a', 'c']]);
});

test('a folder that was deleted in the middle is made again', async () => {
  const sink = new FileSink({ folder, totalBytes: 1e6 });
  await sink.write([slice('a')]);
  rmSync(folder, { recursive: true });
  await sink.write([slice('b')]);
  await sink.close();
  expect(segments()).toEqual([['b']]);
});

test('a segment that was cut from outside goes on at its end', async () => {
  const sink = new FileSink({ folder, totalBytes: 1e6, now: () => new Date('2026-11-29T12:00:00Z') });
  await sink.write([slice('a')]);
  const [name = ''] = readdirSync(folder);
  appendFileSync(join(folder, name), '{"request_id":"foreign"}\n');
  await sink.write([slice('b')]);
  await sink.close();
  expect(segments()).toEqual([['a', 'foreign', 'b']]);
});
