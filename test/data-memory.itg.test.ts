import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProcess } from '../scripts/tools/process.ts';

/** Memory of the data gate does not follow the rows: two and a half million take what half a million take. */

const root = resolve(import.meta.dirname, '..');
const preload = join(import.meta.dirname, 'support/peak-memory.ts');
const [few, many] = [500_000, 2_500_000];
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'data-memory-'));
  writeFileSync(
    join(folder, 's.json'),
    JSON.stringify({
      properties: {
        id: { type: 'integer' },
        name: { type: 'string', pattern: '^n' },
        age: { type: 'integer', minimum: 0 },
        on: { type: 'string', format: 'date' },
      },
      required: ['id', 'name'],
    }),
  );
  for (const rows of [few, many]) {
    write(
      `${rows}.csv`,
      'id,name,age,on\n',
      rows,
      (i) => `${i},name ${i % 977},${age(i)},2026-01-${day(i)}\n`,
    );
    write(
      `${rows}.jsonl`,
      '',
      rows,
      (i) => `{"id":${i},"name":"name ${i % 977}","age":${age(i)},"on":"2026-01-${day(i)}"}\n`,
    );
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const age = (i: number): number => (i % 1000 === 7 ? -1 : i % 90);
const day = (i: number): string => String((i % 28) + 1).padStart(2, '0');

function write(name: string, header: string, rows: number, line: (i: number) => string): void {
  const file = openSync(join(folder, name), 'w');
  writeSync(file, header);
  for (let from = 0; from < rows; from += 10_000) {
    writeSync(file, Array.from({ length: 10_000 }, (_, i) => line(from + i)).join(''));
  }
  closeSync(file);
}

test.each(['csv', 'jsonl'])(
  'two and a half million rows of %s: every bad one found, in flat memory',
  async (format) => {
    const small = await peakOfGate(`${few}.${format}`, few);
    const large = await peakOfGate(`${many}.${format}`, many);
    expect(large).toBeLessThan(400);
    // A bit for each row, and the places of the bad ones.
    expect(((large - small) * 2 ** 20) / (many - few)).toBeLessThan(40);
  },
);

/** Peak resident set of `ml-gates validate-data`, MiB. */
async function peakOfGate(data: string, rows: number): Promise<number> {
  const peak = join(folder, 'peak');
  const gate = await runProcess(
    process.execPath,
    [
      ...['--import', preload, join(root, 'cli/ml-gates.ts'), 'validate-data', '--result-path', 'r.json'],
      ...['--data-path', data, '--schema-path', 's.json', '--max-invalid-rows', '0.1%'],
    ],
    { cwd: folder, env: { ...process.env, PEAK_MEMORY_FILE: peak }, timeoutMs: 280_000 },
  );
  expect(gate.code, gate.stdout + gate.stderr).toBe(0);
  const { predicate } = JSON.parse(readFileSync(join(folder, 'r.json'), 'utf8')) as {
    predicate: { gate: { details: { rows: number; schema: { rejectedRows: number } } } };
  };
  expect(predicate.gate.details).toMatchObject({ rows, schema: { rejectedRows: rows / 1000 } });
  return Number(readFileSync(peak, 'utf8'));
}
