/**
 * `npm run bench`: the gates beside their peers in one run, interleaved; prints a table and writes
 * `results/<date>.json`. Ends with 1 when the gate's memory passes its limit: unlike time, that is no noise.
 *
 *   npm run bench -- [--record] [id filters]
 *
 * `--record` also writes `results/latest.json`, which the documents quote; not with filters.
 */

import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, loadavg, platform, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { comparisons } from './comparisons.ts';
import { bundle, root, runGate, runNothing } from './gate.ts';
import { compare, median, type Outcome } from './measure.ts';
import { prepare } from './prepare.ts';
import { renderTable } from './table.ts';

const limitMb = 1024;
const words = process.argv.slice(2);
const record = words.includes('--record');
const filters = words.filter((word) => !word.startsWith('--'));

const prepared = await prepare();
const outcomes: Outcome[] = [];
for (const comparison of comparisons(prepared)) {
  if (filters.length > 0 && !filters.some((filter) => comparison.id.includes(filter))) continue;
  console.log(`  ${comparison.id} …`);
  outcomes.push(await compare(comparison));
}
const coldStart = filters.length > 0 ? null : await measureColdStart();
const memory = outcomes
  .filter(({ id }) => id.startsWith('gate-'))
  .map(({ id, ours }) => ({ id, peakMb: Math.max(...ours.runs.map(({ peakMb }) => peakMb)) }));

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
  coldStart,
  bundle: bundleSizes(),
  memory: { limitMb, runs: memory },
};
console.log(renderTable(results));
const text = `${JSON.stringify(results, rounded, 2)}\n`;
writeFileSync(join(import.meta.dirname, 'results', `${results.date.slice(0, 10)}.json`), text);
if (record && filters.length === 0) writeFileSync(join(import.meta.dirname, 'results/latest.json'), text);

for (const { id, peakMb } of memory) {
  if (peakMb < limitMb) continue;
  console.error(`${id}: ${peakMb.toFixed(0)} MiB, the limit is ${limitMb}`);
  process.exitCode = 1;
}

export type Results = typeof results;

/** Small data, as most runs of an action: the fixtures' pair of models. */
async function measureColdStart() {
  const pair = join(root, 'test/fixtures/models/pair');
  const inputs = {
    'model-path': join(pair, 'candidate.onnx'),
    'data-path': join(pair, 'data.csv'),
    'feature-columns':
      'mean_radius, mean_texture, mean_perimeter, mean_area, mean_smoothness, mean_compactness, mean_concavity, mean_concave_points',
    thresholds: 'accuracy >= 0.5',
  };
  const node: number[] = [];
  const firstLine: number[] = [];
  const whole: number[] = [];
  for (let i = 0; i < 7; i++) {
    node.push(await runNothing());
    const reading = await runGate(inputs);
    firstLine.push(reading.firstLine);
    whole.push(reading.wall);
  }
  return { node: median(node), firstLine: median(firstLine), whole: median(whole) };
}

function bundleSizes(): { name: string; bytes: number }[] {
  const folder = dirname(bundle);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.js'))
    .map((name) => ({ name, bytes: statSync(join(folder, name)).size }));
}

/** Five digits are more than any of these is good for; what both sides said is compared before. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
}
