import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProcess } from '../scripts/tools/process.ts';
import { ensurePython } from '../scripts/tools/python.ts';

const root = resolve(import.meta.dirname, '..');
const preload = join(import.meta.dirname, 'support/peak-memory.ts');
const [few, many] = [100_000, 1_000_000];
let folder = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'memory-'));
  const { python } = await ensurePython();
  const script = join(import.meta.dirname, 'support/write_rows.py');
  const made = await runProcess(python, [script, folder, String(few), String(many)], { timeoutMs: 300_000 });
  expect(made.code, made.stderr).toBe(0);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(['parquet', 'csv'])(
  'a million rows of 20 features in %s stay under 1 GiB, and grow by what metrics keep of a row',
  async (format) => {
    const small = await peakOfGate(`${few}.${format}`, few);
    const large = await peakOfGate(`${many}.${format}`, many);
    expect(large).toBeLessThan(1024);
    const bytesPerRow = ((large - small) * 2 ** 20) / (many - few);
    // Scores, classes, ranks and influence values, 110 to 130 bytes; the features alone would add 160.
    expect(bytesPerRow).toBeLessThan(256);
  },
);

/** Peak resident set of `ml-gates validate-model`, MiB. */
async function peakOfGate(data: string, rows: number): Promise<number> {
  const peak = join(folder, 'peak');
  const result = join(folder, 'result.json');
  const args = ['--model-path', 'model.onnx', '--data-path', data, '--result-path', 'result.json'];
  const gate = await runProcess(
    process.execPath,
    ['--import', preload, join(root, 'cli/ml-gates.ts'), 'validate-model', ...args, '--min-accuracy', '0.5'],
    { cwd: folder, env: { ...process.env, PEAK_MEMORY_FILE: peak }, timeoutMs: 280_000 },
  );
  expect(gate.code, gate.stdout + gate.stderr).toBe(0);
  expect(readFileSync(result, 'utf8')).toContain(`"rows": ${rows}`);
  return Number(readFileSync(peak, 'utf8'));
}
