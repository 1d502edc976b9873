import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderPage } from '../../../core/report/index.ts';
import { openChromium, type RunningChromium } from '../../../test/support/chromium.ts';
import { dataSamples } from '../../../test/support/data-samples.ts';
import { expectReadable } from '../../../test/support/readable-page.ts';
import { reportSections } from './sections.ts';

let chromium: RunningChromium;
beforeAll(async () => {
  chromium = await openChromium();
}, 900_000);
afterAll(async () => {
  await chromium?.close();
});

describe.each(Object.entries(dataSamples))('the page of %s', (_, make) => {
  const page = () => {
    const result = make();
    return renderPage(result, reportSections(result));
  };

  it.each([
    [390, 'light'],
    [390, 'dark'],
    [900, 'light'],
    [1200, 'light'],
    [1200, 'dark'],
  ] as const)('is readable at %d pixels in %s, without JavaScript', async (width, scheme) => {
    await expectReadable(chromium.tab, page(), { width, height: 900, scheme, javascript: false });
  });

  it('runs nothing where JavaScript is on, and prints', async () => {
    const { tab } = chromium;
    await tab.show(page(), { width: 390, height: 900, scheme: 'light', javascript: true });
    const [scripts, handlers] = await tab.evaluate<[number, number]>(`(() => [
      document.scripts.length,
      [...document.querySelectorAll('*')].filter((element) =>
        element.getAttributeNames().some((name) => name.startsWith('on'))).length,
    ])()`);
    expect([scripts, handlers]).toEqual([0, 0]);
    expect(tab.complaints()).toEqual([]);
    expect((await tab.pdf()).subarray(0, 5).toString()).toBe('%PDF-');
  });
});

describe('on a phone', () => {
  /** Heights in pixels at 390 pixels of width; lines of text are some 24 high. */
  const heightOf = async (selector: string): Promise<number> =>
    await chromium.tab.evaluate<number>(
      `document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect().height`,
    );

  it('the reason stands on the first screen, and a column takes a few lines', async () => {
    const make = dataSamples['users, failing'];
    if (make === undefined) throw new Error('no sample');
    const result = make();
    const view = { width: 390, height: 844, scheme: 'light', javascript: false } as const;
    await chromium.tab.show(renderPage(result, reportSections(result)), view);
    const bottom = await chromium.tab.evaluate<number>(
      `document.querySelector('.verdict p').getBoundingClientRect().bottom`,
    );
    expect(bottom).toBeLessThan(844 / 2);
    expect(await heightOf('table.glance tbody tr')).toBeLessThan(6 * 24);
  });
});
