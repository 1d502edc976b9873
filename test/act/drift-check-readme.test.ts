import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { driftCatalogue } from '../../action-drift-check/src/catalogue.ts';
import { parseThresholds } from '../../core/gate/index.ts';

/** What action-drift-check/README.md and the root README say to type, typed. */

const project = resolve(import.meta.dirname, '../..');
const parcels = join(project, 'test/fixtures/drift');
const readme = readFileSync(join(project, 'action-drift-check/README.md'), 'utf8');
const root = readFileSync(join(project, 'README.md'), 'utf8');
const inputs = Object.keys(
  (parse(readFileSync(join(project, 'action-drift-check/action.yml'), 'utf8')) as { inputs: object }).inputs,
);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'drift-readme-'));
  mkdirSync(join(folder, 'data'));
  cpSync(join(parcels, 'parcels.csv'), join(folder, 'data/train.csv'));
  cpSync(join(parcels, 'parcels-today.csv'), join(folder, 'data/today.csv'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the one line of a text that starts the gate, as a shell would; the data here are CSV. */
function type(text: string, pattern: RegExp) {
  const line = pattern.exec(text)?.[0] ?? '';
  const [npx, command, ...args] = line.replaceAll('.parquet', '.csv').split(' ');
  expect([npx, command]).toEqual(['npx', 'ml-gates']);
  return spawnSync(process.execPath, [join(project, 'cli/ml-gates.ts'), ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
}

describe('on your own machine', () => {
  test('the line of the root README compares two files', () => {
    const { status, stdout, stderr } = type(root, /npx ml-gates drift-check .*/);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^Drift check passed/);
    expect(status).toBe(0);
  });

  test('a profile is written, and the data are checked against it', () => {
    const { status, stdout } = type(readme, /npx ml-gates drift-check --mode profile .*/);
    expect(stdout).toMatch(/^Drift check passed/);
    expect(status).toBe(0);
    const check = spawnSync(
      process.execPath,
      [
        join(project, 'cli/ml-gates.ts'),
        'drift-check',
        '--reference-path',
        'drift-profile.json',
        '--current-path',
        'data/today.csv',
      ],
      { cwd: folder, encoding: 'utf8' },
    );
    expect(check.stdout).toMatch(/^Drift check passed/);
  });
});

test('the examples name inputs that there are, and thresholds that can be read', () => {
  const blocks = [...readme.matchAll(/```yaml\n(.*?)```/gs)].map(([, yaml = '']) => yaml);
  expect(blocks.length).toBeGreaterThan(1);
  for (const [, name = ''] of readme.matchAll(/^ {6,10}([a-z-]+): \|?/gm)) {
    if (/^(with|uses|env|steps|if|run|id|runs-on|timeout-minutes)$/.test(name)) continue;
    expect(inputs, name).toContain(name);
  }
  const thresholds = /thresholds: \|\n((?: {12}.*\n)+)/.exec(readme)?.[1] ?? '';
  const parsed = parseThresholds(thresholds, driftCatalogue, { input: 'thresholds' });
  expect(parsed.problems).toEqual([]);
  expect(parsed.checks).toHaveLength(4);
});
