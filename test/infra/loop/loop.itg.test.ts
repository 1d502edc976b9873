/**
 * The closed loop, as `npm run demo:loop` runs it. The loop itself stops where a step does not end as it must; here its
 * servers and files are looked at apart from it, at each turn.
 */

import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { GateResult } from '../../../core/gate/types.ts';
import { type Moment, runLoop } from '../../../scripts/demo-loop/loop.ts';
import { installAll, startGitHub, startWorld } from '../../../scripts/demo-loop/start.ts';
import { lineOf, type ModelRow, type Step, tableOf } from '../../../scripts/demo-loop/telling.ts';
import type { World } from '../../../scripts/demo-loop/world.ts';
import { Programs } from '../../../scripts/platform/programs.ts';
import type { GitHubServer } from '../../support/github-server.ts';
import { runBlock } from '../../support/guide-blocks.ts';

const root = resolve(import.meta.dirname, '../../..');

/** What was seen when a turn had come. */
interface Seen {
  readonly champion: string;
  readonly candidate: string;
  /** Of the service's metrics. */
  readonly info: string;
  /** What the service says in an answer. */
  readonly answered: string;
  readonly dispatches: number;
  readonly versions: number;
}

let out: string;
let programs: Programs;
let github: GitHubServer;
const seen = new Map<Moment, Seen>();
const steps: Step[] = [];
let models: readonly ModelRow[] = [];

beforeAll(async () => {
  out = mkdtempSync(join(tmpdir(), 'loop-'));
  programs = new Programs();
  github = await startGitHub();
  const python = await installAll(() => {});
  const world = await startWorld({ out, root, programs, python }, github);
  const finished = await runLoop(world, {
    tell: (step) => steps.push(step),
    at: async (moment, service) => void seen.set(moment, await look(world, service)),
    check: () => {},
  });
  models = finished.models;
  // A machine that does other things beside it takes many times the usual minutes.
}, 1_200_000);
afterEach(() => github.expectNoViolations());
afterAll(async () => {
  await programs?.stop();
  await github?.close();
  rmSync(out, { recursive: true, force: true });
});

