import { describe, expect, it } from 'vitest';
import { renderSummary, summaryLimit } from '../../../core/report/index.ts';
import {
  allDrifted,
  type DriftSample,
  driftSamples,
  fewColumns,
  hostileDrift,
  hundredColumns,
  nothingDrifted,
  tenRows,
  toleratedDrift,
  writtenProfile,
} from '../../../test/support/drift-samples.ts';
import { decode } from '../../../test/support/strict-xml.ts';
import { summaryDetails } from './summary.ts';

const read = (markdown: string) => decode(markdown.replaceAll('<!-- -->', ''));
const summary = (result: DriftSample, limit?: number) =>
  renderSummary(result, { details: summaryDetails(result), ...(limit === undefined ? {} : { limit }) });
const part = (result: DriftSample, title: RegExp) =>
  summaryDetails(result).find((each) => title.test(each.title));
const rowsOf = (result: DriftSample, title: RegExp) =>
  (part(result, title)?.rows ?? []).map((row) => row.map(read));

describe('the details of the job summary', () => {
  it('come in order of importance, what changed open', () => {
    const result = hundredColumns();
    expect(summaryDetails(result).map(({ title }) => read(title))).toEqual([
      'What changed: 7 of 100 columns drifted (7%)',
      'Performance: 1 of 3 metrics worse',
      'Inconclusive: 1 column',
      'Distribution not judged: 3 columns',
      'No drift: 93 columns',
      'What was compared',
    ]);
    expect(summary(result).match(/<details open>/g)).toHaveLength(1);
  });

  it('say of each drifted column how far and what, in two cells', () => {
    expect(part(fewColumns(), /^What changed/)?.header).toEqual(['Column', 'What changed']);
    expect(rowsOf(fewColumns(), /^What changed/)).toEqual([
      [
        '❌ `income`<br>15.4 × its threshold',
        '31% are now missing, 0.12% were. The median went up by 4.1, from 38.2 to 42.3, mostly in the upper tail.',
      ],
      [
        '❌ `country`<br>4.22 × its threshold',
        'New: “UK” and “”, 2.14% of the values. The share of “EU” rose from 12% to 31%.',
      ],
    ]);
  });

  it('begin with prediction, score and label', () =>
    expect(
      rowsOf(hundredColumns(), /^What changed/)
        .slice(0, 4)
        .map(([name]) => name),
    ).toEqual([
      '❌ `predicted_churn`<br>prediction, 2.16 × its threshold',
      '❌ `score`<br>score, 2.69 × its threshold',
      '✅ `churned`<br>label',
      '❌ `income`<br>15.4 × its threshold',
    ]));

  it('name the fifteen worst, and count the rest', () => {
    const rows = rowsOf(allDrifted(), /^What changed/);
    expect(rows).toHaveLength(16);
    expect(rows.at(-1)).toEqual(['…', '105 more drifted columns; the report has them all.']);
  });

  it('warn of drift that no check fails for', () =>
    expect(rowsOf(toleratedDrift(), /^What changed/)[0]?.[0]).toMatch(/^⚠️ `age`/));

  it('give metrics before and now, with the interval of the change', () =>
    expect(rowsOf(hundredColumns(), /^Performance/)).toEqual([
      ['❌ `accuracy`', '0.912 → 0.871', '-0.041 (-0.05 to -0.032)'],
      ['✅ `roc_auc`', '0.951 → 0.949', '-0.002 (-0.011 to +0.007)'],
      ['❔ `recall(true)`', '0.71 → 0.7', 'no row of the reference has this class'],
    ]));

  it('say why nothing is known', () =>
    expect(rowsOf(tenRows(), /^Inconclusive: 30 columns/)[0]?.[0]).toContain(
      '`feature_7` and 22 more: 10 rows in the current data are too few to judge',
    ));

  it('list the rest, and what was compared', () => {
    expect(rowsOf(nothingDrifted(), /^No drift/)).toHaveLength(200);
    expect(rowsOf(hundredColumns(), /^No drift/)[0]).toEqual([
      '`sensor_092_temperature`',
      '0.0368 / 0.1 sd',
      '0.2% → 0.3%',
    ]);
    expect(rowsOf(nothingDrifted(), /^What was compared/).map(([line]) => line)).toContain(
      'Reference: a profile of 1,000,000 rows in `drift/reference.json`',
    );
  });

  it('of a profile say where it is and how to use it', () => {
    const text = read(summary(writtenProfile()));
    expect(text).toContain('Written: `drift/reference.json` (41.23 KB, 3 columns, from 50,000 rows)');
    expect(text).toContain('`reference-path: drift/reference.json`');
  });
});

describe.each(Object.entries(driftSamples))('the summary of %s', (_, make) => {
  it('is of tables whose rows have as many cells as their headings, at most four', () => {
    const text = summary(make());
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(summaryLimit);
    let cells = 0;
    for (const line of text.split('\n')) {
      if (!line.startsWith('| ')) cells = 0;
      else if (cells === 0) cells = line.split('|').length;
      else expect(line.split('|')).toHaveLength(cells);
      expect(cells).toBeLessThanOrEqual(4 + 2);
    }
  });

  it('shows no number that is none', () => expect(summary(make())).not.toMatch(/NaN|Infinity|undefined/));

  it('keeps the verdict at any size', () => {
    const text = summary(make(), 3000);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(3000);
    expect(text).toMatch(/^## .+Drift check/);
  });
});

it('hostile data hold no Markdown or HTML in the summary', () => {
  const text = summary(hostileDrift())
    .replace(/`[^`\n]*`/g, '')
    .replaceAll('<!-- -->', '');
  expect([...new Set(text.match(/<[^>]*>/g))].toSorted()).toEqual([
    '</code>',
    '</details>',
    '</summary>',
    '<br>',
    '<code>',
    '<details open>',
    '<details>',
    '<summary>',
  ]);
  expect(text).not.toMatch(/\]\(|!\[|```|https?:\/\/|^::|@\w/m);
  expect(text.match(/^#/gm)).toHaveLength(1);
});
