import fc from 'fast-check';
import { expect, test } from 'vitest';
import { requestBytes } from '../load/client/index.ts';
import { readCorpus } from './corpus.ts';

const defaults = { method: null, headers: [] };
const url = new URL('http://127.0.0.1:8000/base');

/** Fields as people, generators and attackers write them. */
const field = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.jsonValue({ maxDepth: 1 }),
  fc.constantFrom('/a', '/a?b=c', '/a b', 'GET', 'post', '\r\nx: y', '/\u0000', '/ä', 0, -1, 1e308, null),
);
const line = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.json({ maxDepth: 2 }),
  fc
    .record(
      {
        method: field,
        path: field,
        headers: fc.oneof(field, fc.dictionary(fc.string({ maxLength: 8 }), field, { maxKeys: 3 })),
        body: field,
        weight: field,
        name: field,
      },
      { requiredKeys: [] },
    )
    .map((request) => JSON.stringify(request)),
);

test('whatever a corpus holds: mistakes with their lines, or requests that can be sent as they are', () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
      const { requests, problems } = readCorpus(lines.join('\n'), defaults);
      const count = lines.join('\n').split(/\r\n|\n|\r/).length;
      for (const { line: at, message } of problems) {
        expect(at).toBeGreaterThanOrEqual(1);
        expect(at).toBeLessThanOrEqual(count);
        expect(message).not.toBe('');
      }
      for (const request of requests) {
        expect(request.weight).toBeGreaterThan(0);
        expect(request.name.trim()).not.toBe('');
        // The generator refuses what would be two requests, or none.
        const head = Buffer.from(requestBytes({ ...request, body: null }, url)).toString('latin1');
        expect(head.split('\r\n\r\n')).toHaveLength(2);
        expect(head).toMatch(/^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \/base\S* HTTP\/1\.1\r\n/);
      }
    }),
    { numRuns: 2000, seed: 1 },
  );
});
