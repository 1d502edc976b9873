/**
 * Writes what is made from the sources of the monitoring: the dashboards of Grafana, from `dashboard-sources`, and the
 * metrics contract as JSON, which `ml-gates check-infra` holds expressions against.
 *
 *   node scripts/generate-monitoring.ts           writes `reference-infra/monitoring/{dashboards/*,metrics}.json`
 *   node scripts/generate-monitoring.ts --check   fails when one is stale, missing, or there without a source
 */

import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { dashboards, textOf } from '../reference-infra/monitoring/dashboard-sources/index.ts';
import { metrics } from '../reference-infra/monitoring/metrics.ts';

const folder = resolve(import.meta.dirname, '../reference-infra/monitoring');
const check = process.argv.includes('--check');
const wanted = new Map([
  ...dashboards.map((dashboard) => [`dashboards/${dashboard.uid}.json`, textOf(dashboard)] as const),
  ['metrics.json', `${JSON.stringify({ metrics: Object.values(metrics) }, null, 2)}\n`],
]);
const problems: string[] = [];
mkdirSync(join(folder, 'dashboards'), { recursive: true });

for (const [file, text] of wanted) {
  const path = join(folder, file);
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
  if (check) {
    problems.push(`reference-infra/monitoring/${file} is stale: run \`npm run docs\``);
  } else {
    writeFileSync(path, text);
    console.log(`reference-infra/monitoring/${file} written`);
  }
}
for (const file of globSync('dashboards/*.json', { cwd: folder })) {
  if (!wanted.has(file))
    problems.push(`reference-infra/monitoring/${file} has no source in dashboard-sources/`);
}

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
if (check) console.log('monitoring: up to date');
