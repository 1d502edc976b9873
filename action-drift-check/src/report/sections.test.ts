import { describe, expect, it } from 'vitest';
import { pageLimit, renderPage, visible } from '../../../core/report/index.ts';
import {
  allDrifted,
  type DriftSample,
  driftSamples,
  fewColumns,
  hostileDrift,
  hundredColumns,
  nothingDrifted,
  oddNumbers,
  tenRows,
  toleratedDrift,
  writtenProfile,
} from '../../../test/support/drift-samples.ts';
import { hostileTexts } from '../../../test/support/gate-samples.ts';
import { readXml } from '../../../test/support/strict-xml.ts';
import { reportSections } from './sections.ts';

const titles = (result: DriftSample) => reportSections(result).map(({ title }) => title);
const section = (result: DriftSample, title: RegExp) => {
  const found = reportSections(result).find((each) => title.test(each.title));
  return readXml(`<div>${found?.body.text ?? ''}</div>`);
};
const textOf = (result: DriftSample, title: RegExp) => section(result, title).text;
const page = (result: DriftSample) => renderPage(result, reportSections(result));

describe('the page of the drift check', () => {
  it('begins with how much drifted, then the model itself, then the drifted columns, then the rest', () =>
    expect(titles(hundredColumns())).toEqual([
      '7 of 100 columns drifted (7%)',
      'Prediction, score and label',
      'Performance: 1 of 3 metrics worse',
      'Drifted: 7 columns',
      'Inconclusive: 1 column',
      'Distribution not judged: 3 columns',
      'No drift: 93 columns',
    ]));

  it('without roles, labels and doubts has no sections for them', () => {
    expect(titles(fewColumns())).toEqual([
      '2 of 3 columns drifted (66.7%)',
      'Drifted: 2 columns',
      'No drift: 1 column',
    ]);
    expect(titles(nothingDrifted())).toEqual(['None of 200 columns drifted', 'No drift: 200 columns']);
  });
});

describe('the overview', () => {
  it('says what was compared, and what such a comparison can show', () => {
    const text = textOf(hundredColumns(), /columns drifted/);
    expect(text).toContain('Reference50,000 rows in data/reference.parquet');
    expect(text).toContain('Current12,000 rows in data/current/2026-05-04.csv');
    expect(text).toContain('1 inconclusive, 3 with a distribution that is not judged');
    expect(text).toContain('Only in currentcampaign, utm_source');
    expect(text).toContain('at most 5% of alarms on average');
    expect(text).toContain('about 0.1 standard deviations of a number, about 5 points of a category’s share');
    expect(text).toContain('gate-results/drift.prom');
  });

  it('tells a profile from data', () =>
    expect(textOf(nothingDrifted(), /columns drifted/)).toContain(
      'a profile of 1,000,000 rows in drift/reference.json',
    ));

  it('of too few rows claims nothing of what they could have shown', () => {
    expect(titles(tenRows())[0]).toBe('No column could be judged');
    expect(textOf(tenRows(), /No column/)).not.toContain('Smallest shift');
  });
});

describe('a drifted column', () => {
  it('has what changed before the numbers: method, noise, effect, threshold, p and both sizes', () => {
    const text = textOf(fewColumns(), /^Drifted/);
    expect(text).toContain(
      'income15.4 × its threshold31% are now missing, 0.12% were. The median went up by 4.1, from 38.2 to 42.3',
    );
    expect(text).toContain('Drifted bymissing values, distribution');
    expect(text).toContain(
      'Wasserstein distance 0.343 sd0.331 sd beyond a noise of 0.0121 sd; threshold 0.1 sd',
    );
    expect(text).toContain('Kolmogorov-Smirnov test, adjusted p\u00a0<\u00a00.0001');
    expect(text).toContain('Values50,000 → 8,280');
    expect(text).toContain('Missing0.12% → 31%');
    expect(text.indexOf('income')).toBeLessThan(text.indexOf('country'));
  });

  it('shows numbers as two histograms, categories as pairs of bars, each with a description', () => {
    const { elements, text } = section(fewColumns(), /^Drifted/);
    const charts = elements.filter(({ attributes }) => attributes.get('class') === 'chart');
    expect(charts).toHaveLength(2);
    expect(elements.filter(({ attributes }) => attributes.get('class') === 'now-line')).toHaveLength(1);
    expect(text).toContain('Distribution of income in the reference and in the current data');
    expect(text).toContain('the fullest bin of the reference is');
    expect(text).toContain('EU: 12% to 31%');
    expect(text).toContain('12% → 31%');
  });

  it('names new and vanished categories with their shares', () => {
    const text = textOf(fewColumns(), /^Drifted/);
    expect(text).toContain('NewUK, (blank): 2.1% of the current values');
    expect(text).toContain('VanishedSU: 0.02% of the reference');
    expect(text).toContain('UK (new)');
  });

  it('that is gone or of another type says so in place of a degree', () => {
    const text = textOf(hundredColumns(), /^Drifted/);
    expect(text).toContain('postcodetype changedThe column is text now, it held numbers.');
    expect(text).toContain('legacy_flagcolumn is gone');
    expect(textOf(oddNumbers(), /^Drifted/)).toContain('hugefar over its threshold');
  });

  it('that no check fails for is no failure', () => {
    expect(page(toleratedDrift())).not.toContain('class="standing failed"');
    expect(page(fewColumns())).toContain('class="standing failed"');
  });
});

