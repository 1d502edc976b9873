import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { serializeResult } from '../../../core/gate/index.ts';
import { type Draw, resultOf } from '../testing.ts';

const folder = mkdtempSync(join(tmpdir(), 'perf-stored-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const usual =
  (times: number): Draw =>
  (random) => ({ latencyMs: 5 * times * Math.exp(random.normal() / 2) });

async function earlierRun(name: string, given: Readonly<Record<string, string>> = {}): Promise<string> {
  const result = await resultOf({ duration: '60s', ...given }, { draw: usual(1) }, folder);
  writeFileSync(join(folder, name), serializeResult(result).text);
  return name;
}

async function checkAgainst(baseline: string, threshold: string, times: number) {
  const given = { duration: '60s', thresholds: threshold, 'baseline-path': baseline };
  const { predicate } = await resultOf(given, { draw: usual(times) }, folder);
  return { check: predicate.gate.checks[0], stored: predicate.gate.details.stored };
}

test('a result document is the baseline of a later run', async () => {
  const baseline = await earlierRun('earlier.json');
  const { check, stored } = await checkAgainst(baseline, 'p95 <= baseline * 1.1', 2);
  expect(stored).toMatchObject({ path: 'earlier.json', comparable: true });
  // p95 is 5 exp(1.645 / 2) = 11.4 ms of the one, twice that of the other.
  expect(check?.verdict).toBe('fail');
  expect(check?.baseline).toBeGreaterThan(10);
  expect(check?.baseline).toBeLessThan(13);
  const same = await checkAgainst(baseline, 'p95 <= baseline * 1.6', 1);
  expect(same.check?.verdict).toBe('pass');
});

test('of another rate it is none, and the check says so', async () => {
  const baseline = await earlierRun('faster.json', { rate: '20/s' });
  const { check, stored } = await checkAgainst(baseline, 'p95 <= baseline * 1.1', 2);
  expect(stored?.remarks).toEqual(['the load was 20/s for 60 s, and is 50/s for 60 s']);
  expect(check?.verdict).toBe('inconclusive');
  expect(check?.reason).toBe(
    'the earlier run is not comparable: the load was 20/s for 60 s, and is 50/s for 60 s',
  );
});
