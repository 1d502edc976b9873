/**
 * Writes what the READMEs take from the code: inputs and outputs from action.yml, metrics from the catalogue, the values of
 * the chart, the checks of infrastructure, inputs and outputs of Terraform's modules.
 *
 *   node scripts/generate-docs.ts           writes the parts between `<!-- begin:… -->` and `<!-- end:… -->`
 *   node scripts/generate-docs.ts --check   fails when one is stale
 */

import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { deployCatalogue } from '../action-deploy/src/catalogue.ts';
import { driftCatalogue } from '../action-drift-check/src/catalogue.ts';
import { perfCatalogue } from '../action-perf-gate/src/catalogue.ts';
import { dataCatalogue } from '../action-validate-data/src/rules/catalogue.ts';
import { checks } from '../check-infra/index.ts';
import type { MetricDefinition } from '../core/gate/types.ts';
import { modelCatalogue } from '../core/metrics/index.ts';
import { chartValuesTable, describedSchema } from './docs/chart-values.ts';
import { permissionText } from './docs/permissions.ts';
import { inputsTable, outputsTable } from './docs/terraform-modules.ts';

interface ActionFile {
  readonly inputs: Readonly<Record<string, { description: string; default?: string }>>;
  readonly outputs: Readonly<Record<string, { description: string }>>;
}

const catalogues: Readonly<Record<string, Iterable<MetricDefinition>>> = {
  'action-deploy': deployCatalogue.values(),
  'action-drift-check': [...driftCatalogue.values()].filter(({ name }) => !modelCatalogue.has(name)),
  'action-perf-gate': perfCatalogue.values(),
  'action-validate-data': dataCatalogue.values(),
  'action-validate-model': modelCatalogue.values(),
};

const root = resolve(import.meta.dirname, '..');
const check = process.argv.includes('--check');
let stale = 0;

for (const file of globSync('action-*/action.yml', { cwd: root })) {
  const folder = dirname(file);
  const action = parse(readFileSync(join(root, file), 'utf8')) as ActionFile;
  const parts: Record<string, string> = {
    inputs: inputTable(action.inputs),
    outputs: outputTable(action.outputs),
    metrics: metricTable(catalogues[folder] ?? []),
    ...(folder === 'action-deploy' ? { permissions: permissionText() } : {}),
  };
  update(`${folder}/README.md`, (before) =>
    Object.entries(parts).reduce((text, [name, content]) => replacePart(text, name, content), before),
  );
}

const chart = 'reference-infra/helm/ml-platform';
const values = readFileSync(join(root, chart, 'values.yaml'), 'utf8');
const schema = JSON.parse(readFileSync(join(root, chart, 'values.schema.json'), 'utf8'));
update(`${chart}/values.schema.json`, () => describedSchema(values, schema));
update(`${chart}/README.md`, (before) => replacePart(before, 'values', chartValuesTable(values, schema)));

for (const file of globSync('reference-infra/terraform/modules/*/README.md', { cwd: root })) {
  const text = (name: string): string => readFileSync(join(root, dirname(file), name), 'utf8');
  update(file, (before) =>
    replacePart(
      replacePart(before, 'inputs', inputsTable(text('variables.tf'))),
      'outputs',
      outputsTable(text('outputs.tf')),
    ),
  );
}

update('check-infra/README.md', (before) => replacePart(before, 'checks', checkTable()));

if (stale > 0) process.exit(1);
if (check) console.log('docs: up to date');

function update(file: string, write: (before: string) => string): void {
  const path = join(root, file);
  const before = readFileSync(path, 'utf8');
  const after = write(before);
  if (after === before) return;
  if (check) {
    console.error(`${file} is stale: run \`npm run docs\``);
    stale += 1;
  } else {
    writeFileSync(path, after);
    console.log(`${file} written`);
  }
}

function replacePart(text: string, name: string, content: string): string {
  const begin = `<!-- begin:${name} -->`;
  const end = `<!-- end:${name} -->`;
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < 0) throw new Error(`the README lacks ${begin} … ${end}`);
  return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`;
}

function inputTable(inputs: ActionFile['inputs']): string {
  const rows = Object.entries(inputs).map(([name, { description, default: value }]) => {
    const shown = value === undefined || value === '' ? '' : code(value);
    return `| ${code(name)} | ${shown} | ${cell(description)} |`;
  });
  return ['| input | default | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

function outputTable(outputs: ActionFile['outputs']): string {
  const rows = Object.entries(outputs).map(
    ([name, { description }]) => `| ${code(name)} | ${cell(description)} |`,
  );
  return ['| output | meaning |', '| --- | --- |', ...rows].join('\n');
}

function checkTable(): string {
  const rows = checks.map(({ name, refuses }) => `| ${code(name)} | ${cell(refuses)} |`);
  return ['| check | what it refuses |', '| --- | --- |', ...rows].join('\n');
}

function metricTable(metrics: Iterable<MetricDefinition>): string {
  const rows = [...metrics].map((metric) => {
    const selector = metric.selectorHelp === null ? '' : cell(metric.selectorHelp);
    const better = metric.direction === 'neutral' ? '' : metric.direction;
    // What a gate measures itself has its own README as the source: no link from that to itself.
    const source = metric.source.startsWith('https://') ? ` ([source](${metric.source}))` : '';
    return `| ${code(metric.name)} | ${selector} | ${better} | ${cell(metric.definition)}${source} |`;
  });
  return ['| metric | in parentheses | better | definition |', '| --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
}

function code(text: string): string {
  return `\`${text}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/\s+/g, ' ').trim();
}