describe('prediction, score and label', () => {
  it('stand apart in this order, whether they drifted or not', () => {
    const text = textOf(hundredColumns(), /^Prediction/);
    expect(text).toContain('predicted_churn, prediction2.16 × its threshold');
    expect(text).toContain('churned, labelno drift');
    const places = ['predicted_churn', 'score, score', 'churned'].map((name) => text.indexOf(name));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  it('have metrics with both values, the change with its interval and a verdict', () => {
    const text = textOf(hundredColumns(), /^Performance/);
    expect(text).toContain(
      'accuracyAccuracy fell by 0.041, from 0.912 to 0.871.worse0.9120.871-0.041 (-0.05 to -0.032)',
    );
    expect(text).toContain('roc_aucNo change beyond chance.not worse');
    expect(text).toContain('recall(true)no row of the reference has this classunknown');
  });
});

describe('columns that are not judged', () => {
  it('say why, those of one reason together', () => {
    expect(textOf(tenRows(), /^Inconclusive/)).toBe(
      'feature_0, feature_1, feature_2, feature_3, feature_4, feature_5, feature_6, feature_7 and 22 more: 10 rows in the current data are too few to judge; it takes 200 (min-rows)',
    );
    expect(textOf(hundredColumns(), /^Distribution not judged/)).toContain(
      'customer_id, order_id: its values hardly repeat',
    );
  });
});

describe('columns without drift', () => {
  it('are lines with the effect, its threshold, missing values and both distributions', () => {
    const { elements, text } = section(hundredColumns(), /^No drift/);
    expect(text).toContain('sensor_092_temperature0.0368 / 0.1 sd0.830.2% → 0.3%');
    expect(elements.filter(({ attributes }) => attributes.get('class') === 'spark')).toHaveLength(93);
  });

  it('stand with the closest to its threshold first, most of them folded', () => {
    const text = textOf(hundredColumns(), /^No drift/);
    expect(text.indexOf('sensor_092')).toBeLessThan(text.indexOf('sensor_001'));
    expect(text).toContain('83 more columns');
    expect(textOf(fewColumns(), /^No drift/)).not.toContain('more column');
  });

  it('are all there, of two hundred columns', () => {
    const { text, elements } = section(nothingDrifted(), /^No drift/);
    expect(elements.filter(({ attributes }) => attributes.get('class') === 'spark')).toHaveLength(200);
    expect(text).not.toContain('result document');
  });
});

describe('more drifted columns than anybody reads', () => {
  it('are cards for the worst, lines with a sentence for the rest, and a count of what is left', () => {
    const { elements, text } = section(allDrifted(), /^Drifted: 120/);
    const cards = elements.filter(({ attributes }) => attributes.get('class') === 'card').length;
    const lines = elements.filter(({ name }) => name === 'tr').length - 1;
    const left = Number(/… and (\d+) more drifted column/.exec(text)?.[1] ?? 0);
    expect(cards).toBeGreaterThan(12);
    expect(lines).toBeGreaterThan(20);
    expect(cards + lines + left).toBe(120);
    expect(text).toContain('and at least 42 more: 12% of the current values');
  });

  it('show of many categories the largest and those that changed most, the rest together', () => {
    const { text } = section(allDrifted(), /^Drifted/);
    expect(text).toContain('26 other categories');
    expect(text).toContain('category 15 with');
  });
});

describe('a written profile', () => {
  it('says where it is, how large, and how to use it', () => {
    const text = textOf(writtenProfile(), /profile/);
    expect(titles(writtenProfile())).toEqual(['The reference profile']);
    expect(text).toContain('Writtendrift/reference.json');
    expect(text).toContain('41.23 KB, 3 columns, from 50,000 rows');
    expect(text).toContain('reference-path: drift/reference.json');
  });
});

/** All that our pages are made of: no script, no form, no frame, nothing that loads. */
const knownElements = new Set(
  'html head meta style title body main header section footer div span h1 h2 h3 p a code ul li dl dt dd table thead tbody tr th td details summary svg desc g path rect circle text'.split(
    ' ',
  ),
);

describe.each(Object.entries(driftSamples))('the page of %s', (_, make) => {
  const text = page(make());
  const { elements } = readXml(text);

  it('is well-formed, of harmless elements, and light', () => {
    for (const { name, attributes } of elements) {
      expect(knownElements).toContain(name);
      for (const attribute of attributes.keys()) expect(attribute).not.toMatch(/^on|^src$|^style$/);
    }
    expect(Buffer.byteLength(text)).toBeLessThan(pageLimit * 0.7);
    expect(text).not.toContain('Left out, because the page would become too large');
  });

  it('shows no number that is none, and titles and describes each chart', () => {
    expect(text).not.toMatch(/NaN|Infinity|undefined|\bnull\b/);
    const charts = elements.filter(({ name }) => name === 'svg').length;
    for (const part of ['title', 'desc'])
      expect(elements.filter(({ name, parent }) => name === part && parent === 'svg')).toHaveLength(charts);
  });
});

describe('hostile data', () => {
  it('stand on the page as they are, visibly', () => {
    const { text } = readXml(page(hostileDrift()));
    for (const each of hostileTexts.filter((item) => item.length < 40)) expect(text).toContain(visible(each));
  });

  it('of any length are cut, and say how long they were', () =>
    expect(page(hostileDrift())).toContain('(10,000 characters)'));
});
