import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureMlApi } from '../../scripts/tools/ml-api.ts';
import { runPerfGate } from '../support/run-perf-gate.ts';

/** The service of the suite under the gate of the suite: started, put under load by each protocol, compared, stopped. */

const project = resolve(import.meta.dirname, '../..');
const models = join(project, 'test/fixtures/models/pair');
const rows = readFileSync(join(models, 'data.csv'), 'utf8')
  .split('\n')
  .slice(1, 5)
  .map((line) => line.split(',').slice(0, 8).map(Number));

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'perf-ml-api-'));
  await ensureMlApi();
  const infer = (count: number) => ({
    inputs: [{ name: 'X', datatype: 'FP32', shape: [count, 8], data: rows.slice(0, count) }],
  });
  const corpus = [
    { name: 'single', path: '/v2/models/model/infer', body: infer(1), weight: 6 },
    { name: 'batch', path: '/v2/models/model/infer', body: infer(4), weight: 2 },
  ];
  writeFileSync(join(folder, 'requests.jsonl'), corpus.map((request) => JSON.stringify(request)).join('\n'));
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = (model: string) =>
  [
    `MODEL_PATH='${join(models, model)}'`,
    'MODEL_NAME=model',
    'HOST=127.0.0.1 DRAIN_DELAY=0s',
    `exec "${process.execPath}" '${join(project, 'reference-infra/ml-api/src/index.ts')}'`,
  ].join(' ');

test('a model is judged by its speed, its processor time and its memory', async () => {
  const { details, result } = await runPerfGate(
    {
      url: 'http://127.0.0.1:{port}',
      'start-command': start('candidate.onnx'),
      'ready-url': '/ready',
      'requests-path': 'requests.jsonl',
      expect: "status == 200\njson($.outputs[0].name) == 'label'",
      rate: '100/s',
      duration: '3s',
      warmup: '1s',
      thresholds: 'p95(single) < 900ms\ncpu_per_request < 500ms\nmemory_peak < 2GB\nerror_rate < 1%',
    },
    folder,
  );
  expect(details.candidate.failures).toEqual([]);
  expect(details.candidate.by_name.map(({ name }) => name)).toEqual(['single', 'batch']);
  expect(details.candidate.started?.cpu_per_request).toBeGreaterThan(0.05);
  expect(details.candidate.started?.memory_peak).toBeGreaterThan(50e6);
  const { checks } = result.predicate.gate;
  expect(checks.map(({ verdict }) => verdict)).toEqual(
    checks.map(() => (details.health.void === null ? 'pass' : 'inconclusive')),
  );
});
