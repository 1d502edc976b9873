import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { needsBody, parseExpect, unmet } from './index.ts';

const answer = (body: string | Buffer, status = 200, contentEncoding = '') => ({
  head: { status, contentEncoding },
  isCut: false,
  body: () => Buffer.from(body),
});
const met = (text: string, body: string | Buffer, status = 200, coding = ''): boolean =>
  unmet(parseExpect(text), answer(body, status, coding)) === null;
const reason = (text: string, body: string, status = 200): string | undefined =>
  unmet(parseExpect(text), answer(body, status))?.();

describe('a status', () => {
  test.each([
    ['status < 400', 399, true],
    ['status < 400', 400, false],
    ['status <= 299', 299, true],
    ['status == 200', 201, false],
    ['status==201', 201, true],
    ['status != 500', 500, false],
    ['status >= 200', 200, true],
    ['status > 200', 200, false],
  ])('%s with %i: %s', (text, status, holds) => {
    expect(met(text, '', status)).toBe(holds);
  });
});

describe('a value of JSON', () => {
  const body = '{"outputs":[{"data":[0.25,0.75],"a.b":"x"}],"ok":true,"none":null,"n":"1"}';
  test.each([
    ['json($.ok) == true', true],
    ['json($.outputs[0].data[1]) > 0.5', true],
    ['json($.outputs[-1].data[-2]) == 0.25', true],
    ["json($['outputs'][0]['a.b']) == 'x'", true],
    ['json( $.outputs[0]["a.b"] ) == "x"', true],
    ['json($.none) == null', true],
    ['json($.n) == 1', false],
    ['json($.n) == "1"', true],
    ['json($.n) > 0', false],
    ['json($.missing) == null', false],
    ['json($.missing) != 3', false],
    ['json($.outputs.data) == 1', false],
    ['json($.toString) != 1', false],
    ['json($.outputs[7]) != 1', false],
  ])('%s: %s', (text, holds) => {
    expect(met(text, body)).toBe(holds);
  });

  test('is found in the document itself, and in a packed body', () => {
    expect(met('json($) == 3', '3')).toBe(true);
    expect(met('json($.a) == 1', gzipSync('{"a":1}'), 200, 'gzip')).toBe(true);
  });
});

test('text in the body', () => {
  expect(met('body contains all is well', 'so all is well.')).toBe(true);
  expect(met('body contains "a\\tb"', 'a\tb')).toBe(true);
  expect(met("body contains 'x'", 'y')).toBe(false);
});

test('all lines must hold', () => {
  const text = '# both\nstatus == 200\n\n  json($.ok) == true\n';
  expect(met(text, '{"ok":true}')).toBe(true);
  expect(met(text, '{"ok":false}')).toBe(false);
  expect(met(text, '{"ok":true}', 500)).toBe(false);
});

test('only what looks at the body needs it', () => {
  expect(needsBody(parseExpect('status < 400'))).toBe(false);
  expect(needsBody(parseExpect('status < 400\nbody contains x'))).toBe(true);
});

test.each([
  ['status < 400', '', 503, 'the status is 503, expected is status < 400'],
  ['json($.a) == 1', '{"a":2}', 200, 'the value is 2, expected is json($.a) == 1 (status 200)'],
  ['json($.a) == 1', '{}', 200, 'the body has no such value, expected is json($.a) == 1 (status 200)'],
  ['json($.a) == 1', '<html>', 502, 'the body is not JSON, expected is json($.a) == 1 (status 502)'],
  ['body contains x', 'y', 200, 'the body does not contain it, expected is body contains x (status 200)'],
])('%s says why not', (text, body, status, words) => {
  expect(reason(text, body, status)).toBe(words);
});

describe('a mistake', () => {
  test.each([
    ['status is 200', /here stands ==, !=/],
    ['status < 4000', /a status is a number from 100 to 599/],
    ['json(a.b) == 1', /a path begins with \$/],
    ['json($..a) == 1', /no `\*` and no `\.\.`/],
    ['json($.a[*]) == 1', /no `\*` and no `\.\.`/],
    ['json($.a[b]) == 1', /in brackets stands an index or a quoted name/],
    ['json($.a == 1', /after the path stands `\)`/],
    ['json($.a) == x', /a value is a number, true, false, null, or text in quotes/],
    ['json($.a) < "x"', /only numbers can be compared with </],
    ['body has x', /body contains text/],
    ['latency < 3', /this is no expectation; allowed: `status < 400`/],
  ])('%s', (text, message) => {
    expect(() => parseExpect(text)).toThrow(message);
  });

  test('is shown with a caret, and none hides another', () => {
    const parse = (): unknown => parseExpect('status < 400\njson($..a) == 1\nwhat');
    expect(parse).toThrow(/ {2}json\(\$\.\.a\) == 1\n {8}\^/);
    expect(parse).toThrow(/this is no expectation/);
  });
});
