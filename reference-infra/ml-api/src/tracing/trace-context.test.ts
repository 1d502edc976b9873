import { expect, test } from 'vitest';
import { makeSpanId, makeTraceId, parseTraceparent } from './trace-context.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';

// The cases of the standard's own test suite, in its order: https://github.com/w3c/trace-context/tree/main/test
test.each([
  [`00-${traceId}-${spanId}-01`, true],
  [`00-${traceId}-${spanId}-00`, false],
  [`00-${traceId}-${spanId}-ff`, true],
  [` 00-${traceId}-${spanId}-01 `, true],
  [`cc-${traceId}-${spanId}-01-what-the-future-will-be-like`, true],
  [`cc-${traceId}-${spanId}-01`, true],
])('%s is a parent', (header, sampled) => {
  expect(parseTraceparent(header)).toEqual({ traceId, spanId, sampled });
});

test.each([
  undefined,
  '',
  'nonsense',
  `00-${traceId}-${spanId}`,
  `00-${traceId}-${spanId}-01-more`,
  `00-${traceId}-${spanId}-01.more`,
  `cc-${traceId}-${spanId}-01.what-the-future`,
  `ff-${traceId}-${spanId}-01`,
  `00-${'0'.repeat(32)}-${spanId}-01`,
  `00-${traceId}-${'0'.repeat(16)}-01`,
  `00-${traceId.toUpperCase()}-${spanId}-01`,
  `00-${traceId.slice(1)}-${spanId}-01`,
  `00-${traceId}-${spanId}-x1`,
])('%s begins a new trace', (header) => expect(parseTraceparent(header)).toBeNull());

test('new ids are hexadecimal and never the same', () => {
  const ids = Array.from({ length: 2_000 }, makeTraceId);
  expect(new Set(ids).size).toBe(2_000);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
  expect(makeSpanId()).toMatch(/^[0-9a-f]{16}$/);
});
