import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { buildResult, judge, serializeResult } from '../../../core/gate/index.ts';
import { perfCatalogue } from '../catalogue.ts';
import { checkOf } from '../duet/testing.ts';
import { openStored, storedComparison } from './open.ts';
import { current, estimateOf, storedRun } from './testing.ts';

const folder = mkdtempSync(join(tmpdir(), 'stored-run-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, text: string) {
  writeFileSync(join(folder, name), text);
  return { path: join(folder, name), shown: name };
}

const limit = checkOf('p95 < 1s');
const measurement = {
  metric: 'p95',
  selector: null,
  estimate: estimateOf(100, 2),
  baseline: null,
  contrast: null,
};

function documentOf(details: unknown, action = 'perf-gate'): string {
  const result = buildResult({
    action,
    id: '',
    subject: [{ name: 'run.hlog', digest: { sha256: 'ab'.repeat(32) } }],
    configuration: [],
    judged: [judge(limit, measurement, { confidence: 0.95 })],
    catalogue: perfCatalogue,
    metrics: {},
    undefinedMetrics: {},
    notices: [],
    startedAt: new Date(0),
    finishedAt: new Date(60_000),
    commit: null,
    run: null,
    details,
  });
  return serializeResult(result).text;
}

const { estimates } = storedRun();
const details = { ...current, estimates, baseline: null, health: { void: null } };
const options = { level: 0.95, estimate: () => estimateOf(200, 4) };
const check = checkOf('p95 <= baseline * 1.1');

describe('the document of an earlier run', () => {
  test('is compared with, where machine and load are the same', () => {
    const file = fileOf('same.json', documentOf(details));
    const { record, measure } = storedComparison(openStored(file), file, current);
    expect(record).toEqual({
      path: 'same.json',
      finished_at: '1970-01-01T00:01:00.000Z',
      comparable: true,
      remarks: [],
    });
    const { verdict } = judge(check, measure(check, options), { confidence: 0.95, unit: 'milliseconds' });
    expect(verdict).toBe('fail');
  });

  test('makes checks inconclusive where they differ, and says how', () => {
    const file = fileOf(
      'other.json',
      documentOf({ ...details, environment: { ...current.environment, cores: 64 } }),
    );
    const { record, measure } = storedComparison(openStored(file), file, current);
    expect(record).toMatchObject({ comparable: false, remarks: ['the number of cores was 64, and is 4'] });
    const judged = judge(check, measure(check, options), { confidence: 0.95, unit: 'milliseconds' });
    expect(judged.verdict).toBe('inconclusive');
    expect(judged.reason).toBe('the earlier run is not comparable: the number of cores was 64, and is 4');
    expect(judged.measurement.estimate).toMatchObject({ value: 200 });
  });
});

test.each([
  [
    'nothing there',
    { path: join(folder, 'none.json'), shown: 'none.json' },
    'baseline-path: none.json: there is no such file',
  ],
  ['text', fileOf('text.json', 'p95 = 3'), /^baseline-path: text.json: not JSON/],
  ['another document', fileOf('any.json', '{}'), /^baseline-path: any.json: not a gate result document/],
  [
    'the result of another gate',
    fileOf('drift.json', documentOf({}, 'drift-check')),
    'baseline-path: drift.json is a result of drift-check, not of perf-gate',
  ],
])('%s is an error that names the file', (_name, file, message) => {
  expect(() => openStored(file)).toThrow(message);
});
