/**
 * Duets of two services that are equal, and of two of which one does 10% more, on this machine:
 *
 *   node bench/duet-experiment.ts [--runs 20] [--minutes 1] [--burner] [--services cpu,timer] [--slower 1,1.1]
 *     [--rate 100] [--lives 12] [--warmup 1] [--out bench/results/duet.jsonl] [--summary]
 *
 * `--burner` lets a process burn a core at random times beside them; `--lives 0` never starts the services anew. Each run
 * appends a line to the file; those that are in it already are not made again, so that an experiment may be stopped and
 * taken up. `--summary` only shows the table.
 */

import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { livesFor } from '../action-perf-gate/src/duet/index.ts';
import { type Finding, runDuet, type Setting } from './duet/experiment.ts';
import { renderDuets } from './duet/table.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '20' },
    minutes: { type: 'string', default: '1' },
    burner: { type: 'boolean', default: false },
    services: { type: 'string', default: 'cpu,timer' },
    slower: { type: 'string', default: '1,1.1' },
    rate: { type: 'string', default: '100' },
    lives: { type: 'string' },
    warmup: { type: 'string', default: '1' },
    out: { type: 'string', default: join(import.meta.dirname, 'results/duet.jsonl') },
    summary: { type: 'boolean', default: false },
  },
});
const seconds = 60 * Number(values.minutes);
const machine = `${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} cores, Node ${process.version}`;

const findings: Finding[] = existsSync(values.out)
  ? readFileSync(values.out, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Finding)
  : [];
const known = new Set(findings.map(keyOf));

if (!values.summary) {
  mkdirSync(dirname(values.out), { recursive: true });
  for (const setting of settings()) {
    if (known.has(keyOf(setting))) continue;
    const finding = await runDuet(setting);
    findings.push(finding);
    appendFileSync(values.out, `${JSON.stringify({ ...finding, machine, load: loadavg()[0] }, rounded)}\n`);
    const { service, slower, burner, seed, metrics, lagMs, late } = finding;
    console.log(
      `${service} x${slower}${burner ? ' burner' : ''} #${seed}: ${shown(metrics.p50)} | ${shown(metrics.p95)} | lag ${lagMs.toFixed(2)} ms, late ${late}`,
    );
  }
}
console.log(renderDuets(findings));

/** Seeds outside, so that all kinds are equally far along when it is stopped. */
function* settings(): Generator<Setting> {
  for (let seed = 1; seed <= Number(values.runs); seed++) {
    for (const service of values.services.split(',') as Setting['service'][]) {
      for (const slower of values.slower.split(',').map(Number)) {
        yield {
          service,
          slower,
          burner: values.burner,
          perSecond: Number(values.rate),
          seconds,
          lives: values.lives === undefined ? livesFor(1000 * seconds) : Number(values.lives),
          warmupSeconds: Number(values.warmup),
          seed,
        };
      }
    }
  }
}

function keyOf({ service, slower, burner, perSecond, seconds, lives, warmupSeconds, seed }: Setting): string {
  return JSON.stringify([service, slower, burner, perSecond, seconds, lives, warmupSeconds, seed]);
}

function shown(told: Finding['metrics'][string] | undefined): string {
  if (told === null || told === undefined) return 'nothing';
  const percent = (share: number): string => (100 * share).toFixed(1);
  return `${percent(told.value)}% (${percent(told.low)} to ${percent(told.high)}), could see ${percent(told.detectable)}%`;
}

function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
}
