import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureTool, findProgram, type ToolRecipe, toolsRoot } from './cache.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tools-cache-'));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

function recipe(overrides: Partial<ToolRecipe> = {}): ToolRecipe {
  return {
    name: 'hammer',
    version: '1.2.3',
    install: (directory) => writeFile(join(directory, 'hammer'), 'steel'),
    ...overrides,
  };
}

test('a tool is installed once and found in the cache after that', async () => {
  let installs = 0;
  const counted = recipe({
    install: async (directory) => {
      installs++;
      await writeFile(join(directory, 'hammer'), 'steel');
    },
  });
  const first = await ensureTool(counted, { root });
  const second = await ensureTool(counted, { root });
  expect([first.origin, second.origin]).toEqual(['built', 'cached']);
  expect(first.directory).toBe(join(root, 'hammer', '1.2.3'));
  expect(await readFile(join(second.directory, 'hammer'), 'utf8')).toBe('steel');
  expect(installs).toBe(1);
});

test('another version is another folder', async () => {
  const old = await ensureTool(recipe(), { root });
  const next = await ensureTool(recipe({ version: '2.0.0' }), { root });
  expect(next.origin).toBe('built');
  expect(next.directory).not.toBe(old.directory);
});

test('calls at the same time install once', async () => {
  let installs = 0;
  const slow = recipe({
    install: async (directory) => {
      installs++;
      await new Promise((resolve) => setTimeout(resolve, 50));
      await writeFile(join(directory, 'hammer'), 'steel');
    },
  });
  await Promise.all([1, 2, 3].map(() => ensureTool(slow, { root })));
  expect(installs).toBe(1);
  expect(await readdir(join(root, 'hammer'))).toEqual(['1.2.3']);
});

test('an install that fails leaves neither a tool nor a lock, and its debris is wiped by the next', async () => {
  const failing = recipe({
    install: async (directory) => {
      await writeFile(join(directory, 'debris'), '');
      throw new Error('the network is gone');
    },
  });
  await expect(ensureTool(failing, { root })).rejects.toThrow('the network is gone');
  const repaired = await ensureTool(recipe(), { root });
  expect(repaired.origin).toBe('built');
  expect(existsSync(join(repaired.directory, 'debris'))).toBe(false);
});

test('the lock of a process that has died is taken over', async () => {
  const dead = spawnSync(process.execPath, ['-e', '']).pid;
  await mkdir(join(root, 'hammer'));
  await writeFile(join(root, 'hammer', '1.2.3.lock'), String(dead));
  expect((await ensureTool(recipe(), { root })).origin).toBe('built');
});

test('the lock of a living process is waited for, then named', async () => {
  await mkdir(join(root, 'hammer'));
  await writeFile(join(root, 'hammer', '1.2.3.lock'), String(process.ppid));
  await expect(ensureTool(recipe(), { root, lockTimeoutMs: 1 })).rejects.toThrow(
    new RegExp(`process ${process.ppid} has held .*1\\.2\\.3\\.lock`),
  );
});

test('a missing prerequisite is named with the way to get it, and nothing is installed', async () => {
  const needy = recipe({ requires: { 'no-such-program': 'https://example.org/install' } });
  await expect(ensureTool(needy, { root })).rejects.toThrow(
    'hammer 1.2.3 cannot be installed: not found on PATH: `no-such-program` (https://example.org/install)',
  );
  expect(await readdir(root)).toEqual([]);
});

test('the cache lies where ML_GATES_TOOLS says, else in the home folder', () => {
  expect(toolsRoot({ ML_GATES_TOOLS: '/srv/tools' })).toBe('/srv/tools');
  expect(toolsRoot({ ML_GATES_TOOLS: '' })).toMatch(/\.cache.ml-gates-tools$/);
});

test('only an executable file counts as a program', async () => {
  await writeFile(join(root, 'plain'), '');
  await mkdir(join(root, 'folder'));
  await writeFile(join(root, 'program'), '#!/bin/sh\n');
  await chmod(join(root, 'program'), 0o755);
  const env = { PATH: root };
  expect(await findProgram('plain', env)).toBeUndefined();
  expect(await findProgram('folder', env)).toBeUndefined();
  expect(await findProgram('program', env)).toBe(join(root, 'program'));
});
