import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { perfCatalogue } from '../../action-perf-gate/src/catalogue.ts';
import { parseThresholds } from '../../core/gate/index.ts';
import { stepsUsing } from '../support/readme-steps.ts';
import { runPerfGate } from '../support/run-perf-gate.ts';

/** What action-perf-gate/README.md and the root README say to type, typed. */

const project = resolve(import.meta.dirname, '../..');
const readme = readFileSync(join(project, 'action-perf-gate/README.md'), 'utf8');
const root = readFileSync(join(project, 'README.md'), 'utf8');
const inputs = Object.keys(
  (parse(readFileSync(join(project, 'action-perf-gate/action.yml'), 'utf8')) as { inputs: object }).inputs,
);

/** What the service of the example would answer. */
const server = `
const { createServer } = require('node:http');
createServer((request, response) => {
  request.resume();
  response.end(JSON.stringify({ predictions: [{ label: 'setosa' }] }));
}).listen(Number(process.env.PORT), '127.0.0.1');
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'perf-readme-'));
  for (const path of ['main', 'bench']) mkdirSync(join(folder, path));
  for (const path of ['server.js', 'main/server.js']) writeFileSync(join(folder, path), server);
  const corpus = /```json\n(.*?)```/s.exec(readme)?.[1] ?? '';
  writeFileSync(join(folder, 'bench/requests.jsonl'), corpus);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const examples = stepsUsing('org/action-perf-gate@v1', readme);

test('the examples name inputs that there are, and thresholds that can be read', () => {
  expect(examples).toHaveLength(2);
  for (const { with: given = {} } of examples) {
    for (const name of Object.keys(given)) expect(inputs).toContain(name);
    const { problems } = parseThresholds(String(given.thresholds ?? ''), perfCatalogue, {
      input: 'thresholds',
    });
    expect(problems).toEqual([]);
  }
});

test('the full example runs as it stands, but for its length', async () => {
  const given = examples[1]?.with ?? {};
  const { details, result } = await runPerfGate(
    { ...given, duration: '3s', warmup: '0s', headers: 'x-api-key: key-of-the-service' },
    folder,
  );
  expect(details.candidate.all.failed).toBe(0);
  expect(details.candidate.by_name.map(({ name }) => name)).toEqual(['single', 'batch', 'health']);
  expect(result.predicate.gate.checks).toHaveLength(6);
  expect(details.duet?.restarts).toBe(true);
  expect(details.candidate.started?.ready.length).toBeGreaterThanOrEqual(4);
  expect(details.baseline?.all.due).toBe(details.candidate.all.due);
  expect(details.duet?.metrics.find(({ metric }) => metric === 'p50')?.candidate.defined).toBe(true);
});

test.each([
  ['the README of the action', readme, /npx ml-gates perf-gate [^`\n]*/],
  ['the root README', root, /npx ml-gates perf-gate [^`\n]*/],
])('the line of %s runs, but for its port and length', async (_, text, pattern) => {
  const service = createServer((request, response) => {
    request.resume();
    response.end('ok');
  }).listen(0, '127.0.0.1');
  await new Promise((done) => service.once('listening', done));
  const { port } = service.address() as AddressInfo;
  const [npx, command, ...args] = (pattern.exec(text)?.[0] ?? '').split(' ');
  expect([npx, command]).toEqual(['npx', 'ml-gates']);
  const typed = args.map((arg) => arg.replace(':8000', `:${port}`).replace(/^(1m|30s)$/, '1s'));
  const child = spawn(
    process.execPath,
    [join(project, 'cli/ml-gates.ts'), ...typed, '--warmup', '0s', '--on-inconclusive', 'warn'],
    { cwd: folder, env: { ...process.env, NO_COLOR: '1' }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let shown = '';
  child.stdout.on('data', (chunk: Buffer) => {
    shown += chunk.toString();
  });
  const code = await new Promise((done) => child.once('close', done));
  service.closeAllConnections();
  service.close();
  expect(shown).toMatch(/^Performance gate (passed|inconclusive)/);
  expect(code).toBe(0);
});
