import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportSections } from '../../action-validate-model/src/report/sections.ts';
import { openChromium, type RunningChromium } from '../../test/support/chromium.ts';
import { samples } from '../../test/support/gate-samples.ts';
import { expectReadable } from '../../test/support/readable-page.ts';
import { renderPage } from './html.ts';

let chromium: RunningChromium;
beforeAll(async () => {
  chromium = await openChromium();
}, 900_000);
afterAll(async () => {
  await chromium?.close();
});

describe.each(Object.entries(samples))('the page of %s', (_, make) => {
  const page = () => {
    const result = make();
    return renderPage(result, reportSections(result));
  };

  it.each([
    [390, 'light'],
    [390, 'dark'],
    [900, 'light'],
    [1280, 'light'],
    [1280, 'dark'],
  ] as const)('is readable at %d pixels in %s, without JavaScript', async (width, scheme) => {
    await expectReadable(chromium.tab, page(), { width, height: 900, scheme, javascript: false });
  });

  it('follows the colour scheme', async () => {
    const { tab } = chromium;
    const backgrounds: string[] = [];
    for (const scheme of ['light', 'dark'] as const) {
      await tab.show(page(), { width: 390, height: 900, scheme, javascript: false });
      backgrounds.push(await tab.evaluate<string>('getComputedStyle(document.body).backgroundColor'));
    }
    expect(backgrounds).toEqual(['rgb(255, 255, 255)', 'rgb(13, 17, 23)']);
  });

  it('is the same tree as XML and runs nothing where JavaScript is on', async () => {
    const { tab } = chromium;
    await tab.show(page(), { width: 390, height: 900, scheme: 'light', javascript: true });
    const [mistakes, scripts, handlers] = await tab.evaluate<[number, number, number]>(`(() => {
      const source = new XMLSerializer().serializeToString(document);
      const parsed = new DOMParser().parseFromString(source, 'application/xhtml+xml');
      const all = [...document.querySelectorAll('*')];
      return [
        parsed.querySelectorAll('parsererror').length,
        document.scripts.length,
        all.filter((element) => element.getAttributeNames().some((name) => name.startsWith('on'))).length,
      ];
    })()`);
    expect([mistakes, scripts, handlers]).toEqual([0, 0, 0]);
    expect(tab.complaints()).toEqual([]);
  });

  it('prints', async () => {
    const { tab } = chromium;
    await tab.show(page(), { width: 1280, height: 900, scheme: 'dark', javascript: false });
    expect((await tab.pdf()).subarray(0, 5).toString()).toBe('%PDF-');
  });
});
