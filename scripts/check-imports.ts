/**
 * Imports go one way: `action-*` and `cli` -> `core/*`; inside core, `stats` and `gate` import no I/O; no action
 * imports another; a folder of core is imported through its face (`index.ts` or `types.ts`); no import cycles. The
 * contract of the metrics is for everybody, and imports nothing. The inference service and the cost exporter are applications
 * beside the actions: they import core, and nobody imports them. The checks of infrastructure import core and that contract, and only
 * the command line imports them. The inference service may enter `core/models` and `core/gate` past their faces, since
 * its bundle is to hold what reads a model's file, and not what reads tables. The data pipeline may enter the data gate at
 * two places, its pass over rows and its schemas: rows have one judge.
 */

import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';

const pureFolders = new Set(['stats', 'gate', 'metrics']);
const pureMayImport = new Set(['stats', 'gate', 'metrics']);
const service = 'reference-infra/ml-api';
const pipeline = 'reference-infra/data-pipeline';
const applications = [service, 'reference-infra/cost/exporter', pipeline];
/** The data gate's core, by which the data pipeline judges rows as the gate does. */
const openToPipeline = new Set([
  'action-validate-data/src/pass/run-pass.ts',
  'action-validate-data/src/schema/index.ts',
]);
/** Folders of core whose single files the inference service may import. */
const openToService = new Set(['models', 'gate']);
const metricsContract = normalize('reference-infra/monitoring/metrics.ts');
const importPattern =
  /^\s*(?:import|export)\s[^'"]*?from\s+'([^']+)'|^\s*import\s+'([^']+)'|import\('([^']+)'\)/gm;
const typeOnlyPattern = /^\s*(?:import|export)\s+type\s/;

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

const files = globSync([
  'action-*/src/**/*.ts',
  'core/**/*.ts',
  'check-infra/**/*.ts',
  'cli/**/*.ts',
  ...applications.map((folder) => `${folder}/src/**/*.ts`),
  `${pipeline}/*.ts`,
  `${pipeline}/{etl,triggers,validation}/**/*.ts`,
  metricsContract,
])
  .map((file) => normalize(file))
  .filter((file) => !file.endsWith('.test.ts'));

const imports: Import[] = files.flatMap((from) =>
  [...readFileSync(from, 'utf8').matchAll(importPattern)].map((match) => ({
    from,
    to: match[1] ?? match[2] ?? match[3] ?? '',
    typeOnly: typeOnlyPattern.test(match[0]),
  })),
);

const problems: string[] = [];
const edges = new Map<string, string[]>();

for (const { from, to, typeOnly } of imports) {
  if (!to.startsWith('.')) {
    // Hashing is computing, not I/O.
    if (isPure(from) && to.startsWith('node:') && to !== 'node:crypto')
      problems.push(`${from} imports ${to}: this folder does no I/O`);
    continue;
  }
  const target = normalize(join(dirname(from), to));
  if (!typeOnly) edges.set(from, [...(edges.get(from) ?? []), target]);
  problems.push(...directionProblems(from, target, typeOnly));
}

problems.push(...findCycles(edges).map((cycle) => `import cycle: ${cycle.join(' -> ')}`));

if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(1);
}
console.log(`imports: ${files.length} files, one way, no cycles`);

function topFolder(file: string): string {
  return file.split('/')[0] ?? '';
}

function applicationOf(file: string): string | null {
  return applications.find((folder) => normalize(file).startsWith(normalize(`${folder}/`))) ?? null;
}

function coreFolder(file: string): string | null {
  const [top, folder] = file.split('/');
  return top === 'core' ? (folder ?? null) : null;
}

function isPure(file: string): boolean {
  return pureFolders.has(coreFolder(file) ?? '') || file === metricsContract;
}

function directionProblems(from: string, target: string, typeOnly: boolean): string[] {
  const found: string[] = [];
  const fromCore = coreFolder(from);
  const targetCore = coreFolder(target);
  if (from === metricsContract) found.push(`${from} imports ${target}: it is plain data`);
  if (target === metricsContract && fromCore === null) return found;
  if (fromCore !== null && targetCore === null)
    found.push(`${from} imports ${target}: core imports only core`);
  if (topFolder(from).startsWith('action-') && targetCore === null && topFolder(from) !== topFolder(target)) {
    found.push(`${from} imports ${target}: no action imports another`);
  }
  const isChecks = topFolder(target) === 'check-infra';
  if (topFolder(from) === 'check-infra' && targetCore === null && !isChecks)
    found.push(
      `${from} imports ${target}: checks of infrastructure import only core and the metrics contract`,
    );
  if (isChecks && !['check-infra', 'cli'].includes(topFolder(from)))
    found.push(`${from} imports ${target}: only cli imports the checks of infrastructure`);
  if (topFolder(from) === 'cli' && isChecks && !target.endsWith('/index.ts'))
    found.push(`${from} imports ${target}: import a face of it, an index.ts`);
  if (isPure(from) && targetCore !== null && !pureMayImport.has(targetCore) && !typeOnly) {
    found.push(`${from} imports ${target}: this folder does no I/O`);
  }
  const application = applicationOf(from);
  const foreign = applicationOf(target);
  if (foreign !== null && foreign !== application)
    found.push(`${from} imports ${target}: nobody imports an application`);
  const judgesRows = application === pipeline && openToPipeline.has(target.split(sep).join('/'));
  if (application !== null && foreign === null && targetCore === null && !judgesRows)
    found.push(`${from} imports ${target}: an application imports only core and the metrics contract`);
  const entersFolder = targetCore !== null && targetCore !== fromCore;
  const open = application === service && openToService.has(targetCore ?? '');
  if (entersFolder && !open && !/\/(index|types|errors|log)\.ts$/.test(target)) {
    found.push(`${from} imports ${target}: import core/${targetCore}/index.ts`);
  }
  return found;
}

function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const state = new Map<string, 'open' | 'done'>();
  const cycles: string[][] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (state.get(file) === 'done') return;
    if (state.get(file) === 'open') {
      cycles.push([...path.slice(path.indexOf(file)), file]);
      return;
    }
    state.set(file, 'open');
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    state.set(file, 'done');
  };
  for (const file of graph.keys()) visit(file, []);
  return cycles;
}
