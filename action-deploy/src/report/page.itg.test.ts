import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderPage } from '../../../core/report/index.ts';
import { openChromium, type RunningChromium } from '../../../test/support/chromium.ts';
import { deploySamples } from '../../../test/support/deploy-samples.ts';
import { expectReadable } from '../../../test/support/readable-page.ts';
import { reportSections } from './sections.ts';

let chromium: RunningChromium;
beforeAll(async () => {
  chromium = await openChromium();
}, 900_000);
afterAll(async () => {
  await chromium?.close();
});

describe.each(Object.entries(deploySamples))('the page of %s', (_, make) => {
  it('is readable on a phone and a desk, in light and dark, without JavaScript', async () => {
    const result = make();
    const page = renderPage(result, reportSections(result));
    expect(page.length).toBeLessThan(300_000);
    expect(page).not.toMatch(/NaN|Infinity|undefined/);
    for (const [width, scheme] of [
      [390, 'light'],
      [390, 'dark'],
      [900, 'light'],
      [1200, 'dark'],
    ] as const) {
      await expectReadable(chromium.tab, page, { width, height: 844, scheme, javascript: false });
    }
  });

  it('says verdict and reason on the first half of a phone’s screen', async () => {
    const result = make();
    const view = { width: 390, height: 844, scheme: 'light', javascript: false } as const;
    await chromium.tab.show(renderPage(result, reportSections(result)), view);
    const bottom = await chromium.tab.evaluate<number>(
      `document.querySelector('.verdict p').getBoundingClientRect().bottom`,
    );
    expect(bottom).toBeLessThan(844 / 2);
  });
});
