import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { judge } from './judge.ts';
import schema from './result.schema.json' with { type: 'json' };
import { buildResult, parseResult, type ResultParts, serializeResult } from './result.ts';
import { testCatalogue } from './testing.ts';
import { parseThresholds } from './thresholds.ts';
import type { Estimate, GateResult, Interval } from './types.ts';
import { validateResult } from './validate-result.ts';

const digest = { sha256: 'a'.repeat(64) };
const interval: Interval = { level: 0.95, low: 0.88, high: 0.93, method: 'wilson' };
const of = (value: number, n = 500): Estimate => ({ defined: true, value, interval: { ...interval }, n });

function parts(
  lines: string,
  values: Readonly<Record<string, Estimate>>,
): ResultParts<Record<string, unknown>> {
  const { checks, problems } = parseThresholds(lines, testCatalogue, { input: 'thresholds' });
  expect(problems).toEqual([]);
  return {
    action: 'validate-model',
    id: 'nightly',
    subject: [{ name: 'model.onnx', digest }],
    configuration: [{ name: 'data.csv', digest: { sha256: 'b'.repeat(64) } }],
    judged: checks.map((check) => {
      const measurement = {
        metric: check.metric,
        selector: check.selector,
        estimate: values[check.metric] ?? of(0.9),
        baseline: null,
        contrast: null,
      };
      return judge(check, measurement, { confidence: 0.95 });
    }),
    catalogue: testCatalogue,
    metrics: { accuracy: 0.9, roc_auc: null },
    undefinedMetrics: { roc_auc: 'one class only' },
    notices: ['label column guessed'],
    startedAt: new Date('2026-01-02T03:04:05Z'),
    finishedAt: new Date('2026-01-02T03:04:06Z'),
    commit: 'c'.repeat(40),
    run: { id: 7, attempt: 1, url: 'https://github.com/o/r/actions/runs/7' },
    details: {
      roc: [
        [0, 0.5],
        [1, 1],
      ],
      nothing: {},
      none: [],
    },
  };
}

const passing = () => buildResult(parts('accuracy >= 0.85\nf1(macro) >= 0.8 at 95%', {}));

/** The document with one field replaced, by path. */
function changed(path: string, value: unknown, start: unknown = passing()): unknown {
  const copy = structuredClone(start) as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const parent = keys.reduce((each, key) => each[key] as Record<string, unknown>, copy);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}

describe('the document', () => {
  test('a pass is PASSED, and says all of each check', () => {
    const result = passing();
    expect(validateResult(result)).toEqual([]);
    expect(result.predicate).toMatchObject({
      result: 'PASSED',
      url: 'https://github.com/o/r/actions/runs/7',
      passedTests: ['accuracy >= 0.85', 'f1(macro) >= 0.8 at 95%'],
      warnedTests: [],
      failedTests: [],
    });
    expect(result.predicate.gate.checks[1]).toEqual({
      id: 'f1(macro) >= 0.8 at 95%',
      metric: 'f1',
      selector: 'macro',
      severity: 'fail',
      unit: 'ratio',
      value: 0.9,
      interval,
      threshold: 0.8,
      condition: '>= 0.8 at 95%',
      baseline: null,
      difference: null,
      n: 500,
      verdict: 'pass',
      reason: '95% interval [0.88, 0.93] lies at or above 0.8',
    });
  });

  test.each<
    [
      string,
      Readonly<Record<string, Estimate>>,
      GateResult['predicate']['result'],
      string,
      string[],
      string[],
    ]
  >([
    ['accuracy >= 0.85\nwarn: rmse < 1', { rmse: of(2) }, 'WARNED', 'pass', ['warn: rmse < 1'], []],
    [
      'accuracy >= 0.95\nwarn: rmse < 1',
      { rmse: of(2) },
      'FAILED',
      'fail',
      ['warn: rmse < 1'],
      ['accuracy >= 0.95'],
    ],
    ['accuracy >= 0.9 at 95%', {}, 'FAILED', 'inconclusive', [], ['accuracy >= 0.9 at 95%']],
    [
      'accuracy >= 0',
      { accuracy: { defined: false, reason: 'no rows', n: 0 } },
      'FAILED',
      'inconclusive',
      [],
      ['accuracy >= 0'],
    ],
  ])('%j', (lines, values, result, verdict, warned, failed) => {
    const document = buildResult(parts(lines, values));
    expect(validateResult(document)).toEqual([]);
    expect(document.predicate).toMatchObject({
      result,
      warnedTests: warned,
      failedTests: failed,
      gate: { verdict },
    });
  });

  test('against a baseline the threshold is the number that the bound came to', () => {
    const base = parts('p99 <= baseline * 1.1', {});
    const [judged] = base.judged;
    if (judged === undefined) throw new Error('one check');
    const measurement = {
      ...judged.measurement,
      estimate: of(105),
      baseline: of(100),
      contrast: { ...of(-5), interval: null },
      notes: ['n'],
    };
    const result = buildResult({
      ...base,
      judged: [judge(judged.check, measurement, { confidence: 0.95, unit: 'milliseconds' })],
    });
    expect(validateResult(result)).toEqual([]);
    const [check] = result.predicate.gate.checks;
    expect(check).toMatchObject({
      baseline: 100,
      difference: { value: -5, interval: null },
      verdict: 'pass',
      notes: ['n'],
    });
    expect(check?.threshold).toBeCloseTo(110, 10);
  });
});

