/**
 * Writes `fixtures/grafana.schema.json`: JSON Schema of a dashboard and of the panels that ours have, from the types of
 * Grafana's own package. The generator needs an older TypeScript than ours, and so is no dependency:
 *
 *   npm install --no-save --prefix "$TMPDIR/schema" ts-json-schema-generator@2.10.0
 *   node test/infra/dashboards/make-schema.ts "$TMPDIR/schema"
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../..');
const [installed] = process.argv.slice(2);
if (installed === undefined) throw new Error('name the folder that the generator is installed in');
const generator = join(resolve(installed), 'node_modules/.bin/ts-json-schema-generator');

const parts: readonly (readonly [module: string, type: string])[] = [
  ['dashboard', 'Dashboard'],
  ['prometheus', 'Dataquery'],
  ['timeseries', 'Options'],
  ['timeseries', 'FieldConfig'],
  ['stat', 'Options'],
  ['table', 'Options'],
  ['table', 'FieldConfig'],
  ['bargauge', 'Options'],
  ['heatmap', 'Options'],
];

interface Schema {
  definitions: Record<string, Record<string, unknown>>;
}

const folder = mkdtempSync(join(resolve(installed), 'schema-'));
try {
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: { module: 'nodenext', moduleResolution: 'nodenext', strict: true, types: [] },
    }),
  );
  const schemas = parts.map(([module, type]) => [`${module}.${type}`, schemaOf(module, type)] as const);
  const path = join(import.meta.dirname, 'fixtures/grafana.schema.json');
  writeFileSync(path, `${JSON.stringify(Object.fromEntries(schemas), null, 1)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function schemaOf(module: string, type: string): Schema {
  const source = `import type { ${type} as Part } from '@grafana/grafana-foundation-sdk/${module}';\nexport type Root = Part;\n`;
  writeFileSync(join(folder, 'entry.ts'), source);
  const out = join(folder, 'schema.json');
  const options = ['--tsconfig', join(folder, 'tsconfig.json'), '--no-type-check', '--out', out];
  execFileSync(generator, ['--path', join(folder, 'entry.ts'), '--type', 'Root', ...options]);
  const schema = JSON.parse(readFileSync(out, 'utf8')) as Schema;
  for (const definition of Object.values(schema.definitions)) withoutMarker(definition);
  // Which fields a query has, the type of its own source says.
  const query = module === 'prometheus' ? undefined : schema.definitions.Dataquery;
  if (query !== undefined) query.additionalProperties = true;
  return schema;
}

/** A method that marks queries is in the types alone. */
function withoutMarker(definition: Record<string, unknown>): void {
  const marker = '_implementsDataqueryVariant';
  const { properties, required } = definition;
  if (Array.isArray(required)) definition.required = required.filter((key) => key !== marker);
  if (typeof properties === 'object' && properties !== null) Reflect.deleteProperty(properties, marker);
}