async function look({ mlflow }: World, service: string): Promise<Seen> {
  const api = `${mlflow}/api/2.0/mlflow`;
  const alias = async (name: string): Promise<string> => {
    const answer = await fetch(`${api}/registered-models/alias?name=cancer&alias=${name}`);
    return ((await answer.json()) as { model_version: { version: string } }).model_version.version;
  };
  const listed = await fetch(`${api}/model-versions/search?filter=${encodeURIComponent("name='cancer'")}`);
  const { model_versions: versions } = (await listed.json()) as { model_versions: unknown[] };
  const metrics = await (await fetch(`${service}/metrics`)).text();
  const answer = await fetch(`${service}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ instances: [[17.99, 10.38, 122.8, 1001, 0.1184, 0.2776, 0.3001, 0.1471]] }),
  });
  return {
    champion: await alias('champion'),
    candidate: await alias('candidate'),
    info: /^ml_model_info\{.*$/m.exec(metrics)?.[0] ?? '',
    answered: ((await answer.json()) as { version: string }).version,
    dispatches: github.state.dispatches.length,
    versions: versions.length,
  };
}

function resultOf(name: string): GateResult<Readonly<Record<string, unknown>>> {
  return JSON.parse(readFileSync(join(out, 'results', `${name}.json`), 'utf8')) as GateResult<
    Readonly<Record<string, unknown>>
  >;
}

const digestOf = (month: string): string =>
  createHash('sha256')
    .update(readFileSync(join(out, `models/${month}/model/model.onnx`)))
    .digest('hex');

test('the first model passes the gate, gets the alias, and is what the service answers with', () => {
  expect(resultOf('first-model').predicate.gate.verdict).toBe('pass');
  expect(seen.get('served')).toMatchObject({ champion: '1', candidate: '1', answered: '1', versions: 1 });
  expect(seen.get('served')?.info).toContain('version="1"');
  expect(seen.get('served')?.info).toContain(digestOf('2026-01'));
});

test('without drift nothing is dispatched', () => {
  const { gate } = resultOf('usual').predicate;
  expect([gate.verdict, gate.details.drifted]).toEqual(['pass', []]);
  expect(seen.get('quiet')).toMatchObject({ dispatches: 0, versions: 1 });
});

test('drift opens an issue and starts the workflow, with the digest of the result as evidence', () => {
  const { gate } = resultOf('drifted').predicate;
  expect(gate.verdict).toBe('fail');
  expect(gate.details.drifted).toEqual(expect.arrayContaining(['mean_radius', 'mean_texture', 'mean_area']));
  expect(seen.get('drifted')).toMatchObject({ dispatches: 1, champion: '1', versions: 1 });
  expect(github.state.issues.map(({ open, title }) => [open, title])).toEqual([
    [true, 'Data drift (cancer)'],
  ]);
  const [dispatch] = github.state.dispatches;
  const text = readFileSync(join(out, 'results/drifted.json'));
  expect(dispatch).toMatchObject({
    workflow: 'retrain.yml',
    ref: 'main',
    inputs: {
      'result-digest': `sha256:${createHash('sha256').update(text).digest('hex')}`,
      'issue-number': '1',
    },
  });
});

test('the log that was judged has the rows that the service was asked', () => {
  for (const name of ['usual', 'drifted']) {
    const lines = readFileSync(join(out, `windows/${name}.jsonl`), 'utf8')
      .trimEnd()
      .split('\n');
    expect(lines, name).toHaveLength(800);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ model: 'cancer', version: '1' });
  }
});

test('the second run of the pipeline takes what is new, and its model both months', () => {
  const manifests = ['2026-01', '2026-02'].map((run) => {
    const [file = ''] = globSync(`**/${run}/manifest.json`, { cwd: join(out, 'pipeline/.runs') });
    return JSON.parse(readFileSync(join(out, 'pipeline/.runs', file), 'utf8')) as {
      runId: string;
      parent: unknown;
      output: { totalRows: number };
    };
  });
  expect(manifests.map(({ runId }) => runId)).toEqual(['2026-01', '2026-02']);
  expect(JSON.stringify(manifests[1]?.parent)).toContain('2026-01');
  const trained = ['2026-01', '2026-02'].map((month) => {
    const report = readFileSync(join(out, `models/${month}/training-report.json`), 'utf8');
    const { rows, data } = JSON.parse(report) as {
      rows: Record<string, Record<string, number>>;
      data: { pipelineRun: string };
    };
    const all = Object.values(rows).flatMap((part) => Object.values(part));
    return { run: data.pipelineRun, rows: all.reduce((sum, count) => sum + count, 0) };
  });
  expect(trained).toEqual(manifests.map(({ runId, output }) => ({ run: runId, rows: output.totalRows })));
  expect(trained[1]?.rows).toBeGreaterThan(5_900);
});

test('no row that a model is judged on was trained on by the other one', () => {
  const held = ['2026-01', '2026-02'].map((month) => {
    const lines = readFileSync(join(out, `models/${month}/holdout.csv`), 'utf8')
      .trimEnd()
      .split('\n')
      .slice(1);
    return new Set(lines.map((line) => line.split(',')[0] ?? ''));
  });
  const [first = new Set(), second = new Set()] = held;
  // Those of the first month that the second training holds out are just those that the first one held out.
  const ofFirstMonth = [...second].filter((id) => id < 'P3000');
  expect(new Set(ofFirstMonth)).toEqual(first);
});

test('the second model passes beside the first one, and takes its place in the service that runs', () => {
  const { gate } = resultOf('second-model').predicate;
  expect(gate.verdict).toBe('pass');
  const compared = gate.checks.find(({ id }) => id === 'accuracy >= baseline');
  expect(compared?.value).toBeGreaterThan((compared?.baseline ?? 1) + 0.02);
  const now = seen.get('exchanged');
  expect(now).toMatchObject({ champion: '2', candidate: '2', answered: '2', versions: 2 });
  expect(now?.info).toContain('version="2"');
  expect(now?.info).toContain(digestOf('2026-02'));
  expect(now?.info).not.toContain(digestOf('2026-01'));
});

test('a worse model is registered and refused; the alias and the service stay', () => {
  const { gate, ...rest } = resultOf('worse-model').predicate;
  expect(gate.verdict).toBe('fail');
  expect(rest.result).toBe('FAILED');
  expect(rest.failedTests).toContain('accuracy >= baseline');
  expect(seen.get('refused')).toMatchObject({ champion: '2', candidate: '3', answered: '2', versions: 3 });
  expect(seen.get('refused')?.info).toContain(digestOf('2026-02'));
});

test('the learning guide shows what it says', async () => {
  const guide = readFileSync(join(root, 'docs/LEARNING_GUIDE.md'), 'utf8');
  const [, shown = ''] =
    /^```sh loop\nnpm run demo:loop\n```\n\n```text\n([\s\S]*?)\n```$/m.exec(guide) ?? [];
  const said = join(out, 'said.txt');
  writeFileSync(said, steps.map(lineOf).join('\n'));
  expect(shown.split('\n')).toHaveLength(steps.length);
  const block = { commands: `cat ${said}`, kind: 'runs', said: shown.split('\n') } as const;
  expect(await runBlock(block, { cwd: out, env: process.env })).toBeNull();
});

test('what it says is what was seen: a line a step, a table of the models, reports that are there', () => {
  expect(steps.map(({ part }) => part)).toEqual([
    ...['pipeline', 'training', 'model gate', 'service', 'traffic', 'drift check', 'traffic', 'drift check'],
    ...['pipeline', 'training', 'model gate', 'service', 'training', 'model gate', 'service'],
  ]);
  for (const step of steps) expect(lineOf(step)).toMatch(/^ *\d+\.\d s {2}[a-z ]{12} {2}\S.*$/);
  expect(tableOf(models).split('\n')).toEqual([
    expect.stringMatching(/^version +trained on +accuracy +champion +gate +alias$/),
    expect.stringMatching(/^1 +2,\d{3} rows +9\d\.\d% +passed +champion, then replaced$/),
    expect.stringMatching(/^2 +4,\d{3} rows +9\d\.\d% +8\d\.\d% +passed +champion$/),
    expect.stringMatching(/^3 +2,\d{3} rows +\d\d\.\d% +9\d\.\d% +refused +candidate$/),
  ]);
  for (const name of ['first-model', 'usual', 'drifted', 'second-model', 'worse-model'])
    expect(existsSync(join(out, `results/${name}.html`)), name).toBe(true);
});
