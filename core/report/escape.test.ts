import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostileTexts } from '../../test/support/gate-samples.ts';
import { decode, readXml } from '../../test/support/strict-xml.ts';
import {
  escapeCommandData,
  escapeCommandProperty,
  escapeHtml,
  escapeMarkdown,
  escapeTerminal,
  markdownCode,
  shorten,
  visible,
} from './escape.ts';
import { html } from './markup.ts';

/** Any UTF-16, lone surrogates included, rich in the characters that mean something somewhere. */
const anyText = fc.oneof(
  fc.constantFrom(...hostileTexts),
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.oneof(
        fc.constantFrom(
          ...'<>&"\'`|[]()#@:%,\\*_~!-+.=\r\n\t\u0000\u001b\u0085\u202e\u2066\u200b\ufeff\ud800\udc00',
        ),
        fc.constantFrom(
          '::error::',
          '##[',
          '<!--',
          '-->',
          'www.',
          'https://',
          'GH-1',
          '1. ',
          '&#60;',
          'abcdef1234567',
        ),
        fc.string({ maxLength: 3 }),
      ),
      { maxLength: 30 },
    )
    .map((parts) => parts.join('')),
);

const hiddenCharacters = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;

describe('visible', () => {
  it.each([
    ['safe\u202etxt.exe', 'safe‹U+202E›txt.exe'],
    ['a\u200bb\ufeff', 'a‹U+200B›b‹U+FEFF›'],
    ['\u001b[31m', '‹U+001B›[31m'],
    ['one\r\ntwo\nthree\rfour', 'one↵two↵three↵four'],
    ['\ud800', '\ufffd'],
    ['naïve 日本語 😀', 'naïve 日本語 😀'],
  ])('%j is shown as %j', (text, shown) => expect(visible(text)).toBe(shown));

  it('leaves nothing hidden', () =>
    fc.assert(
      fc.property(anyText, (text) => {
        expect(visible(text)).not.toMatch(hiddenCharacters);
        expect(visible(text).isWellFormed()).toBe(true);
      }),
    ));
});

describe('shorten', () => {
  it('keeps both ends and says how long the text was', () => {
    const short = shorten(`begin${'x'.repeat(10_000)}end`, 60);
    expect(short).toMatch(/^beginx+…x+end \(10,008 characters\)$/);
    expect(short.length).toBeLessThanOrEqual(60);
  });
  it('leaves a text alone that fits', () => expect(shorten('abc', 3)).toBe('abc'));
});

describe('HTML', () => {
  it('data never becomes a tag or ends an attribute, and reads back as it was shown', () =>
    fc.assert(
      fc.property(anyText, (text) => {
        const { elements, text: read } = readXml(html`<p title="${text}">${text}</p>`.text);
        expect(elements.map((element) => element.name)).toEqual(['p']);
        expect(read).toBe(visible(text));
        expect(elements[0]?.attributes.get('title')).toBe(visible(text));
      }),
    ));
  it('escapes every character that HTML reads', () =>
    expect(escapeHtml('<a href="x" id=\'y\'>&')).toBe('&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;'));
});

describe('Markdown', () => {
  it('leaves only letters, blanks, harmless signs, entities and empty comments', () =>
    fc.assert(
      fc.property(anyText, (text) => {
        const rest = escapeMarkdown(text)
          .replace(/&#\d+;/g, 'ⓔ')
          .replaceAll('<!-- -->', '');
        expect(rest).not.toMatch(/[!"#$&*+<=>?@[\\\]^_`{|}~\r\n]/);
        expect(rest).not.toMatch(/^(?:\d+[.)]|-)(?:\s|$)/);
        expect(rest).not.toMatch(/www\.|:\/\//i);
      }),
    ));
  it('reads as it was', () =>
    fc.assert(
      fc.property(anyText, (text) => {
        expect(decode(escapeMarkdown(text).replaceAll('<!-- -->', ''))).toBe(visible(text).trim());
      }),
    ));
  it('splits mentions, issue references and commit ids, which GitHub finds in rendered text', () => {
    const shown = decode(escapeMarkdown('@org/team #12 GH-12 org/repo#1 deadbeef123'));
    expect(shown).toBe('@<!-- -->org/team #<!-- -->12 GH-<!-- -->12 org/repo#<!-- -->1 deadbe<!-- -->ef123');
  });
  it('keeps numbers and sentences readable in the source', () => {
    const sentence =
      'accuracy is -0.022 below the baseline (95% interval 0.003 to 0.043), more than 0.01 allowed.';
    expect(escapeMarkdown(sentence)).toBe(sentence);
  });
  it('inline code holds neither a backtick nor a pipe of its own, and no comment marker', () =>
    fc.assert(
      fc.property(anyText, (text) => {
        const code = markdownCode(text);
        const inside = /^`([^`]*)`$/.exec(code)?.[1] ?? /^<code>(.*)<\/code>$/.exec(code)?.[1];
        expect(inside).toBeDefined();
        expect(inside).not.toMatch(/[`|\r\n]|<!--\s*ml-gates/);
      }),
    ));
});

describe('workflow commands', () => {
  it('data stays on one line and reads back as the runner decodes it', () =>
    fc.assert(
      fc.property(anyText, (text) => {
        const written = escapeCommandData(text);
        expect(written).not.toMatch(/[\r\n]/);
        const read = written.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
        expect(read).toBe(text.toWellFormed());
      }),
    ));
  it('a property cannot begin another property or end the properties', () =>
    fc.assert(
      fc.property(anyText, (text) => {
        expect(escapeCommandProperty(text)).not.toMatch(/[\r\n,]|:/);
      }),
    ));
});

describe('terminal', () => {
  it('no line of data is a command to a terminal or a runner', () =>
    fc.assert(
      fc.property(anyText, (text) => {
        const line = escapeTerminal(text);
        expect(line).not.toMatch(hiddenCharacters);
        expect(line.trimStart().startsWith('::')).toBe(false);
        expect(line).not.toContain('##[');
      }),
    ));
});
