import { describe, expect, it } from 'vitest';
import { hostileTexts } from '../../../test/support/gate-samples.ts';
import { readXml } from '../../../test/support/strict-xml.ts';
import type { Markup } from '../markup.ts';
import { chartWidth, fitText, linearScale, ticks, tickText } from './frame.ts';
import {
  barChart,
  calibrationChart,
  type ForestRow,
  forestChart,
  heatMap,
  histogramChart,
  lineChart,
  scatterChart,
  sparkline,
} from './index.ts';

const described = { title: 'Title', description: 'What it shows' };
const row: ForestRow = {
  label: 'accuracy >= 0.85',
  text: '0.91',
  value: 0.91,
  low: 0.88,
  high: 0.94,
  threshold: 0.85,
  good: 'above',
  baseline: null,
  tone: 'passed',
};

const charts: Readonly<Record<string, (text: string) => Markup>> = {
  bars: (text) => barChart({ title: text, description: text, rows: [{ label: text, value: 3, text }] }),
  calibration: (text) =>
    calibrationChart({
      title: text,
      description: text,
      xLabel: text,
      yLabel: text,
      candidate: [{ low: 0, high: 0.1, n: 3, meanScore: 0.05, observed: 0.1 }],
      baseline: [{ low: 0, high: 0.1, n: 3, meanScore: 0.05, observed: 0.2 }],
    }),
  forest: (text) =>
    forestChart({ title: text, description: text, scale: 'own', rows: [{ ...row, label: text, text }] }),
  'heat map': (text) =>
    heatMap({
      title: text,
      description: text,
      rowLabel: text,
      columnLabel: 'x',
      labels: [text, text],
      cells: [
        [1, 0],
        [2, 3],
      ],
    }),
  histogram: (text) =>
    histogramChart({
      title: text,
      description: text,
      xLabel: text,
      yLabel: text,
      bins: [{ low: 0, high: 1, count: 2 }],
      mark: { value: 0, name: text },
    }),
  lines: (text) =>
    lineChart({
      title: text,
      description: text,
      x: { label: text, min: 0, max: 1 },
      y: { label: text, min: 0, max: 1 },
      series: [
        {
          name: text,
          points: [
            [0, 0],
            [1, 1],
          ],
          dashed: false,
          color: 0,
        },
      ],
      legend: 'below',
    }),
  scatter: (text) =>
    scatterChart({
      title: text,
      description: text,
      xLabel: text,
      yLabel: text,
      points: [
        [0, 1],
        [1, 0],
      ],
      diagonal: true,
    }),
  sparkline: (text) => sparkline({ title: text, description: text, counts: [3, 0, 1], kind: 'values' }),
};

describe.each(Object.entries(charts))('%s', (_, draw) => {
  it.each(hostileTexts)('stays well-formed with %j', (text) => {
    const { elements } = readXml(draw(text).text);
    expect(
      elements
        .map(({ name }) => name)
        .filter((name) => !/^(svg|title|desc|g|path|rect|circle|text)$/.test(name)),
    ).toEqual([]);
  });

  it('draws nothing outside of its width', () => {
    for (const { name, attributes } of readXml(draw('label').text).elements) {
      const number = (attribute: string) => Number(attributes.get(attribute) ?? 0);
      if (name === 'rect') expect(number('x') + number('width')).toBeLessThanOrEqual(chartWidth + 0.5);
      if (name === 'circle') expect(number('cx') + number('r')).toBeLessThanOrEqual(chartWidth + 0.5);
    }
  });
});

