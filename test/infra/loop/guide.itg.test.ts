/** docs/LEARNING_GUIDE.md: each of its commands, in its order, and what it says that they say. The loop has its own test. */

import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureDataPipeline } from '../../../scripts/tools/data-pipeline.ts';
import { ensureMlApi } from '../../../scripts/tools/ml-api.ts';
import { ensurePython } from '../../../scripts/tools/python.ts';
import { blocksOf, runBlock } from '../../support/guide-blocks.ts';
import { freePort, type RunningServer, startServer } from '../../support/server-process.ts';

const root = resolve(import.meta.dirname, '../../..');
const guide = await readFile(join(root, 'docs/LEARNING_GUIDE.md'), 'utf8');
const blocks = blocksOf(guide);

let folder: string;
let env: NodeJS.ProcessEnv;
let port: number;
let service: RunningServer | null = null;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'learning-guide-'));
  // A checkout whose own files are links, and whose ignored folders are empty.
  for (const name of await readdir(root)) {
    if (!['build', 'gate-results', '.git'].includes(name))
      await symlink(join(root, name), join(folder, name));
  }
  const { bin } = await ensurePython();
  await ensureDataPipeline({ types: false });
  await ensureMlApi({ types: false });
  await mkdir(join(folder, 'build'));
  // The same versions as in the lock of training, as a test of that says.
  await symlink(dirname(bin), join(folder, 'build/training'));
  const tools = join(folder, 'build/tools');
  await mkdir(tools);
  await writeFile(
    join(tools, 'npx'),
    `#!/bin/sh\n[ "$1" = ml-gates ] && shift && exec ${process.execPath} ${root}/cli/ml-gates.ts "$@"\n`,
  );
  await chmod(join(tools, 'npx'), 0o755);
  await symlink(process.execPath, join(tools, 'node'));
  env = {
    ...process.env,
    PATH: `${tools}:${process.env.PATH}`,
    HOME: folder,
    MLFLOW_DISABLE_TELEMETRY: 'true',
    PYTHONDONTWRITEBYTECODE: '1',
  };
  port = await freePort();
});

afterAll(async () => {
  await service?.stop();
  await rm(folder, { recursive: true, force: true });
});

const withPort = (text: string): string =>
  text.replaceAll(/(127\.0\.0\.1:|PORT=)8000/g, (_, before: string) => `${before}${port}`);

test('all its commands are found but for the loop and what is installed', () => {
  expect(blocks.length).toBeGreaterThan(12);
  expect([...guide.matchAll(/^```sh loop$/gm)]).toHaveLength(1);
  expect(blocks).toHaveLength([...guide.matchAll(/^```sh/gm)].length - 1);
  expect(blocks.filter(({ kind }) => kind === 'background')).toHaveLength(1);
});

test.each(blocks)('$commands', async (block) => {
  const commands = withPort(block.commands);
  if (block.kind === 'background') {
    service = await startServer({
      command: 'bash',
      args: ['-c', commands],
      env,
      cwd: folder,
      readyUrl: `http://127.0.0.1:${port}/ready`,
    });
    return;
  }
  expect(await runBlock({ ...block, commands }, { cwd: folder, env })).toBeNull();
});

test('every page that it leads to is there', async () => {
  const links = [...guide.matchAll(/\]\(([^)#]+)\)/g)].map(([, link = '']) => link);
  expect(links.length).toBeGreaterThan(8);
  for (const link of links)
    await expect(readFile(join(root, 'docs', link), 'utf8'), link).resolves.toContain('# ');
});
