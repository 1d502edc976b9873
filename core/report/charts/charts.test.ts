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
  overlayChart,
  overlaySparkline,
  pairedBars,
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
  'lines with marks and ticks of their own': (text) =>
    lineChart({
      title: text,
      description: text,
      x: { label: text, min: 0, max: 3, ticks: [{ at: 1, text }] },
      y: { label: text, min: 0, max: 1, ticks: [{ at: 0.5, text }] },
      series: [
        {
          name: text,
          points: [
            [0, 0],
            [1, Number.NaN],
            [2, 1],
          ],
          dashed: true,
          color: 1,
        },
      ],
      marks: { name: text, at: [{ x: 2, text }] },
      legend: 'below',
      height: 120,
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
  overlay: (text) =>
    overlayChart({
      title: text,
      description: text,
      xLabel: text,
      edges: [0, 1, 2],
      reference: [0.3, 0.7],
      current: [0.6, 0.4],
    }),
  'paired bars': (text) =>
    pairedBars({
      title: text,
      description: text,
      rows: [{ label: text, reference: 0.3, current: 1 }],
    }),
  'overlaid sparkline': (text) =>
    overlaySparkline({
      title: text,
      description: text,
      edges: null,
      reference: [0.3, 0.7],
      current: [0.6, 0.4],
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

describe('a line chart', () => {
  const lines = (points: readonly (readonly [number, number])[]) =>
    readXml(
      lineChart({
        ...described,
        x: { label: 'x', min: 0, max: 4 },
        y: { label: 'y', min: 0, max: 1 },
        series: [{ name: 'a', points, dashed: false, color: 0 }],
        legend: 'below',
      }).text,
    ).elements.flatMap(({ name, attributes }) =>
      name === 'path' && attributes.get('class') === 'line c0' ? [attributes.get('d') ?? ''] : [],
    );

  it('is broken where there is no value', () => {
    const [drawn = ''] = lines([
      [0, 0],
      [1, 1],
      [2, Number.NaN],
      [3, 0],
      [4, 1],
    ]);
    expect(drawn.replaceAll(/[^ML]/g, '')).toBe('MLML');
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

/** The heights of a histogram's steps over its base line, from left to right. */
function stepsOf(chart: Markup, style: 'was' | 'now-line'): readonly { right: number; height: number }[] {
  const path =
    readXml(chart.text)
      .elements.find(({ name, attributes }) => name === 'path' && attributes.get('class') === style)
      ?.attributes.get('d') ?? '';
  const base = Number(/^M[\d.-]+ ([\d.-]+)/.exec(path)?.[1]);
  let height = 0;
  return [...path.matchAll(/([VH])([\d.-]+)/g)].flatMap(([, command, text]) => {
    const value = Number(text);
    if (command === 'H') return [{ right: value, height }];
    height = base - value;
    return [];
  });
}

describe('two histograms over each other', () => {
  const overlay = (edges: readonly number[], reference: readonly number[], current: readonly number[]) =>
    overlayChart({ ...described, xLabel: 'age', edges, reference, current });

  it('stand on the same scale, and an empty bin has no height', () => {
    const chart = overlay([0, 1, 2, 3], [0.2, 0.8, 0], [0, 0.4, 0.6]);
    const [was, now] = [stepsOf(chart, 'was'), stepsOf(chart, 'now-line')];
    expect(was.map(({ height }) => height / 130)).toEqual([0.25, 1, 0].map((share) => expect.closeTo(share)));
    expect(now.map(({ height }) => height / 130)).toEqual(
      [0, 0.5, 0.75].map((share) => expect.closeTo(share)),
    );
    expect(now.map(({ right }) => right)).toEqual(was.map(({ right }) => right));
  });

  it('of bins of different width show density, so that a wide bin is not a full one', () => {
    const chart = overlay([0, 1, 3], [0.5, 0.5], [0, 1]);
    const [narrow, wide] = stepsOf(chart, 'was');
    expect((narrow?.height ?? 0) / (wide?.height ?? 1)).toBeCloseTo(2);
    expect(readXml(chart.text).text).toContain('Density');
  });

  it.each([
    ['a constant column', [5, 5]],
    ['the whole range of doubles', [-1.7e308, 0, 1.7e308]],
    ['tied edges', [0, 1, 1, 2]],
    ['nothing', [0]],
  ])('of %s stay within the chart', (_, edges) => {
    const shares = edges.slice(1).map(() => 1 / (edges.length - 1));
    const chart = overlay(edges, shares, shares);
    expect(chart.text).not.toMatch(/NaN|Infinity/);
    for (const { right, height } of stepsOf(chart, 'now-line')) {
      expect(right).toBeGreaterThanOrEqual(0);
      expect(right).toBeLessThanOrEqual(chartWidth);
      expect(height).toBeLessThanOrEqual(130.01);
    }
  });

  it('tell large numbers that differ little apart on the axis, and leave out those without room', () => {
    const { text } = readXml(overlay([1_999_000.5, 1_999_001.5, 1_999_002.5], [0.5, 0.5], [0.5, 0.5]).text);
    expect(text).toContain('1,999,000.5');
    expect(text).toContain('1,999,001.5');
    expect(text).not.toContain('2M');
  });

  it('are named, and look different without colour: an area and a line', () => {
    const { text } = readXml(overlay([0, 1], [1], [1]).text);
    expect(text).toContain('reference');
    expect(text).toContain('current');
  });
});

describe('paired bars', () => {
  const bars = (reference: number, current: number) =>
    readXml(pairedBars({ ...described, rows: [{ label: 'EU', reference, current }] }).text);
  const widthOf = (elements: ReturnType<typeof bars>['elements'], style: string): number[] =>
    elements
      .filter(
        ({ name, attributes, parent }) =>
          name === 'rect' && parent === 'g' && attributes.get('class') === style,
      )
      .map(({ attributes }) => Number(attributes.get('width')));

  it('are as long as the shares, and say both', () => {
    const { elements, text } = bars(0.12, 0.36);
    const [was = 0] = widthOf(elements, 'was');
    const [now = 0] = widthOf(elements, 'now');
    expect(now / was).toBeCloseTo(3, 1);
    expect(text).toContain('12% → 36%');
  });

  it('draw a rare share so that it is seen, and none for one that is not there', () => {
    const { elements, text } = bars(1e-6, 0);
    expect(widthOf(elements, 'was')).toHaveLength(1);
    expect(widthOf(elements, 'now')).toHaveLength(0);
    expect(text).toContain('<0.1% → 0%');
  });
});

describe('an overlaid sparkline', () => {
  it('merges bins that are too many to be told apart', () => {
    const shares = Array(24).fill(1 / 24);
    const edges = Array.from({ length: 25 }, (_, index) => index);
    const chart = overlaySparkline({ ...described, edges, reference: shares, current: shares });
    const drawn = stepsOf(chart, 'was');
    expect(drawn.length).toBeLessThanOrEqual(16);
    expect(drawn.at(-1)?.right).toBe(119);
  });

  it('is small, as a page has hundreds of them', () => {
    const shares = (seed: number) => Array.from({ length: 24 }, (_, index) => ((index * seed) % 7) / 70);
    const edges = Array.from({ length: 25 }, (_, index) => index * 1.37);
    const chart = overlaySparkline({ ...described, edges, reference: shares(3), current: shares(5) });
    expect(chart.text.length).toBeLessThan(800);
  });
});
