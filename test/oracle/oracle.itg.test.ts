import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runProcess } from '../../scripts/tools/process.ts';
import { ensurePython } from '../../scripts/tools/python.ts';
import { complaintsOf, type OracleCase } from './compare.ts';

/** One more seed to explore with: `ML_GATES_FUZZ_SEED=7 npx vitest run --config vitest.itg.config.ts test/oracle`. */
const explored = process.env.ML_GATES_FUZZ_SEED;
const seeds = ['1', ...(explored === undefined || explored === '1' ? [] : [explored])];
const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', PYTHONHASHSEED: '0' };
let python = '';
let folder = '';

beforeAll(async () => {
  python = (await ensurePython()).python;
  folder = await mkdtemp(join(tmpdir(), 'oracle-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function make(script: string, seed: string, count: number): Promise<OracleCase[]> {
  const out = join(folder, `${script}-${seed}`);
  const args = [resolve(import.meta.dirname, script), '--out', out, '--seed', seed, '--count', String(count)];
  const { code, stdout, stderr } = await runProcess(python, args, { env, timeoutMs: 400_000 });
  expect(stderr + stdout, script).toMatch(/^\d+ cases$/m);
  expect(code).toBe(0);
  return JSON.parse(await readFile(join(out, 'cases.json'), 'utf8')) as OracleCase[];
}

async function complaints(cases: readonly OracleCase[]): Promise<string[]> {
  const all: string[] = [];
  for (const each of cases) {
    const found = await complaintsOf(each).catch((error: unknown) => [String(error)]);
    all.push(...found.map((complaint) => `${each.name}: ${complaint}`));
  }
  return all;
}

describe('the gate says what scikit-learn, Fairlearn and ONNX Runtime say', () => {
  test.each(seeds)('of 150 random prediction files, seed %s', { timeout: 900_000 }, async (seed) => {
    const cases = await make('make_random.py', seed, 150);
    expect(cases).toHaveLength(150);
    expect(await complaints(cases)).toEqual([]);
  });

  test.each(seeds)('of 10 random models, seed %s', { timeout: 300_000 }, async (seed) => {
    const cases = await make('make_models.py', seed, 10);
    expect(cases).toHaveLength(10);
    expect(await complaints(cases)).toEqual([]);
  });
});
