/** The README's commands do what it says that they do. */

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProcess } from '../../../scripts/tools/process.ts';
import { type MetricName, metrics } from '../../monitoring/metrics.ts';
import { type RunningService, startService } from './service.ts';

const readme = readFileSync(resolve(import.meta.dirname, '../README.md'), 'utf8');
let service: RunningService;
beforeAll(async () => {
  // The image's own model, under the name that it has there.
  service = await startService({ model: 'mlflow-onnx/model' });
});
afterAll(() => service.stop());

const examples = [...readme.matchAll(/```sh\n(curl [\s\S]*?)\n```\n\n```json\n([\s\S]*?)\n```/g)].map(
  ([, command = '', answer = '']) => ({ command, answer }),
);

test('every curl has the answer that it gets below it', () => {
  expect(examples).toHaveLength([...readme.matchAll(/^curl /gm)].length);
  expect(examples.length).toBeGreaterThan(3);
});

test.each(examples)('$command', async ({ command, answer }) => {
  const run = command.replace('http://localhost:8000', service.url);
  const { code, stdout } = await runProcess('/bin/sh', ['-c', run], { timeoutMs: 20_000 });
  expect(code).toBe(0);
  expect(rounded(JSON.parse(stdout))).toEqual(rounded(JSON.parse(answer)));
});

test('every metric of the service stands there', async () => {
  const { text } = await service.get('/metrics');
  const told = [...text.matchAll(/^# TYPE (ml_\S+)/gm)].map(([, name]) => name ?? '');
  const known = Object.keys(metrics).filter((name) => name.startsWith('ml_api_') || name === 'ml_model_info');
  expect(new Set(told)).toEqual(new Set(known as MetricName[]));
  for (const name of told) expect(readme).toContain(`\`${name}\``);
});

test('every path that it lists is there', async () => {
  const paths = [...readme.matchAll(/`GET (\/[^`]*)`/g)].map(([, path]) => path ?? '');
  expect(paths.length).toBeGreaterThan(4);
  for (const path of paths) expect((await service.get(path)).status, path).toBe(200);
});

function rounded(value: unknown): unknown {
  if (typeof value === 'number') return Number(value.toPrecision(4));
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, rounded(part)]));
}
