/**
 * What the lint knows of the labels of an expression, against what a real Prometheus gives: no label is there that it says
 * cannot be, none is missing that it says is certain, and what it says can never match is empty.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensurePrometheus } from '../../scripts/tools/prometheus.ts';
import { freePort, type RunningServer, startServer } from '../../test/support/server-process.ts';
import { knowledgeOfFolder, lintPromql } from './index.ts';
import { canHave, hasAlways } from './labels.ts';
import { randomContract, randomExpressions } from './testing-random.ts';

const folder = mkdtempSync(join(tmpdir(), 'promql-random-'));
const end = Math.floor(Date.now() / 1000) - 3_600;
let server: RunningServer | undefined;
let url: string;

beforeAll(async () => {
  const { prometheus, promtool } = await ensurePrometheus();
  const samples = join(folder, 'samples.txt');
  writeFileSync(samples, openMetrics());
  const store = join(folder, 'tsdb');
  execFileSync(promtool, ['tsdb', 'create-blocks-from', 'openmetrics', samples, store], { stdio: 'ignore' });
  const configuration = join(folder, 'prometheus.yml');
  writeFileSync(configuration, 'scrape_configs: []\n');
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  server = await startServer({
    command: prometheus,
    args: [
      `--config.file=${configuration}`,
      `--storage.tsdb.path=${store}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    env: { PATH: process.env.PATH },
    cwd: folder,
    readyUrl: `${url}/-/ready`,
  });
});
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Each label with two values, from two instances; the second of a series is another number. */
function openMetrics(): string {
  const lines: string[] = [];
  for (const { name, type, labels, buckets, freshness } of randomContract.metrics) {
    const instances = freshness === undefined ? ['x', 'y'] : [''];
    const add = (suffix: string, more: string): void => {
      for (const instance of instances) {
        for (const value of ['a', 'b']) {
          const own = labels.map((label) => `,${label}="${value}"`).join('');
          const from = instance === '' ? '' : `,instance="${instance}"`;
          for (let step = 0; step <= 10; step += 1) {
            const number = type === 'gauge' ? (value === 'a' ? 0.5 : 3) : step * (value === 'a' ? 60 : 90);
            lines.push(`${name}${suffix}{job="a"${from}${own}${more}} ${number} ${end - 600 + step * 60}`);
          }
        }
      }
    };
    if (type !== 'histogram') add('', '');
    else {
      for (const bound of [...(buckets ?? []), '+Inf']) add('_bucket', `,le="${bound}"`);
      for (const suffix of ['_sum', '_count']) add(suffix, '');
    }
  }
  return `${lines.join('\n')}\n# EOF\n`;
}

interface Answer {
  readonly series: readonly Readonly<Record<string, string>>[];
  readonly error: string | null;
}

async function ask(query: string): Promise<Answer> {
  const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query, time: `${end}` })}`);
  const answer = (await response.json()) as {
    data?: { result: { metric: Record<string, string> }[] };
    error?: string;
  };
  return { series: answer.data?.result.map(({ metric }) => metric) ?? [], error: answer.error ?? null };
}

const knowledge = knowledgeOfFolder({
  rules: [],
  dashboards: [],
  scrapes: [{ value: {} }],
  contract: randomContract,
});

test('the labels of 1500 random expressions are what was inferred', async () => {
  const wrong: string[] = [];
  const counts = { series: 0, matched: 0, unmatched: 0, refused: 0 };
  for (const text of randomExpressions(1_500, 20_261_130)) {
    const { mistakes, value } = lintPromql(text, knowledge, 'recorded');
    const { series, error } = await ask(text);
    const names = new Set(mistakes.map(({ name }) => name));
    const isRefused = names.has('promql-syntax') || names.has('promql-type');
    if (isRefused) wrong.push(`${text}: ${JSON.stringify(mistakes)}`);
    if (error !== null) {
      counts.refused += 1;
      if (!/many-to-many|multiple matches|duplicate|same labelset/.test(error))
        wrong.push(`${text}: ${error}`);
      continue;
    }
    for (const { name, message, part } of mistakes) {
      // `unless` leaves out nothing then; a part that is cut short cannot be asked for.
      if (name !== 'promql-unmatched-vectors' || message.includes('of unless') || part.endsWith('…'))
        continue;
      counts.unmatched += 1;
      const alone = await ask(part);
      if (alone.series.length > 0) wrong.push(`${part} is not empty: ${JSON.stringify(alone.series)}`);
    }
    if (value.type !== 'vector') continue;
    for (const { __name__: _, ...labels } of series) {
      counts.series += 1;
      const { known, open } = value.labels;
      for (const label of Object.keys(labels)) {
        if (!canHave({ known, open }, label))
          wrong.push(`${text} gives the label ${label}: ${JSON.stringify(labels)}`);
      }
      for (const label of known.keys()) {
        if (hasAlways(value.labels, label) && !(label in labels))
          wrong.push(`${text} gives no label ${label}: ${JSON.stringify(labels)}`);
      }
    }
    if (series.length > 0) counts.matched += 1;
  }
  expect(wrong.slice(0, 12)).toEqual([]);
  expect(wrong).toHaveLength(0);
  expect(counts.matched).toBeGreaterThan(300);
  expect(counts.unmatched).toBeGreaterThan(100);
});
