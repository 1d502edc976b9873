import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runDataGate } from '../../test/support/run-data-gate.ts';
import type { Violation } from './types.ts';

const fixtures = resolve(import.meta.dirname, '../../test/fixtures/data');
const root = mkdtempSync(join(tmpdir(), 'data-gate-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let workspace: string;
let runs = 0;
beforeEach(() => {
  runs += 1;
  workspace = join(root, String(runs));
  mkdirSync(workspace);
});

const write = (name: string, content: string): void => writeFileSync(join(workspace, name), content);
const run = (inputs: Readonly<Record<string, string>>) => runDataGate(inputs, workspace);
const violations = (): Violation[] =>
  readFileSync(join(workspace, 'result.violations.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Violation);

const orderRules = `unique(order_id)
exists(customer in customers.csv:id)
holds(shipped_at >= ordered_at)
mean(amount) between 50 and 200`;

describe('orders', () => {
  beforeEach(() => cpSync(fixtures, workspace, { recursive: true }));

  test('good ones pass', async () => {
    const inputs = { 'data-path': 'orders.csv', 'schema-path': 'order.schema.json', rules: orderRules };
    const { verdict, judged, details } = await run(inputs);
    expect(judged[0]?.reason).toBe('all 400 rows are valid');
    expect(verdict).toBe('pass');
    expect(details).toMatchObject({ rows: 400, invalidRows: 0, violations: { total: 0 } });
    expect(violations()).toEqual([]);
  });

  test('a bad export fails, and every violation stands at its line', async () => {
    const inputs = {
      'data-path': 'orders-broken.csv',
      'schema-path': 'order.schema.json',
      rules: orderRules,
    };
    const { verdict, judged } = await run(inputs);
    expect(verdict).toBe('fail');
    const lines = readFileSync(join(workspace, 'orders-broken.csv'), 'utf8').split('\n');
    const all = violations();
    expect(new Set(all.map(({ rule }) => rule))).toEqual(
      new Set([
        'minimum',
        'type',
        'enum',
        'format',
        'unique(order_id)',
        'exists(customer in customers.csv:id)',
        'holds(shipped_at >= ordered_at)',
      ]),
    );
    for (const { line, column, value, rule } of all) {
      // The row starts on that line: it begins with the order's number and holds the bad cell.
      const text = lines[(line ?? 0) - 1] ?? '';
      expect(text).toMatch(/^\d{5},/);
      if (column !== null && rule !== 'unique(order_id)') expect(text).toContain(String(value));
    }
    expect(judged[0]?.reason).toMatch(/^\d+ of 400 rows are invalid, /);
    const unique = all.find(({ rule }) => rule === 'unique(order_id)');
    expect(unique).toMatchObject({ column: 'order_id', row: 206 });
  });
});

test('a row that breaks the schema and a rule is one invalid row', async () => {
  write('a.csv', 'id,x\n1,-1\n1,-2\n2,3\n');
  write('s.json', '{"properties":{"x":{"minimum":0}}}');
  const { details, verdict } = await run({
    'data-path': 'a.csv',
    'schema-path': 's.json',
    rules: 'unique(id)',
  });
  expect(verdict).toBe('fail');
  expect(details).toMatchObject({ invalidRows: 2, schema: { rejectedRows: 2 }, violations: { total: 3 } });
});

test('max-invalid-rows lets some through, and the violations stay listed', async () => {
  write('a.csv', `x\n${Array.from({ length: 100 }, (_, i) => (i < 3 ? -1 : i)).join('\n')}\n`);
  write('s.json', '{"properties":{"x":{"minimum":0}}}');
  const inputs = { 'data-path': 'a.csv', 'schema-path': 's.json' };
  expect((await run({ ...inputs, 'max-invalid-rows': '3%' })).verdict).toBe('pass');
  expect(violations()).toHaveLength(3);
  rmSync(join(workspace, 'result.violations.jsonl'));
  rmSync(join(workspace, 'result.sarif'));
  rmSync(join(workspace, 'result.junit.xml'));
  expect((await run({ ...inputs, 'max-invalid-rows': '2' })).verdict).toBe('fail');
});

describe('rows that are broken, and no schema', () => {
  test('they are not dropped in silence: they fail the gate, and no count takes them for rows', async () => {
    write('a.csv', 'id,x\n1,2\n2,3,4\n3,4\n');
    const { verdict, judged, metrics, details } = await run({
      'data-path': 'a.csv',
      rules: 'row_count == 2',
    });
    expect(verdict).toBe('fail');
    expect(judged.map(({ check, reason }) => [check.id, reason])).toEqual([
      ['invalid_rows <= 0', '1 of 3 rows is invalid, by fields (at a.csv:3)'],
      ['row_count == 2', '2 equals 2'],
    ]);
    expect(metrics).toMatchObject({ row_count: 2, invalid_rows: 1 });
    expect(details).toMatchObject({ rows: 3, invalidRows: 1 });
  });

  test('max-invalid-rows allows some, as with a schema', async () => {
    write('a.jsonl', `${'{"a":1}\n'.repeat(99)}{"a":\n`);
    const inputs = { 'data-path': 'a.jsonl', rules: 'min(a) == 1', 'max-invalid-rows': '1%' };
    expect((await run(inputs)).verdict).toBe('pass');
  });

  test('rows that are whole need no check of their own', async () => {
    write('a.csv', 'id\n1\n');
    const { judged } = await run({ 'data-path': 'a.csv', rules: 'unique(id)' });
    expect(judged.map(({ check }) => check.id)).toEqual(['unique(id)']);
  });
});

test('row_count is one number, whether a rule asks for it or not', async () => {
  write('a.csv', 'id\n1\n1,2\n');
  write('s.json', '{}');
  const { metrics } = await run({ 'data-path': 'a.csv', 'schema-path': 's.json' });
  expect(metrics).toMatchObject({ row_count: 1, invalid_rows: 1 });
});

test('a header without rows is inconclusive', async () => {
  write('a.csv', 'x\n');
  write('s.json', '{}');
  const { verdict, judged } = await run({ 'data-path': 'a.csv', 'schema-path': 's.json' });
  expect(verdict).toBe('inconclusive');
  expect(judged[0]?.reason).toContain('no rows');
});

describe('infer', () => {
  test('writes a schema by which the same data pass', async () => {
    cpSync(fixtures, workspace, { recursive: true });
    const { verdict, details, notices } = await run({
      'data-path': 'orders.csv',
      mode: 'infer',
      'schema-path': 'schemas/new.json',
    });
    expect(verdict).toBe('pass');
    expect(details.written.schema).toBe('schemas/new.json');
    expect(notices).toContain('the schema was written to schemas/new.json: read it, correct it, commit it');
    const schema = JSON.parse(readFileSync(join(workspace, 'schemas/new.json'), 'utf8')) as {
      properties: Record<string, { type: string; format?: string; enum?: string[] }>;
      required: string[];
    };
    expect(schema.properties).toMatchObject({
      order_id: { type: 'integer' },
      amount: { type: 'number' },
      ordered_at: { type: 'string', format: 'date' },
      country: { enum: ['DE', 'FR', 'GB', 'IN', 'US'] },
    });
    expect(schema.required).not.toContain('note');
    rmSync(join(workspace, 'result.violations.jsonl'));
    rmSync(join(workspace, 'result.sarif'));
    rmSync(join(workspace, 'result.junit.xml'));
    const broken = await run({ 'data-path': 'orders-broken.csv', 'schema-path': 'schemas/new.json' });
    expect(broken.verdict).toBe('fail');
  });
});

describe('what cannot be done is one clear error', () => {
  beforeAll(() => undefined);
  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['a missing file', { 'data-path': 'orders.cvs', rules: 'row_count > 0' }, 'orders.cvs'],
    [
      'a path that climbs out',
      { 'data-path': '../../etc/passwd', rules: 'row_count > 0' },
      'outside the workspace',
    ],
    ['a misspelt column', { 'data-path': 'orders.csv', rules: 'unique(order_ib)' }, 'order_id'],
    ['a missing schema', { 'data-path': 'orders.csv', 'schema-path': 'x.json' }, 'x.json does not exist'],
  ])('%s', async (_, inputs, message) => {
    cpSync(fixtures, workspace, { recursive: true });
    await expect(run(inputs)).rejects.toThrow(message);
  });
});
