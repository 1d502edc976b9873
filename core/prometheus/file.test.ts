import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeMetricsFile } from './file.ts';

let root: string;
let workspace: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'metrics-file-'));
  workspace = join(root, 'workspace');
  mkdirSync(workspace);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(shown: string, text = 'x 1\n'): Promise<void> {
  return writeMetricsFile(text, { path: join(workspace, shown), shown }, workspace);
}

test('the file is replaced whole, its folder made, and nothing else is left there', async () => {
  await write('a/b/m.prom', 'x 1\n');
  await write('a/b/m.prom', 'x 2\n');
  expect(readFileSync(join(workspace, 'a/b/m.prom'), 'utf8')).toBe('x 2\n');
  expect(readdirSync(join(workspace, 'a/b'))).toEqual(['m.prom']);
});

test('a link at the target is replaced, not followed', async () => {
  const secret = join(root, 'outside.txt');
  writeFileSync(secret, 'mine');
  symlinkSync(secret, join(workspace, 'm.prom'));
  await write('m.prom');
  expect(readFileSync(secret, 'utf8')).toBe('mine');
  expect(readFileSync(join(workspace, 'm.prom'), 'utf8')).toBe('x 1\n');
});

test('a folder that leads outside the workspace is refused', async () => {
  mkdirSync(join(root, 'outside'));
  symlinkSync(join(root, 'outside'), join(workspace, 'link'));
  await expect(write('link/deep/m.prom')).rejects.toThrow(
    /^link\/deep\/m\.prom leads outside the workspace: a symbolic link points to .*outside$/,
  );
  expect(readdirSync(join(root, 'outside'))).toEqual([]);
});

test.each([
  ['a folder stands there', (path: string) => mkdirSync(join(path, 'inner'), { recursive: true })],
  ['its folder is a file', (path: string) => writeFileSync(dirname(path), 'x')],
])('%s: a clear error', async (_, prepare) => {
  mkdirSync(join(workspace, 'out'));
  rmSync(join(workspace, 'out'), { recursive: true });
  prepare(join(workspace, 'out/m.prom'));
  await expect(write('out/m.prom')).rejects.toThrow(/^out\/m\.prom cannot be written \([A-Z]+\)$/);
});
