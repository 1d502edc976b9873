/** The same requests to MLflow's own scoring server and to the service: the same answers. */

import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ScoringServer, startScoringServer } from '../../../test/support/mlflow-scoring.ts';
import { modelFixtures, type RunningService, startService } from './service.ts';

/** Two outputs, of which the second is a mapping: label, and probability by class. */
const model = 'logistic-binary-zipmap/model.onnx';
const folder = mkdtempSync(join(tmpdir(), 'mlflow-model-'));
let mlflow: ScoringServer;
let service: RunningService;

beforeAll(async () => {
  const directory = join(folder, 'model');
  mkdirSync(directory);
  copyFileSync(join(modelFixtures, model), join(directory, 'model.onnx'));
  writeFileSync(
    join(directory, 'MLmodel'),
    `flavors:
  onnx:
    data: model.onnx
    providers: [CPUExecutionProvider]
  python_function:
    data: model.onnx
    env: {virtualenv: python_env.yaml}
    loader_module: mlflow.onnx
`,
  );
  [mlflow, service] = await Promise.all([startScoringServer(directory), startService({ model })]);
});
afterAll(async () => {
  await Promise.all([mlflow?.stop(), service?.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

const rows = [
  [17.99, 10.38, 122.8, 1001, 0.1184, 0.2776, 0.3001, 0.1471],
  [11.42, 20.38, 77.58, 386.1, 0.1425, 0.2839, 0.2414, 0.1052],
  [13.54, 14.36, 87.46, 566.3, 0.09779, 0.08129, 0.06664, 0.04781],
];
const columns = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const records = rows.map((row) => Object.fromEntries(row.map((value, i) => [columns[i] ?? '', value])));
const csv = [columns, ...rows].map((row) => row.join(',')).join('\n');

const json = 'application/json';
const good: readonly (readonly [string, string, string | object])[] = [
  ['dataframe_split', json, { dataframe_split: { columns, data: rows } }],
  ['dataframe_split with an index', json, { dataframe_split: { index: [5, 6, 7], columns, data: rows } }],
  ['dataframe_split without columns', json, { dataframe_split: { data: rows } }],
  ['dataframe_records', json, { dataframe_records: records }],
  ['CSV', 'text/csv', `${csv}\n`],
  ['CSV without a last line end', 'text/csv; charset=utf-8', csv],
];
const tensors: typeof good = [
  ['inputs', json, { inputs: rows }],
  ['inputs by name', json, { inputs: { X: rows } }],
  ['instances', json, { instances: rows }],
  ['instances by name', json, { instances: rows.map((X) => ({ X })) }],
  ['params beside', json, { inputs: rows, params: { a: 1 } }],
];

test.each([...good, ...tensors])('%s', async (_, type, body) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const request = { method: 'POST', headers: { 'content-type': type }, body: text };
  const [theirs, ours] = await Promise.all([
    fetch(mlflow.url, request),
    fetch(`${service.url}/invocations`, request),
  ]);
  const [expected, answer] = [await theirs.json(), await ours.json()];
  expect(ours.status, JSON.stringify(answer)).toBe(200);
  expect(theirs.status, JSON.stringify(expected)).toBe(200);
  expect(rounded(answer)).toEqual(rounded(expected));
});

test.each<readonly [string, string, string]>([
  ['no JSON', json, '{'],
  ['a list', json, '[]'],
  ['no known field', json, '{"rows": []}'],
  ['two fields', json, '{"inputs": [], "instances": []}'],
  ['a data frame that is a list', json, '{"dataframe_split": []}'],
  ['records that are an object', json, '{"dataframe_records": {}}'],
  ['another content type', 'text/html', 'x'],
  ['another charset', 'application/json; charset=latin1', '{}'],
  ['too few columns', json, '{"dataframe_split": {"columns": ["a"], "data": [[1]]}}'],
])('refuses %s with the same status', async (_, type, body) => {
  const request = { method: 'POST', headers: { 'content-type': type }, body };
  const [theirs, ours] = await Promise.all([
    fetch(mlflow.url, request),
    fetch(`${service.url}/invocations`, request),
  ]);
  expect(ours.status).toBe(theirs.status);
  const answer = await ours.json();
  expect(Object.keys(answer as object)).toEqual(['error_code', 'message']);
});

test('is healthy and has a version', async () => {
  const base = mlflow.url.replace(/invocations$/, '');
  const [theirs, ours] = await Promise.all([fetch(`${base}ping`), service.get('/ping')]);
  expect([ours.status, ours.text]).toEqual([theirs.status, await theirs.text()]);
  expect((await service.get('/version')).text).toMatch(/^\d+\.\d+\.\d+$/);
});

/** Sums of float32 may differ in the last bits between builds of ONNX Runtime. */
function rounded(value: unknown): unknown {
  if (typeof value === 'number') return Number(value.toPrecision(4));
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, rounded(part)]));
}
