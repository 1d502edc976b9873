import { expect, test } from 'vitest';
import type { Config } from './config.ts';
import { configNotices } from './config-notices.ts';

const target = { kind: 'ecs' } as Config['target'];
const base = { analysis: null, rollback: true, maxScanSeverity: null, target } as const;
const analysis = { prometheusUrl: new URL('http://prometheus:9090'), lines: [] };
const canary = { strategy: 'canary', unchanged: false };

test('an analysis that cannot stop a shift of traffic is told', () => {
  const settings = { ...base, analysis, rollback: false };
  expect(configNotices(settings, canary, null)).toEqual([expect.stringMatching(/ECS goes on shifting/)]);
  expect(configNotices({ ...settings, rollback: true }, canary, null)).toEqual([]);
  expect(configNotices({ ...settings, analysis: null }, canary, null)).toEqual([]);
  expect(configNotices(settings, { ...canary, strategy: 'rolling' }, null)).toEqual([]);
  expect(configNotices(settings, { ...canary, unchanged: true }, null)).toEqual([]);
  expect(
    configNotices({ ...settings, target: { kind: 'kubernetes' } as Config['target'] }, canary, null),
  ).toEqual([]);
});

test('findings that nobody has rated are told where findings count', () => {
  const scan = {
    kind: 'basic',
    counts: { undefined: 2, untriaged: 1, low: 4 },
    gravest: [],
    finishedAt: null,
  };
  expect(configNotices({ ...base, maxScanSeverity: 'high' }, canary, scan)).toEqual([
    expect.stringMatching(/^3 findings of the image scan passed without a severity/),
  ]);
  expect(configNotices(base, canary, scan)).toEqual([]);
});

test('a bound on findings that nothing is above is told', () => {
  expect(configNotices({ ...base, maxScanSeverity: 'critical' }, canary, null)).toEqual([
    expect.stringMatching(/critical` stops nothing/),
  ]);
  expect(configNotices({ ...base, maxScanSeverity: 'high' }, canary, null)).toEqual([]);
});
