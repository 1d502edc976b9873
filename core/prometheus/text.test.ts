import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderMetrics, samplesOf } from './text.ts';

const score = {
  name: 'score',
  type: 'gauge',
  help: 'A \\ and\na second line, "quoted".',
  labels: ['model', 'column'],
} as const;
const up = { name: 'up_total', type: 'counter', help: 'Runs.', labels: [] } as const;

test('HELP, TYPE and samples, a line each, labels in the order of the metric, no timestamps', () => {
  const text = renderMetrics([
    samplesOf(score, [
      { labels: { column: 'age', model: 'm' }, value: 0.25 },
      { labels: { model: 'm', column: 'x' }, value: 3 },
    ]),
    samplesOf(up, [{ labels: {}, value: 7 }]),
  ]);
  expect(text).toBe(
    [
      '# HELP score A \\\\ and\\na second line, "quoted".',
      '# TYPE score gauge',
      'score{model="m",column="age"} 0.25',
      'score{model="m",column="x"} 3',
      '# HELP up_total Runs.',
      '# TYPE up_total counter',
      'up_total 7',
      '',
    ].join('\n'),
  );
});

test('a metric without samples is left out', () => {
  expect(renderMetrics([samplesOf(score, [])])).toBe('');
});

test('two samples with the same labels are refused, also when escaping makes them the same', () => {
  const twice = (a: string, b: string) => () =>
    renderMetrics([
      samplesOf(score, [
        { labels: { model: 'm', column: a }, value: 1 },
        { labels: { model: 'm', column: b }, value: 2 },
      ]),
    ]);
  expect(twice('a', 'a')).toThrow('two samples of score have the same labels: score{model="m",column="a"}');
  expect(twice('\ud800', '\udc00')).toThrow('the same labels');
  expect(twice('a\\n', 'a\n')).not.toThrow();
});

describe('values', () => {
  test.each([
    [Number.NaN, 'NaN'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
    [-0, '0'],
    [0.1 + 0.2, '0.30000000000000004'],
    [5e-324, '5e-324'],
    [1e21, '1e+21'],
    [1_790_000_000.123, '1790000000.123'],
  ])('%d is written as %s', (value, text) => {
    expect(renderMetrics([samplesOf(up, [{ labels: {}, value }])])).toContain(`\nup_total ${text}\n`);
  });
});

describe('labels', () => {
  test.each([
    ['a"b', 'a\\"b'],
    ['a\\', 'a\\\\'],
    ['a\nb', 'a\\nb'],
    ['a\\nb', 'a\\\\nb'],
    ['a\r\tb', 'a\r\tb'],
    ['größe 価格', 'größe 価格'],
    ['a\0b', 'a\0b'],
    ['a\ud800', 'a\ufffd'],
    ['', ''],
  ])('%j is written as %j', (column, written) => {
    const text = renderMetrics([samplesOf(score, [{ labels: { model: 'm', column }, value: 1 }])]);
    expect(text.split('\n')[2]).toBe(`score{model="m",column="${written}"} 1`);
  });

  test('any text stays within its quotes, on its line, and reads back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (column) => {
        const text = renderMetrics([samplesOf(score, [{ labels: { model: 'm', column }, value: 1 }])]);
        const lines = text.split('\n');
        expect(lines).toHaveLength(4);
        const quoted = /^score\{model="m",column="((?:[^"\\]|\\[\\"n])*)"\} 1$/s.exec(lines[2] ?? '')?.[1];
        const read = quoted?.replaceAll(/\\(.)/g, (_, character) => (character === 'n' ? '\n' : character));
        expect(read).toBe(column.toWellFormed());
      }),
    );
  });
});
