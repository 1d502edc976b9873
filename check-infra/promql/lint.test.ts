/** Each kind of mistake, as somebody would make it, and the words that help. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { knowledgeOfFolder, lintPromql } from './index.ts';
import { known, mistakes, nobody } from './testing-mistakes.ts';

describe('with a contract', () => {
  test.each(mistakes)('%s is %s', (text, name, says, mend) => {
    const found = lintPromql(text, known).mistakes.filter((one) => one.name === name);
    expect(found, JSON.stringify(lintPromql(text, known).mistakes)).toHaveLength(1);
    expect(found[0]?.message).toMatch(says);
    expect(found[0]?.mend).toMatch(mend);
  });

  test('one mistake is told once: what follows from it is not', () => {
    const { mistakes: found } = lintPromql('sum by (code) (rate(app_requests_total{code="500"}[5m]))', known);
    expect(found.map(({ name }) => name)).toEqual(['promql-unknown-label']);
  });

  test('the part that is wrong is shown as it is written, variables of Grafana too', () => {
    const { mistakes: found } = lintPromql(
      'sum(rate(model_accuracy{model=~"$model"}[$__rate_interval])) > 0',
      known,
    );
    expect(found.map(({ part }) => part)).toEqual([
      'rate(model_accuracy{model=~"$model"}[$__rate_interval])',
    ]);
  });

  test('a wrong expression is one with variables beside it, too; one that a variable makes wrong is not', () => {
    expect(lintPromql('sum by ($by) (model_accuracy))', known).mistakes.map(({ name }) => name)).toEqual([
      'promql-syntax',
    ]);
    expect(lintPromql('sum($function(model_accuracy)', known).mistakes).toEqual([]);
  });

  test('series of a rule come when rules are computed, not when targets are asked', () => {
    const text = 'max_over_time(job:app_requests:rate5m[10s]) and deriv(job:app_requests:rate5m[10s]) > 0';
    expect(lintPromql(text, known).mistakes).toEqual([]);
    expect(lintPromql('rate(app_requests_total[16s])', known).mistakes).toEqual([]);
    expect(lintPromql('rate(app_requests_total[$__interval])', known).mistakes).toEqual([]);
  });

  test('a job that is like none in the folder may be that of another Prometheus', () => {
    for (const job of ['app-api', 'machines', 'kube-state-metrics', '$job'])
      expect(lintPromql(`up{job="${job}"} == 0`, known).mistakes).toEqual([]);
  });

  test('a counter may be recorded as it is', () => {
    expect(lintPromql('sum by (job) (app_requests_total)', known, 'recorded').mistakes).toEqual([]);
  });
});

describe('without a contract', () => {
  test.each([
    ['http_errors_total > 5', 'promql-raw-counter'],
    ['histogram_quantile(0.9, http_duration_seconds_bucket)', 'promql-quantile-without-rate'],
    ['histogram_quantile(0.9, sum(rate(http_duration_seconds_bucket[5m])))', 'promql-quantile-without-le'],
    ['sum(a_total) / sum(b_total)', 'promql-raw-counter'],
  ] as const)('what the name promises is enough: %s is %s', (text, name) => {
    expect(lintPromql(text, nobody).mistakes.map((one) => one.name)).toContain(name);
  });

  test.each([
    'rate(queue_length[5m])',
    'whatever{anything="x"} > 5',
    'a / b',
    'x_count > 5',
    'x{quantile="0.9"} > 1',
  ])('what only the author can know is let be: %s', (text) => {
    expect(lintPromql(text, nobody).mistakes).toEqual([]);
  });

  test('a histogram is known by its buckets, wherever they are asked for', () => {
    const expr = 'histogram_quantile(0.9, sum by (le) (rate(x_bucket[5m])))';
    const folder = [{ place: 'r.yml', value: { groups: [{ name: 'g', rules: [{ record: 'a:b', expr }] }] } }];
    const learned = knowledgeOfFolder({ rules: folder, dashboards: [], scrapes: [], contract: null });
    expect(lintPromql('x{quantile="0.9"} > 1', learned).mistakes.map(({ name }) => name)).toEqual([
      'promql-quantile-on-histogram',
    ]);
  });
});

describe('whatever is written', () => {
  test('the lint comes to an end', () => {
    const piece = fc.constantFrom(
      ...'sum by on ( ) { } [ ] , = =~ > and unless group_left offset @ " \' ` $ ${ $__rate_interval 5m 1 a_total le rate # - *'.split(
        ' ',
      ),
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(' ')),
    );
    fc.assert(
      fc.property(text, (written) => {
        for (const { message, mend } of lintPromql(written, known).mistakes) {
          expect(message).not.toBe('');
          expect(mend).not.toBe('');
        }
      }),
      { seed: 1, numRuns: 2_000 },
    );
  });

  test('also of what is nested deeper than anybody would, and of a long sum', () => {
    const nested = (depth: number): string => `${'sum('.repeat(depth)}up${')'.repeat(depth)}`;
    expect(lintPromql(nested(500), known).mistakes).toEqual([]);
    expect(lintPromql(nested(5_000), known).mistakes.map(({ name }) => name)).toEqual(['promql-syntax']);
    const long = Array.from({ length: 300 }, () => 'sum(up)').join(' + ');
    expect(lintPromql(long, known).mistakes).toEqual([]);
  });
});
