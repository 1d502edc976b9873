import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ModelCache } from './model-cache.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'model-cache-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

let fills = 0;
beforeEach(() => {
  fills = 0;
});
const fillWith = (text: string) => async (folder: string) => {
  fills += 1;
  mkdirSync(join(folder, 'deep'));
  writeFileSync(join(folder, 'model.onnx'), text);
  writeFileSync(join(folder, 'deep', 'weights.bin'), text);
};
const never = async () => {
  throw new Error('it is not asked for');
};

/** From `printf abc | sha256sum`. */
const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

test('an entry is filled once, also for the process that comes after', async () => {
  const first = await new ModelCache(join(root, 'new')).get('a', fillWith('abc'));
  expect(first.digests).toEqual({ 'deep/weights.bin': abc, 'model.onnx': abc });
  expect(readFileSync(join(first.folder, 'model.onnx'), 'utf8')).toBe('abc');
  expect(await new ModelCache(join(root, 'new')).get('a', never)).toEqual(first);
});

test.each([
  ['was changed', (folder: string) => writeFileSync(join(folder, 'deep', 'weights.bin'), 'abd')],
  ['is gone', (folder: string) => rmSync(join(folder, 'model.onnx'))],
  ['came from elsewhere', (folder: string) => writeFileSync(join(folder, 'other.bin'), '')],
  [
    'says what they must be and is no JSON',
    (folder: string) => writeFileSync(join(folder, '.digests.json'), '{'),
  ],
])('an entry of which a file %s is fetched again', async (_, damage) => {
  const cache = new ModelCache(root);
  const { folder } = await cache.get('a', fillWith('abc'));
  damage(folder);
  expect((await cache.get('a', fillWith('abc'))).digests).toEqual({
    'deep/weights.bin': abc,
    'model.onnx': abc,
  });
  expect(fills).toBe(2);
});

test('a download that broke off leaves nothing that could be used', async () => {
  const cache = new ModelCache(root);
  const breaking = async (folder: string) => {
    await fillWith('abc')(folder);
    throw new Error('the connection was lost');
  };
  await expect(cache.get('a', breaking)).rejects.toThrow('the connection was lost');
  expect(readdirSync(root)).toEqual([]);
  // As after a kill in the middle: the folder is there, the digests are not.
  const { folder } = await cache.get('a', fillWith('abc'));
  rmSync(join(folder, '.digests.json'));
  await cache.get('a', fillWith('abc'));
  expect(fills).toBe(3);
});

test('two that want the same model at once both get it', async () => {
  const caches = [new ModelCache(root), new ModelCache(root)];
  const [one, two] = await Promise.all(caches.map((cache) => cache.get('a', fillWith('abc'))));
  expect(one).toEqual(two);
  expect(readdirSync(root)).toHaveLength(1);
});

test('what another user has put there is not used', async () => {
  const uid = process.getuid?.() ?? 0;
  await new ModelCache(root).get('a', fillWith('abc'));
  // As root the folder is in order and the entry is not; as somebody else neither is.
  const other = new ModelCache(root, uid + 1);
  await expect(other.get('a', never)).rejects.toThrow(/belongs to another user|is not asked for/);
});

test('the last three entries are kept, and what a killed download left goes after a day', async () => {
  const cache = new ModelCache(root);
  writeFileSync(join(root, 'notes.txt'), 'of somebody else');
  mkdirSync(join(root, '.partial-fresh'));
  mkdirSync(join(root, '.partial-stale'));
  const twoDaysAgo = new Date(Date.now() - 48 * 3_600_000);
  utimesSync(join(root, '.partial-stale'), twoDaysAgo, twoDaysAgo);
  const folders: string[] = [];
  for (const [i, key] of ['a', 'b', 'c', 'd'].entries()) {
    const { folder } = await cache.get(key, fillWith(key));
    const time = new Date(Date.now() - 60_000 + i * 1_000);
    utimesSync(folder, time, time);
    folders.push(folder);
    if (key === 'c') await cache.get('a', never);
  }
  // `a` was wanted after `b` and `c`.
  expect(folders.map((folder) => existsSync(folder))).toEqual([true, false, true, true]);
  expect(readdirSync(root)).toEqual(expect.arrayContaining(['notes.txt', '.partial-fresh']));
  expect(existsSync(join(root, '.partial-stale'))).toBe(false);
});
