import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { reportSections } from '../../action-validate-model/src/report/sections.ts';
import {
  failingBinary,
  hostileTexts,
  huge,
  passingBinary,
  samples,
} from '../../test/support/gate-samples.ts';
import { readXml } from '../../test/support/strict-xml.ts';
import { visible } from './escape.ts';
import { pageLimit, renderPage } from './html.ts';
import { html } from './markup.ts';

const page = (result: ReturnType<typeof failingBinary>) => renderPage(result, reportSections(result));

/** All that a page of ours is made of: no script, no form, no frame, nothing that loads. */
const knownElements = new Set(
  'html head meta style title body main header section footer div span h1 h2 h3 p a code ul li dl dt dd table thead tbody tr th td details summary svg desc g path rect circle text'.split(
    ' ',
  ),
);
const knownAttributes =
  /^(?:lang|charset|http-equiv|content|name|class|href|scope|data-label|aria-hidden|viewBox|role|xmlns|d|x|y|r|rx|cx|cy|width|height|font-size)$/;

describe.each(Object.entries(samples))('the page of %s', (_, make) => {
  const text = page(make());
  const { elements } = readXml(text);

  it('is well-formed and made of harmless elements and attributes', () => {
    for (const { name, attributes } of elements) {
      expect(knownElements).toContain(name);
      for (const attribute of attributes.keys()) expect(attribute).toMatch(knownAttributes);
    }
  });

  it('loads nothing and links only to the run and the commit', () => {
    const links = elements.flatMap(({ attributes }) => attributes.get('href') ?? []);
    for (const link of links)
      expect(link).toMatch(/^https:\/\/github\.com\/org\/repo\/(?:actions\/runs|commit)\//);
    const style = /<style>([\s\S]*?)<\/style>/.exec(text)?.[1] ?? '';
    expect(style).not.toMatch(/url\(|@import|<|&/);
    const digest = createHash('sha256').update(style).digest('base64');
    const policy = elements.find(({ attributes }) => attributes.has('http-equiv'))?.attributes.get('content');
    expect(policy).toBe(
      `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`,
    );
  });

  it('is small', () => expect(Buffer.byteLength(text)).toBeLessThan(pageLimit));

  it('titles and describes each chart', () => {
    const charts = elements.filter(({ name }) => name === 'svg').length;
    expect(elements.filter(({ name, parent }) => name === 'desc' && parent === 'svg')).toHaveLength(charts);
    expect(elements.filter(({ name, parent }) => name === 'title' && parent === 'svg')).toHaveLength(charts);
  });
});

describe('the page', () => {
  it('shows each check with its reason, the worst first', () => {
    const result = failingBinary();
    const { text } = readXml(page(result));
    for (const { id, reason } of result.predicate.gate.checks) {
      expect(text).toContain(id);
      expect(text).toContain(reason);
    }
    expect(text.indexOf('recall(malignant) >= 0.85')).toBeLessThan(text.indexOf('accuracy >= 0.85'));
  });

  it('shows hostile text as it is, visibly', () => {
    const { text } = readXml(page(samples.hostile?.() ?? failingBinary()));
    for (const each of hostileTexts.filter((item) => item.length < 100))
      expect(text).toContain(visible(each));
  });

  it('says how to verify what was judged', () => {
    const { text } = readXml(page(passingBinary()));
    expect(text).toContain('9f86d081884c7d65'.repeat(4));
    expect(text).toContain('sha256sum');
  });

  it('of many checks shows what did not pass, and folds the rest', () => {
    const many = failingBinary();
    const [one] = many.predicate.gate.checks.filter(({ verdict }) => verdict === 'pass');
    if (one === undefined) throw new Error('no check passed');
    const checks = [
      ...many.predicate.gate.checks,
      ...Array.from({ length: 40 }, (_, index) => ({ ...one, id: `extra ${index}` })),
    ];
    const gate = { ...many.predicate.gate, checks };
    const text = renderPage({ ...many, predicate: { ...many.predicate, gate } }, []);
    const [open = '', folded = ''] = text.split('<details>');
    expect(open).toContain('recall(malignant) &gt;= 0.85');
    expect(open).not.toContain('extra 7');
    expect(folded).toContain('extra 7');
    expect(page(failingBinary())).not.toContain('checks passed</summary>');
  });

  it('counts the checks that it leaves out', () => expect(page(huge())).toContain('… and 4,800 more checks'));

  it('replaces a section that would make it too large, and says so', () => {
    const large = { title: 'Large', body: html`<p>${'x'.repeat(pageLimit)}</p>` };
    const text = renderPage(passingBinary(), [large, { title: 'Small', body: html`<p>still here</p>` }]);
    expect(Buffer.byteLength(text)).toBeLessThan(pageLimit);
    expect(text).toContain('<h2>Large</h2><p class="note">Left out');
    expect(text).toContain('still here');
  });
});
