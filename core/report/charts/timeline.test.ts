import { describe, expect, test } from 'vitest';
import { type Element, readXml } from '../../../test/support/strict-xml.ts';
import { elapsedText, type TimelineChart, type TimelineRow, timelineChart } from './timeline.ts';

const start = Date.parse('2026-05-04T09:00:07Z');
const row = (more: Partial<TimelineRow> = {}): TimelineRow => ({
  label: 'task a',
  note: 'healthy',
  from: start,
  to: null,
  tone: 'passed',
  ...more,
});

function draw(rows: readonly TimelineRow[], more: Partial<TimelineChart> = {}) {
  const chart = timelineChart({
    title: 'The rollout',
    description: 'what happened when',
    start,
    end: start + 100_000,
    groups: [{ title: 'Tasks', rows }],
    marks: [],
    legend: [],
    ...more,
  });
  return readXml(chart.text);
}

const bars = (elements: readonly Element[]) =>
  elements
    .filter(({ name, attributes }) => name === 'rect' && attributes.get('class') !== 'backdrop')
    .map(({ attributes }) => ({
      class: attributes.get('class'),
      from: Number(attributes.get('x')),
      to: Number(attributes.get('x')) + Number(attributes.get('width')),
    }));

describe('a bar', () => {
  // The axis reaches from 8 to 352.
  test.each<[string, Partial<TimelineRow>, number, number]>([
    ['of what goes on reaches to the end', {}, 8, 352],
    ['of what ended does not', { to: start + 50_000 }, 8, 180],
    ['begins where it began', { from: start + 25_000, to: start + 75_000 }, 94, 266],
    ['of a moment is still seen', { from: start + 50_000, to: start + 50_000 }, 180, 182],
    ['of a moment at the end is still seen', { from: start + 100_000 }, 350, 352],
    ['that began before the start is cut there', { from: start - 1e9 }, 8, 352],
    ['that ended before it began is a moment', { from: start + 50_000, to: start }, 180, 182],
  ])('%s', (_, more, from, to) => {
    expect(bars(draw([row(more)]).elements)).toEqual([{ class: 'value passed', from, to }]);
  });

  test('is not drawn for what never began, whose name and note still stand there', () => {
    const { elements, text } = draw([row({ from: null, note: 'ImagePullBackOff' })]);
    expect(bars(elements)).toEqual([]);
    expect(text).toContain('task a');
    expect(text).toContain('ImagePullBackOff');
  });

  test('has the colour of how it went', () => {
    const tones = ['plain', 'passed', 'failed', 'warning', 'old'] as const;
    expect(bars(draw(tones.map((tone) => row({ tone }))).elements).map((bar) => bar.class)).toEqual([
      'value',
      'value passed',
      'value failed',
      'value warning',
      'was',
    ]);
  });
});

test.each([
  [8, ['0:00', '0:02', '0:04', '0:06', '0:08']],
  [100, ['0:00', '0:30', '1:00', '1:30']],
  [1800, ['0:00', '5:00', '10:00', '15:00', '20:00', '25:00', '30:00']],
  [2_000_000_000, ['0:00', '277800:00:00']],
  [7200, ['0:00', '30:00', '1:00:00', '1:30:00', '2:00:00']],
])('an axis of %i s has ticks that people count in', (seconds, expected) => {
  const { text } = draw([], { end: start + seconds * 1000 });
  expect(text.match(/\d+:\d\d(?::\d\d)?/g)?.join()).toContain(expected[1]);
  for (const tick of expected) expect(text).toContain(tick);
});

test.each([
  [0, '0:00'],
  [59_600, '1:00'],
  [725_000, '12:05'],
  [3_723_000, '1:02:03'],
  [-5, '0:00'],
])('%i ms are %s', (milliseconds, text) => expect(elapsedText(milliseconds)).toBe(text));

test('nothing at all, or a span of no length, is still a chart', () => {
  const { elements } = draw([], { end: start, groups: [] });
  expect(elements[0]?.name).toBe('svg');
  expect(elements.flatMap(({ attributes }) => [...attributes.values()]).join()).not.toMatch(/NaN|Infinity/);
});

test('a mark stands at its time, and its text is shown on hover', () => {
  const { elements, text } = draw([row()], {
    marks: [{ at: start + 50_000, tone: 'failed', text: '<b>OOMKilled</b>' }],
    legend: [{ tone: 'failed', name: 'a failure' }],
  });
  const lines = elements.filter(({ attributes }) => attributes.get('class') === 'whisker failed');
  expect(lines[0]?.attributes.get('d')).toMatch(/^M180 /);
  expect(text).toContain('<b>OOMKilled</b>');
  expect(text).toContain('a failure');
});

test.each([
  [16, /^M180 18V81$/],
  [17, /^M180 18V27$/],
])('up to 16 marks are lines, more are notches: %i', (count, path) => {
  const mark = { at: start + 50_000, tone: 'warning', text: 'a' } as const;
  const { elements } = draw([row()], { marks: Array.from({ length: count }, () => mark) });
  const line = elements.find(({ attributes }) => attributes.get('class') === 'whisker warning');
  expect(line?.attributes.get('d')).toMatch(path);
});