describe('a forest plot', () => {
  const rowsOf = (rows: readonly ForestRow[], scale: 'shared' | 'own' = 'own') =>
    readXml(forestChart({ ...described, rows, scale }).text).elements;
  const dot = (elements: ReturnType<typeof rowsOf>) =>
    Number(elements.find(({ name }) => name === 'circle')?.attributes.get('cx'));
  const upright = (elements: ReturnType<typeof rowsOf>) =>
    Number(
      /^M([\d.]+)/.exec(
        elements.find(({ attributes }) => attributes.get('class') === 'threshold')?.attributes.get('d') ?? '',
      )?.[1],
    );

  it('puts the value on its side of the threshold', () => {
    const good = rowsOf([row]);
    expect(dot(good)).toBeGreaterThan(upright(good));
    const bad = rowsOf([{ ...row, value: 0.8, low: 0.75, high: 0.84 }]);
    expect(dot(bad)).toBeLessThan(upright(bad));
  });

  it('draws a row without a value, without a dot', () =>
    expect(
      rowsOf([{ ...row, value: null, low: null, high: null }]).some(({ name }) => name === 'circle'),
    ).toBe(false));
});

describe('scales and ticks', () => {
  it.each([
    [0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [0, 100, [0, 20, 40, 60, 80, 100]],
    [-0.3, 0.7, [-0.2, 0, 0.2, 0.4, 0.6]],
    [5, 5, [5]],
  ])('from %d to %d stand at round numbers', (min, max, expected) =>
    expect(ticks(min, max)).toEqual(expected),
  );

  it('clamp what lies outside, and put what is no number in the middle', () => {
    const scale = linearScale(0, 10, 100, 200);
    expect([scale(-5), scale(0), scale(5), scale(10), scale(50), scale(Number.NaN)]).toEqual([
      100, 100, 150, 200, 200, 150,
    ]);
  });

  it('are short', () =>
    expect([0.25, 1200, 45_000, 1_200_000].map(tickText)).toEqual(['0.25', '1,200', '45k', '1.2M']));
});

describe('fitText', () => {
  it('cuts with an ellipsis', () => {
    expect(fitText('short', 100, 12)).toBe('short');
    expect(fitText('a rather long label that does not fit', 100, 12)).toMatch(/^a rather.*…$/);
  });
});

describe('a heat map', () => {
  it('colours by the share of the row', () => {
    const { elements } = readXml(
      heatMap({
        ...described,
        rowLabel: 'True',
        columnLabel: 'Predicted',
        labels: ['a', 'b'],
        cells: [
          [90, 10],
          [0, 4],
        ],
      }).text,
    );
    expect(
      elements.filter(({ name }) => name === 'rect').map(({ attributes }) => attributes.get('class')),
    ).toEqual(['h5', 'h1', 'h0', 'h5']);
  });
});

describe('a scatter plot', () => {
  it('keeps to a bounded number of points', () => {
    const points = Array.from({ length: 100_000 }, (_, index) => [index, index] as const);
    const { elements } = readXml(
      scatterChart({ ...described, xLabel: 'x', yLabel: 'y', points, diagonal: false }).text,
    );
    expect(elements.filter(({ name }) => name === 'circle').length).toBeLessThanOrEqual(1000);
  });
});

describe('a sparkline', () => {
  const bars = (counts: readonly number[], kind: 'bins' | 'values') => {
    const { elements } = readXml(sparkline({ ...described, counts, kind }).text);
    const path =
      elements.find(({ attributes }) => attributes.get('class') === kind)?.attributes.get('d') ?? '';
    return [...path.matchAll(/M([\d.]+) 27V([\d.]+)H([\d.]+)V27/g)].map(([, left, top, right]) => ({
      left: Number(left),
      right: Number(right),
      height: 27 - Number(top),
    }));
  };

  it('draws the most frequent bin highest, an empty one not at all, and a rare one so that it is seen', () => {
    const [first, ...rest] = bars([1_000_000, 0, 1], 'bins');
    expect(first).toEqual({ left: 0, right: 39.5, height: 26 });
    expect(rest).toEqual([{ left: 80, right: 119.5, height: 1.5 }]);
  });

  it('merges bins that are too many to be told apart', () => {
    const drawn = bars(Array(200).fill(7), 'bins');
    expect(drawn.length).toBeLessThanOrEqual(30);
    expect(drawn.at(-1)?.right).toBeLessThanOrEqual(120);
  });

  it('does not spread two values over the whole width', () =>
    expect(bars([5, 4], 'values').map(({ right }) => right)).toEqual([21, 45]));

  it('of nothing is an empty line', () => expect(bars([], 'bins')).toEqual([]));
});
