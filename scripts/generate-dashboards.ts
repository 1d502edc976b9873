/**
 * Writes the dashboards of Grafana from their sources in `reference-infra/monitoring/dashboard-sources`.
 *
 *   node scripts/generate-dashboards.ts           writes `reference-infra/monitoring/dashboards/*.json`
 *   node scripts/generate-dashboards.ts --check   fails when one is stale, missing, or there without a source
 */

import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { dashboards, textOf } from '../reference-infra/monitoring/dashboard-sources/index.ts';

const folder = resolve(import.meta.dirname, '../reference-infra/monitoring/dashboards');
const check = process.argv.includes('--check');
const problems: string[] = [];
mkdirSync(folder, { recursive: true });

for (const dashboard of dashboards) {
  const path = join(folder, `${dashboard.uid}.json`);
  const text = textOf(dashboard);
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
  if (check) {
    problems.push(`dashboards/${dashboard.uid}.json is stale: run \`npm run docs\``);
  } else {
    writeFileSync(path, text);
    console.log(`dashboards/${dashboard.uid}.json written`);
  }
}
const known = new Set(dashboards.map(({ uid }) => `${uid}.json`));
for (const file of globSync('*.json', { cwd: folder })) {
  if (!known.has(file)) problems.push(`dashboards/${file} has no source in dashboard-sources/`);
}

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
if (check) console.log('dashboards: up to date');
