import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Violation } from '../types.ts';
import { ViolationSink } from './sink.ts';

const folder = mkdtempSync(join(tmpdir(), 'sink-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const violation = (row: number, column: string, value = 'x'): Violation => ({
  ...{ file: 'a.csv', line: row + 1, row, column, rule: 'type', value },
  message: `${column}: no`,
  fingerprint: '0'.repeat(32),
});
const linesOf = (path: string): string[] => readFileSync(path, 'utf8').split('\n').slice(0, -1);

test('every violation is a line, in the order in which they came, whatever they hold', () => {
  const path = join(folder, 'all.jsonl');
  const sink = new ViolationSink(path);
  const values = ['a\nb', '\u2028', '"', '\u0000', 'ü'.repeat(40_000)];
  for (const [index, value] of values.entries())
    sink.add(violation(index + 1, 'a', value), 'schema', 'fail', null);
  sink.close();
  expect(linesOf(path).map((line) => (JSON.parse(line) as Violation).value)).toEqual(values);
});

test('beyond the limit of lines violations are counted only', () => {
  const path = join(folder, 'few.jsonl');
  const sink = new ViolationSink(path, 3);
  for (let row = 1; row <= 5; row += 1) sink.add(violation(row, 'a'), 'schema', 'fail', null);
  sink.close();
  expect(linesOf(path)).toHaveLength(3);
  expect([sink.total, sink.left, sink.ofColumn('a')]).toEqual([5, 2, 5]);
  expect(sink.read().groups).toMatchObject([{ column: 'a', rule: 'type', rows: 5 }]);
});

test('beyond twenty thousand different rules on columns their number is estimated', () => {
  const sink = new ViolationSink(join(folder, 'many.jsonl'));
  for (let row = 1; row <= 60_000; row += 1)
    sink.add(violation(row, `c${row % 30_000}`), 'schema', 'fail', null);
  sink.close();
  const { groups, groupsLeft } = sink.read();
  expect(groups).toHaveLength(200);
  expect(Math.abs(groups.length + groupsLeft - 30_000)).toBeLessThan(1000);
});

test('a link that stands in the place of the file is not followed', () => {
  const path = join(folder, 'link.jsonl');
  symlinkSync('/dev/full', path);
  expect(() => new ViolationSink(path)).toThrow('link.jsonl cannot be written beside result-path (EEXIST)');
});
