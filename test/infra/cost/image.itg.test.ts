/** The exporter's image without Docker: the commands of the Dockerfile, and a run of what comes out of them. */

import { chmodSync, existsSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  buildStages,
  inside,
  type Stage,
  writableByOthers,
} from '../../../reference-infra/ml-api/test/dockerfile.ts';
import { ensureHadolint } from '../../../scripts/tools/hadolint.ts';
import { runProcess } from '../../../scripts/tools/process.ts';
import { type CostExplorerStandIn, startCostExplorer } from './cost-explorer.ts';
import { keys, startExporter } from './exporter.ts';
import { costsFor } from './samples.ts';

const context = resolve(import.meta.dirname, '../../..');
const dockerfile = join(context, 'reference-infra/cost/exporter/Dockerfile');
const folder = mkdtempSync(join(tmpdir(), 'image-'));
let image: Stage;
let explorer: CostExplorerStandIn;

beforeAll(async () => {
  explorer = await startCostExplorer(costsFor);
  // As in the base image, Node is first on PATH; what vitest has set is not set there. The way to npm's registry stays.
  const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` };
  Reflect.deleteProperty(env, 'NODE_ENV');
  image = buildStages({ context, dockerfile, folder, env });
});
afterAll(async () => {
  await explorer?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('hadolint finds nothing in the Dockerfile', async () => {
  const { program } = await ensureHadolint();
  const { code, stdout } = await runProcess(program, [dockerfile], { timeoutMs: 60_000 });
  expect(stdout).toBe('');
  expect(code).toBe(0);
});

test('it has an exact base, a user by number that is not root and that owns the folder of the state alone', () => {
  expect(image.from).toMatch(/^node:\d+\.\d+\.\d+-[a-z]+-slim$/);
  expect(image.user).toMatch(/^[1-9]\d+:[1-9]\d+$/);
  expect(image.env).toMatchObject({ PORT: '9105', STATE_PATH: '/data/costs.json' });
  const owned = image.instructions.filter((line) => line.includes('--chown='));
  expect(owned).toEqual([expect.stringMatching(new RegExp(`--chown=${image.user} \\S+/data /data$`))]);
  expect(writableByOthers(image)).toEqual([]);
  expect(image.instructions.some((line) => line.startsWith('HEALTHCHECK'))).toBe(false);
});

test('it holds what runs, and neither sources nor what built it', () => {
  expect(readdirSync(inside(image, '.')).sort()).toEqual(['dist', 'node_modules', 'package.json']);
  expect(globSync('*.js', { cwd: inside(image, 'dist') })).toEqual(['index.js']);
  expect(existsSync(inside(image, 'node_modules/esbuild'))).toBe(false);
  expect(readdirSync(inside(image, '/data'))).toEqual([]);
  const bundle = readFileSync(inside(image, 'dist/index.js'), 'utf8');
  expect(bundle, 'what reads tables and models').not.toMatch(/from "(apache-arrow|@duckdb|onnxruntime)/);
});

test('it runs as another user, who writes into the folder of the state and nowhere else', async () => {
  // Others must come through to the files, as in a container they do.
  for (const path of [folder, image.root]) chmodSync(path, 0o755);
  const data = mkdtempSync(join(tmpdir(), 'image-data-'));
  chmodSync(data, 0o777);
  const exporter = await startExporter({
    program: inside(image, image.entrypoint.at(-1) ?? ''),
    env: {
      ...keys,
      ...image.env,
      PORT: '0',
      HOST: '127.0.0.1',
      AWS_ENDPOINT_URL: explorer.url,
      STATE_PATH: join(data, 'costs.json'),
    },
    // Only root may become somebody else.
    ...(process.getuid?.() === 0 ? { uid: Number(image.user?.split(':')[0]) } : {}),
  });
  try {
    expect((await exporter.samples())['aws_cost_daily{currency="USD"}']).toBe(250);
    expect(await exporter.end()).toBe(0);
    expect(readdirSync(data)).toEqual(['costs.json']);
    expect(explorer.violations).toEqual([]);
  } finally {
    await exporter.stop();
    rmSync(data, { recursive: true, force: true });
  }
});
