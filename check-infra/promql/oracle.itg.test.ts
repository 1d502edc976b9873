/**
 * What the lint says of an expression, Prometheus itself shows: what is refused does not load, what can never match is
 * empty over series of the contract, what is ambiguous is an error, and what is right gives series.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProcess } from '../../scripts/tools/process.ts';
import { ensurePromtool } from '../../scripts/tools/promtool.ts';
import { contract, mistakes, rules } from './testing-mistakes.ts';
import { mixins, right, rightContract, wellKnown } from './testing-right.ts';

const folder = mkdtempSync(join(tmpdir(), 'promql-'));
let promtool: string;

beforeAll(async () => {
  promtool = (await ensurePromtool()).promtool;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(command: string, file: unknown): Promise<{ code: number | null; said: string }> {
  const path = join(folder, 'file.json');
  // JSON is YAML.
  writeFileSync(path, JSON.stringify(file));
  const args = [...command.split(' '), path];
  const { code, stdout, stderr } = await runProcess(promtool, args, { cwd: folder, timeoutMs: 60_000 });
  return { code, said: `${stdout}\n${stderr}` };
}

function ruleFile(...expressions: readonly string[]): unknown {
  const all = expressions.map((expr, index) => ({ record: `a:b${index}`, expr }));
  return { groups: [{ name: 'g', rules: all }] };
}

/** Values that expressions name. */
const valuesOf: Readonly<Record<string, readonly string[]>> = {
  code: ['200', '500'],
  method: ['POST', 'GET'],
};

/** Two series of each label's values, from two instances; counters go up by one a second, gauges are a half. */
function seriesOf({ metrics }: typeof contract): { series: string; values: string }[] {
  return metrics.flatMap(({ name, type, labels, buckets }) => {
    const pairs = [0, 1].flatMap((which) =>
      ['x', 'y'].map((instance) => {
        // Of an info metric each target has one.
        const index = name.endsWith('_info') ? Number(instance === 'x') : which;
        const own = labels.map((label) => `,${label}="${(valuesOf[label] ?? ['a', 'b'])[index]}"`);
        return `job="j",instance="${instance}"${own.join('')}`;
      }),
    );
    const of = (suffix: string, more: string, values: string): { series: string; values: string }[] =>
      [...new Set(pairs)].map((pair) => ({ series: `${name}${suffix}{${pair}${more}}`, values }));
    if (type === 'gauge') return of('', '', '0.5x200');
    if (type === 'counter') return of('', '', '0+60x200');
    const counted = [...of('_sum', '', '0+30x200'), ...of('_count', '', '0+60x200')];
    if (type === 'summary') return [...counted, ...of('', ',quantile="0.99"', '0.5x200')];
    if (buckets === undefined)
      return of(
        '',
        '',
        '{{schema:0 sum:1 count:2 buckets:[1 1]}}+{{schema:0 sum:1 count:2 buckets:[1 1]}}x200',
      );
    return [
      ...counted,
      ...[...buckets, '+Inf'].flatMap((bound) => of('_bucket', `,le="${bound}"`, '0+60x200')),
    ];
  });
}

const others = ['up{job="j",instance="x"}', 'up{job="j",instance="y"}'].map((series) => ({
  series,
  values: '1x200',
}));

async function evaluate(
  of: typeof contract,
  tests: readonly { expr: string; exp_samples: unknown[] }[],
): Promise<{ code: number | null; said: string }> {
  writeFileSync(join(folder, 'rules.json'), JSON.stringify(rules[0]?.value));
  return await run('test rules', {
    rule_files: ['rules.json'],
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: [...seriesOf(of), ...others],
        promql_expr_test: tests.map((one) => ({ ...one, eval_time: '30m' })),
      },
    ],
  });
}

const refused = mistakes.filter(([, name]) => name === 'promql-syntax' || name === 'promql-type');
const empty = mistakes.filter(([text, name]) => {
  // Of these a part alone is empty, or 0.
  if (/ or vector\(0\)|le=~"0\.1\|| bool /.test(text)) return false;
  if (name === 'promql-unknown-label') return text.includes('{');
  if (name === 'promql-unmatched-vectors') return !text.includes(' unless ');
  return (
    name === 'promql-unknown-metric' ||
    name === 'promql-unknown-bucket' ||
    name === 'promql-unknown-job' ||
    name === 'promql-never-true' ||
    name === 'promql-quantile-on-histogram' ||
    name === 'promql-quantile-without-le'
  );
});
const ambiguous = mistakes.filter(([, name]) => name === 'promql-ambiguous-vectors');

test.each(refused)('Prometheus refuses %s', async (text) => {
  const { code, said } = await run('check rules', ruleFile(text));
  expect(said).toMatch(/parse|expected|unknown function|unexpected|unclosed|must|not allowed/i);
  expect(code).not.toBe(0);
});

test('and nothing else', async () => {
  const loaded = mistakes.filter((one) => !refused.includes(one)).map(([text]) => text);
  expect(loaded.length).toBeGreaterThan(20);
  const { code, said } = await run('check rules', ruleFile(...loaded));
  expect(code, said).toBe(0);
});

test('what can never match is empty', async () => {
  expect(empty.length).toBeGreaterThan(12);
  const { code, said } = await evaluate(
    contract,
    empty.map(([expr]) => ({ expr, exp_samples: [] })),
  );
  expect(code, said).toBe(0);
});

test.each(ambiguous)('%s is an error', async (expr) => {
  const { code, said } = await evaluate(contract, [{ expr, exp_samples: [] }]);
  expect(said).toMatch(/many-to-many matching not allowed|multiple matches for labels|duplicate series/);
  expect(code).not.toBe(0);
});

test('what is right gives series', async () => {
  const told = right.filter((text) => !text.startsWith('absent'));
  const { code, said } = await evaluate(
    rightContract,
    told.map((expr) => ({ expr: `count(${expr}) > bool 0`, exp_samples: [{ labels: '{}', value: 1 }] })),
  );
  expect(code, said).toBe(0);
});

test('what is well known loads, but for what Grafana fills in and for what is a range', async () => {
  const filled = wellKnown.filter((text) => !/[$]|\[\[|\]$/.test(text) && !/limit_ratio/.test(text));
  const loaded = [...filled, ...mixins];
  expect(loaded.length).toBeGreaterThan(80);
  const { code, said } = await run('check rules', ruleFile(...loaded));
  expect(code, said).toBe(0);
});
