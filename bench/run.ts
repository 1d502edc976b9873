/**
 * `npm run bench`: the gates beside their peers in one run, interleaved; prints a table and writes
 * `results/<date>.json`. Ends with 1 when a gate's memory passes its limit: unlike time, that is no noise.
 *
 *   npm run bench -- [--record] [id filters]
 *
 * `--record` also writes `results/latest.json`, which the documents quote; not with filters.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, globSync, statSync, writeFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, loadavg, platform, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { measureColdStart } from './cold-start.ts';
import { dataContests, dataScalings } from './data-comparisons.ts';
import { driftContests, driftScaling } from './drift-comparisons.ts';
import { type Action, bundleOf } from './gate.ts';
import { compareLoad } from './load-comparison.ts';
import { type Contest, compare, contest, type Outcome } from './measure.ts';
import { modelComparisons } from './model-comparisons.ts';
import { pipelineComparisons } from './pipeline-comparisons.ts';
import { prepare, prepareDrift, preparePipeline, prepareRows } from './prepare.ts';
import { type Scaling, type ScalingOutcome, scale } from './scaling.ts';
import { renderTable } from './table.ts';

const actions: readonly Action[] = ['action-validate-model', 'action-validate-data', 'action-drift-check'];

const words = process.argv.slice(2);
const record = words.includes('--record');
const filters = words.filter((word) => !word.startsWith('--'));
const all = filters.length === 0;
const wanted = ({ id }: { readonly id: string }): boolean =>
  all || filters.some((filter) => id.includes(filter));

// Generators of load are compared on a machine that does nothing else: only when asked for.
if (filters[0] === 'load') {
  await compareLoad(words.includes('--quick'));
  process.exit(0);
}

// An experiment of its own, of hours: never among all, and its words go to it.
if (filters[0] === 'duet') {
  const [, ...rest] = words;
  const script = join(import.meta.dirname, 'duet-experiment.ts');
  process.exit(spawnSync(process.execPath, [script, ...rest], { stdio: 'inherit' }).status ?? 1);
}

const outcomes: Outcome[] = [];
const scalings: ScalingOutcome[] = [];
// The ids of the data gate begin with `data`, those of the drift check with `drift`, those of the data pipeline with
// `pipeline`, and only they: a run for one gate
// does not install the others' peers.
const asked = (gate: Part): boolean => all || filters.some((filter) => gateOf(filter) === gate);
if (asked('model')) await runModel();
if (asked('data')) await runData();
if (asked('drift')) await runDrift();
if (asked('pipeline')) await runPipelines();
if (outcomes.length === 0 && scalings.length === 0) {
  console.error(`nothing here has an id that holds ${filters.join(' or ')}`);
  process.exit(1);
}

const results = {
  date: new Date().toISOString(),
  machine: {
    platform: `${platform()} ${arch()}`,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    loadAverage: loadavg()[0],
  },
  outcomes,
  scalings,
  coldStart: all ? await measureColdStart(actions) : [],
  bundles: actions
    .filter((action) => existsSync(bundleOf(action)))
    .map((action) => ({ action, files: bundleSizes(action) })),
  memory: memoryOf(outcomes, scalings),
};
console.log(renderTable(results));
const text = `${JSON.stringify(results, rounded, 2)}\n`;
writeFileSync(join(import.meta.dirname, 'results', `${results.date.slice(0, 10)}.json`), text);
if (record && all) writeFileSync(join(import.meta.dirname, 'results/latest.json'), text);

for (const { id, peakMb, limitMb } of results.memory) {
  if (peakMb < limitMb) continue;
  console.error(`${id}: ${peakMb.toFixed(0)} MiB, the limit is ${limitMb}`);
  process.exitCode = 1;
}

export type Results = typeof results;

async function runModel(): Promise<void> {
  const prepared = await prepare();
  for (const comparison of modelComparisons(prepared).filter(wanted)) {
    console.log(`  ${comparison.id} …`);
    outcomes.push(await compare(comparison));
  }
}

async function runData(): Promise<void> {
  const prepared = await prepareRows();
  await hold(await dataContests(prepared), dataScalings(prepared));
}

async function runDrift(): Promise<void> {
  const prepared = await prepareDrift();
  await hold(await driftContests(prepared), [driftScaling(prepared)]);
}

async function runPipelines(): Promise<void> {
  for (const comparison of pipelineComparisons(await preparePipeline()).filter(wanted)) {
    console.log(`  ${comparison.id} …`);
    outcomes.push(await compare(comparison));
  }
}

async function hold(contests: readonly Contest[], scaled: readonly Scaling[]): Promise<void> {
  for (const each of contests) {
    const peers = each.peers.filter(wanted);
    if (peers.length === 0) continue;
    console.log(`  ${each.id} …`);
    outcomes.push(...(await contest({ ...each, peers })));
  }
  for (const each of scaled.filter(wanted)) {
    console.log(`  ${each.id} …`);
    scalings.push(await scale(each));
  }
}

type Part = 'model' | 'data' | 'drift' | 'pipeline';

function gateOf(filter: string): Part {
  if (filter.startsWith('pipeline')) return 'pipeline';
  if (filter.startsWith('data')) return 'data';
  return filter.startsWith('drift') ? 'drift' : 'model';
}

/** The greatest peak of each piece of work that has a limit. */
function memoryOf(outcomes: readonly Outcome[], scalings: readonly ScalingOutcome[]) {
  const peak = (runs: readonly { readonly peakMb: number }[]): number =>
    Math.max(...runs.map(({ peakMb }) => peakMb));
  const limits = new Map<string, { id: string; peakMb: number; limitMb: number }>();
  for (const { id, contest, ours, limitMb } of outcomes) {
    const name = contest ?? id;
    if (limitMb !== null) limits.set(name, { id: name, peakMb: peak(ours.runs), limitMb });
  }
  for (const { id, steps, limitMb } of scalings) {
    for (const { rows, runs } of steps) {
      const name = `${id}-${rows}`;
      limits.set(name, { id: name, peakMb: peak(runs), limitMb });
    }
  }
  return [...limits.values()];
}

/** Those of worker threads in their folders, too. */
function bundleSizes(action: Action): { name: string; bytes: number }[] {
  const folder = dirname(bundleOf(action));
  return globSync('**/*.js', { cwd: folder })
    .sort()
    .map((name) => ({ name, bytes: statSync(join(folder, name)).size }));
}

/** Five digits are more than any of these is good for; what both sides said is compared before. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
}
