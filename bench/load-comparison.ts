/**
 * The load generator beside k6, vegeta and autocannon on one server whose latencies are known:
 *
 *   npm run bench -- load             # some eight minutes; writes results/load-<date>.json
 *   npm run bench -- load --quick     # 10 s each instead of 20, rates up to 5,000/s
 */

import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, platform } from 'node:os';
import { join } from 'node:path';
import { renderLoad } from './load/table.ts';
import { ensureTools } from './load/tools.ts';
import { climb, ladder, measure, type Round, type Step, startCost, works } from './load/works.ts';

export async function compareLoad(quick: boolean): Promise<void> {
  const tools = await ensureTools();
  const load = loadavg()[0];
  const starts = new Map<string, number>();
  // The first start of ours fills the cache of compiled code.
  for (const tool of tools) starts.set(tool.name, Math.min(await startCost(tool), await startCost(tool)));
  const rounds: Round[] = [];
  for (const work of works) {
    for (const tool of tools) {
      console.log(`  ${work.name}: ${tool.name} …`);
      rounds.push(await measure(quick ? { ...work, seconds: work.seconds / 2 } : work, tool));
    }
  }
  const steps: Step[] = [];
  const failed = new Set<string>();
  for (const perSecond of ladder.rates.filter((rate) => !quick || rate <= 5000)) {
    for (const tool of tools) {
      if (failed.has(tool.name)) continue;
      console.log(`  ${perSecond}/s: ${tool.name} …`);
      let step = await climb(tool, perSecond);
      // Once more: it may have been something else that the machine did.
      if (!step.clean) step = await climb(tool, perSecond);
      steps.push(step);
      if (!step.clean) failed.add(tool.name);
    }
  }
  const machine = `${platform()}, ${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} cores, Node ${process.version}, load ${load?.toFixed(1)}`;
  console.log(`\n${machine}\n\n${renderLoad(rounds, steps, starts)}`);
  const date = new Date().toISOString();
  const text = JSON.stringify(
    { date, machine, starts: Object.fromEntries(starts), rounds, steps },
    rounded,
    2,
  );
  writeFileSync(join(import.meta.dirname, `results/load-${date.slice(0, 10)}.json`), `${text}\n`);
}

function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
}