describe('validation', () => {
  test.each<[string, unknown, RegExp]>([
    ['_type', 'x', /\/_type must be "https:\/\/in-toto.io\/Statement\/v1"/],
    ['extra', 1, /unknown field `extra`/],
    ['subject', [], /\/subject must NOT have fewer than 1 items/],
    ['subject.0.digest.sha256', 'xyz', /sha256 must match pattern/],
    ['predicate.result', 'FAILED', /\/predicate\/result must be one of PASSED, WARNED/],
    ['predicate.result', 'WARNED', /warnedTests must NOT have fewer/],
    ['predicate.passedTests', ['accuracy >= 0.85'], /passedTests disagrees/],
    ['predicate.failedTests', ['x'], /failedTests must NOT have more than 0/],
    ['predicate.configuration', undefined, /\/predicate lacks `configuration`/],
    ['predicate.gate.checks', [], /checks must NOT have fewer than 1/],
    ['predicate.gate.checks.0.value', null, /checks\/0\/value must be number/],
    ['predicate.gate.checks.0.value', Number.NaN, /checks\/0\/value is NaN, which JSON cannot hold/],
    ['predicate.gate.checks.0.n', 0, /checks\/0\/n must be >= 1/],
    ['predicate.gate.checks.0.interval.low', 0.99, /low end above its high end/],
    ['predicate.gate.checks.0.interval.level', 95, /level must be < 1/],
    ['predicate.gate.checks.0.verdict', 'fail', /verdict is pass, but the checks amount to fail/],
    ['predicate.gate.checks.1.id', 'accuracy >= 0.85', /repeats an id/],
    ['predicate.gate.checks.0.surprise', 1, /unknown field `surprise`/],
    ['predicate.gate.metrics.roc_auc', 0.5, /undefinedMetrics must give a reason/],
    ['predicate.gate.metrics.f1', null, /undefinedMetrics must give a reason/],
    ['predicate.gate.metrics.f1', Number.POSITIVE_INFINITY, /metrics\/f1 is Infinity/],
    ['predicate.gate.details.list', [1, Number.NaN], /details\/list\/1 is NaN/],
    ['predicate.gate.details.list', new Float64Array(2), /typed array/],
    ['predicate.gate.startedAt', 'yesterday', /startedAt must match format "date-time"/],
    ['predicate.gate.finishedAt', '2025-01-01T00:00:00Z', /finishedAt is before startedAt/],
    ['predicate.gate.commit', 'main', /commit must match pattern/],
    ['predicate.gate.run.url', 'javascript:alert(1)', /run\/url must match pattern/],
    ['predicate.gate.id', '../x', /gate\/id must match pattern/],
  ])('%s = %j', (path, value, message) => {
    expect(validateResult(changed(path, value)).join('\n')).toMatch(message);
  });

  test.each([null, 1, 'x', [], undefined])('%j is no result', (document) => {
    expect(validateResult(document).length).toBeGreaterThan(0);
  });

  test('every object of the schema but `details` and the metric tables is closed', () => {
    const open: string[] = [];
    const visit = (value: unknown, path: string): void => {
      if (value === null || typeof value !== 'object') return;
      if ('type' in value && value.type === 'object' && !('additionalProperties' in value)) open.push(path);
      for (const [key, item] of Object.entries(value)) visit(item, `${path}/${key}`);
    };
    visit(schema, '');
    expect(open).toEqual(['/$defs/gate/properties/details']);
  });
});

describe('serializing', () => {
  test('the digest is of the bytes, the bytes are the document', () => {
    const result = passing();
    const { text, digest: found } = serializeResult(result);
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(result)));
    expect(found).toBe(`sha256:${createHash('sha256').update(Buffer.from(text)).digest('hex')}`);
    expect(serializeResult(structuredClone(result))).toEqual({ text, digest: found });
    expect(text).toContain('        "roc": [\n          [0, 0.5],\n          [1, 1]\n        ]');
  });

  test('a document that contradicts itself is not written', () => {
    expect(() => serializeResult(changed('predicate.gate.verdict', 'fail') as GateResult)).toThrow(
      /the result document is not valid/,
    );
    expect(() => serializeResult(buildResult(parts('', {})))).toThrow(/fewer than 1/);
  });
});

describe('reading', () => {
  test('what was written is read back', () => {
    const result = passing();
    expect(parseResult(serializeResult(result).text, 'base.json')).toEqual({ ok: true, result });
  });

  test.each([
    ['{', /^base.json: not JSON: /],
    ['{}', /^base.json: not a gate result document: the document lacks `_type`/],
    ['null', /^base.json: not a gate result document: /],
  ])('%s', (text, message) => {
    const reading = parseResult(text, 'base.json');
    expect(reading.ok ? '' : reading.message).toMatch(message);
  });
});
