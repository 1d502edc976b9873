import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportSections } from '../../action-validate-model/src/report/sections.ts';
import { openChromium, type RunningChromium } from '../../test/support/chromium.ts';
import { samples } from '../../test/support/gate-samples.ts';
import { renderPage } from './html.ts';

/** Runs in the page: what a reader with weak eyes could not read, and what sticks out of the window. */
const inspect = `(() => {
  const parse = (color) => {
    const parts = (color.match(/[\\d.]+/g) ?? []).map(Number);
    return { r: parts[0] ?? 0, g: parts[1] ?? 0, b: parts[2] ?? 0, a: parts.length > 3 ? parts[3] : 1 };
  };
  const channel = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const luminance = ({ r, g, b }) => 0.2126 * channel(r / 255) + 0.7152 * channel(g / 255) + 0.0722 * channel(b / 255);
  const contrast = (a, b) => {
    const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (light + 0.05) / (dark + 0.05);
  };
  const background = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const color = parse(getComputedStyle(at).backgroundColor);
      if (color.a === 1) return color;
    }
    return { r: 255, g: 255, b: 255, a: 1 };
  };
  for (const details of document.querySelectorAll('details')) details.open = true;
  const weak = [];
  const small = [];
  const outside = [];
  let texts = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    if (node.data.trim() === '' || element.closest('title, desc') !== null) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (box.width < 2 || box.height < 2) continue;
    const visuallyHidden = element.closest('thead') !== null && getComputedStyle(element.closest('thead')).position === 'absolute';
    if (visuallyHidden) continue;
    texts += 1;
    const inChart = element.closest('svg') !== null;
    const style = getComputedStyle(element);
    const color = parse(inChart ? style.fill : style.color);
    // A number in a cell of a heat map stands on the cell, not on the card.
    const cell = inChart && /(^| )t\\d/.test(element.getAttribute('class') ?? '') ? element.parentElement.querySelector('rect') : null;
    const behind = cell === null ? background(element) : parse(getComputedStyle(cell).fill);
    const ratio = contrast(color, behind);
    if (ratio < 4.5) weak.push(node.data.slice(0, 40) + ' ' + ratio.toFixed(2));
    const size = parseFloat(style.fontSize) * (inChart ? element.ownerSVGElement.getBoundingClientRect().width / 360 : 1);
    if (size < 8.5) small.push(node.data.slice(0, 40) + ' ' + size.toFixed(1));
    const frame = inChart ? element.ownerSVGElement.getBoundingClientRect() : { left: 0, right: innerWidth };
    if (box.left < frame.left - 1 || box.right > frame.right + 1) outside.push(node.data.slice(0, 60) + ' ' + Math.round(box.right - frame.right));
  }
  const root = document.documentElement;
  return { texts, weak, small, outside, overflow: root.scrollWidth - root.clientWidth };
})()`;

interface Inspection {
  readonly texts: number;
  readonly weak: readonly string[];
  readonly small: readonly string[];
  readonly outside: readonly string[];
  readonly overflow: number;
}

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
    const { tab } = chromium;
    await tab.show(page(), { width, height: 900, scheme, javascript: false });
    const seen = await tab.evaluate<Inspection>(inspect);
    expect(seen.texts).toBeGreaterThan(20);
    expect(seen.overflow).toBe(0);
    expect(seen.weak).toEqual([]);
    expect(seen.small).toEqual([]);
    expect(seen.outside).toEqual([]);
    expect(tab.complaints()).toEqual([]);
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
