/** The image's stages without Docker: the commands of the Dockerfile, and a run of what comes out of them. */

import { chmodSync, existsSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureHadolint } from '../../../scripts/tools/hadolint.ts';
import { runProcess } from '../../../scripts/tools/process.ts';
import { buildStages, inside, type Stage, writableByOthers } from './dockerfile.ts';
import { startService } from './service.ts';

const context = resolve(import.meta.dirname, '../../..');
const dockerfile = resolve(import.meta.dirname, '../Dockerfile');
const folder = mkdtempSync(join(tmpdir(), 'image-'));
let image: Stage;

beforeAll(() => {
  // As in the base image, Node is first on PATH; what vitest has set is not set there. The way to npm's registry stays.
  const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` };
  Reflect.deleteProperty(env, 'NODE_ENV');
  image = buildStages({ context, dockerfile, folder, env });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('hadolint finds nothing in the Dockerfile', async () => {
  const { program } = await ensureHadolint();
  const { code, stdout } = await runProcess(program, [dockerfile], { timeoutMs: 60_000 });
  expect(stdout).toBe('');
  expect(code).toBe(0);
});

describe('the image', () => {
  test('has an exact base, a user by number that is not root, and no health check of its own', () => {
    expect(image.from).toMatch(/^node:\d+\.\d+\.\d+-[a-z]+-slim$/);
    expect(image.user).toMatch(/^[1-9]\d+:[1-9]\d+$/);
    expect(image.instructions.some((line) => line.startsWith('HEALTHCHECK'))).toBe(false);
  });

  test('holds what runs, and neither sources nor what built it', () => {
    expect(readdirSync(inside(image, '.')).sort()).toEqual(['dist', 'model', 'node_modules', 'package.json']);
    const files = globSync('*.js', { cwd: inside(image, 'dist'), exclude: ['chunk-*'] });
    expect(files.sort()).toEqual(['index.js', 'inference-worker.js']);
    const service = readFileSync(inside(image, 'dist/index.js'), 'utf8');
    expect(service, 'loaded on demand').not.toMatch(/^import .*"(pg|@opentelemetry\/.*)"/m);
    expect(existsSync(inside(image, 'node_modules/esbuild'))).toBe(false);
    const bindings = globSync('node_modules/onnxruntime-node/bin/napi-v6/*/*', { cwd: inside(image, '.') });
    expect(bindings.map((path) => path.split('/').slice(-2).join('/'))).toEqual([`linux/${process.arch}`]);
  });

  test('runs as another user who can write nothing of it, and answers with its own model', async () => {
    expect(writableByOthers(image)).toEqual([]);
    // Others must come through to the files, as in a container they do.
    for (const path of [folder, image.root]) chmodSync(path, 0o755);
    const scratch = mkdtempSync(join(tmpdir(), 'image-tmp-'));
    chmodSync(scratch, 0o777);
    const [program, ...args] = image.entrypoint;
    expect(program).toBe('node');
    const root = process.getuid?.() === 0;
    const service = await startService({
      program: args.at(-1) ?? '',
      cwd: inside(image, '.'),
      env: {
        ...image.env,
        MODEL_PATH: inside(image, image.env.MODEL_PATH ?? ''),
        PORT: '0',
        HOST: '127.0.0.1',
        PREDICTION_LOG_PATH: join(scratch, 'predictions'),
      },
      // Only root may become somebody else.
      ...(root ? { uid: Number(image.user?.split(':')[0]) } : {}),
    });
    try {
      const row = {
        mean_radius: 17.99,
        mean_texture: 10.38,
        mean_perimeter: 122.8,
        mean_area: 1001,
        mean_smoothness: 0.1184,
        mean_compactness: 0.2776,
        mean_concavity: 0.3001,
        mean_concave_points: 0.1471,
      };
      const answer = await service.post('/predict', { instances: [row] });
      expect(answer.json).toMatchObject({ predictions: [0], classes: ['0', '1'] });
      service.signal('SIGTERM');
      expect(await service.ended).toBe(0);
      expect(readdirSync(join(scratch, 'predictions')).length).toBeGreaterThan(0);
    } finally {
      await service.stop();
      rmSync(scratch, { recursive: true, force: true });
    }
  });
});
