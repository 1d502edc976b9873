import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { renderSummary } from '../../../core/report/index.ts';
import { perfSamples } from '../../../test/support/perf-samples.ts';
import { readXml } from '../../../test/support/strict-xml.ts';
import { timeAxis } from './latency-charts.ts';
import { reportSections } from './sections.ts';
import { summaryDetails } from './summary.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'perf-sections-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function sectionsOf(name: string): Promise<ReadonlyMap<string, string>> {
  const make = perfSamples[name];
  if (make === undefined) throw new Error(`there is no sample ${name}`);
  const sections = reportSections(await make(folder));
  return new Map(sections.map(({ title, body }) => [title, readXml(`<div>${body.text}</div>`).text]));
}

describe.each(Object.entries(perfSamples))('the report of %s', (_, make) => {
  it('is well-formed, and names no number that is none', async () => {
    const result = await make(folder);
    for (const { title, body } of reportSections(result)) {
      const { elements, text } = readXml(`<div>${body.text}</div>`);
      expect(elements.filter(({ name }) => /^(script|img|iframe|a)$/.test(name))).toEqual([]);
      expect(`${title} ${text}`).not.toMatch(/NaN|Infinity|undefined|null/);
    }
    const summary = renderSummary(result, { details: summaryDetails(result) });
    expect(summary).not.toMatch(/NaN|Infinity|undefined/);
    expect(summary.split('\n')[0]).toMatch(/^## (✅|❌|⚠️) Performance gate/u);
  });
});

test('failures stand by kind with their number and an example', async () => {
  const text = (await sectionsOf('a service that stalls')).get('Failed: 74 requests of 6,058');
  expect(text).toMatch(/unexpected 503.*61 \(1%\)/s);
  expect(text).toMatch(/timeout.*13/s);
});

test('a slower candidate is said to be slower, by how much, and what could have been seen', async () => {
  const text = (await sectionsOf('a slower candidate')).get('Candidate against baseline') ?? '';
  expect(text).toMatch(/p95 is 2\d% slower \(\d+ to \d+\), [\d.]+ ms against [\d.]+ ms/);
  expect(text).toMatch(/p50\s*1[12]\.?\d* ms\s*14\.\d+ ms\s*\+2\d%/);
});

test('a pair that was not started by the gate has one life, and says what that means', async () => {
  const text = (await sectionsOf('a pair that runs already')).get('The run') ?? '';
  expect(text).toContain('one: the services were not started by the gate');
});

describe('an axis of times', () => {
  it('is linear where values are near each other, from zero on', () =>
    expect(timeAxis([4, 12])).toMatchObject({ min: 0, max: expect.closeTo(12.6) }));

  it('is logarithmic where a stall would hide all else, with round ticks', () => {
    const axis = timeAxis([2, 5, 900]);
    expect(axis.ticks?.map(({ text }) => text)).toEqual(['3', '10', '30', '100', '300']);
    expect(axis.place(100)).toBeCloseTo(2);
  });

  it('of nothing is still one', () => expect(timeAxis([]).max).toBeGreaterThan(0));
});
