/** Ports that stand for others. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Policy, PolicyPort } from './policy.ts';
import { portSamples } from './port-samples.ts';

const policy = (ports: readonly PolicyPort[]): Policy => ({
  name: 'a',
  namespace: 'ml',
  pods: undefined,
  ingress: [{ peers: null, ports }],
  egress: null,
});
const tcp = (port: number | string | null, endPort: number | null = null): PolicyPort => ({
  protocol: 'TCP',
  port,
  endPort,
});

test('what is named, both ends of ranges and what lies between, and one that nobody names', () => {
  const samples = portSamples(
    [policy([tcp(80), tcp(8443, 8999), tcp('http'), { protocol: 'UDP', port: 53, endPort: null }])],
    [{ port: 8500, protocol: 'TCP' }],
  );
  expect(samples.map(({ text }) => text)).toEqual([
    '8500',
    '8501',
    '80',
    '8443',
    '8999',
    'other ports',
    '53/UDP',
    'other ports of UDP',
    'other ports of SCTP',
  ]);
});

test('where all ports are named there are no others', () => {
  const texts = portSamples([policy([tcp(1, 65_535)])], []).map(({ text }) => text);
  expect(texts).toEqual(['1', '65535', 'other ports of UDP', 'other ports of SCTP']);
});

test('every port is in the same ranges as one of the samples', () => {
  const range = fc
    .tuple(fc.integer({ min: 1, max: 40 }), fc.nat(20))
    .map(([from, more]) => tcp(from, from + more));
  fc.assert(
    fc.property(fc.array(range, { maxLength: 5 }), fc.integer({ min: 1, max: 65_535 }), (ranges, port) => {
      const rangesOf = (one: number) =>
        ranges.map(({ port: from, endPort }) => Number(from) <= one && one <= (endPort ?? 0)).join();
      const samples = portSamples([policy(ranges)], []).filter(({ protocol }) => protocol === 'TCP');
      expect(samples.map((one) => rangesOf(one.port))).toContain(rangesOf(port));
    }),
  );
});
