import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../action-deploy/src/inputs/index.ts';
import { passes } from '../../action-deploy/src/verdict.ts';
import { InputReader } from '../../core/inputs/index.ts';
import { stepsUsing } from '../support/readme-steps.ts';

/** What action-deploy/README.md and the root README say of it. */

const project = resolve(import.meta.dirname, '../..');
const readme = readFileSync(join(project, 'action-deploy/README.md'), 'utf8');
const root = readFileSync(join(project, 'README.md'), 'utf8');
const action = parse(readFileSync(join(project, 'action-deploy/action.yml'), 'utf8')) as {
  inputs: Record<string, { default?: string }>;
};

const examples = [readme, root].flatMap((text) => stepsUsing('org/action-deploy@v1', text));

test('the examples are read without a mistake', () => {
  expect(examples).toHaveLength(4);
  for (const { with: given = {} } of examples) {
    for (const name of Object.keys(given)) expect(Object.keys(action.inputs)).toContain(name);
    const reader = new InputReader({
      get: (name) =>
        String(given[name] ?? action.inputs[name]?.default ?? '').replaceAll(
          /\$\{\{.*?\}\}/g,
          'a'.repeat(40),
        ),
      workspace: '/workspace',
    });
    readConfig(reader);
    reader.finish();
  }
});

test('the table of outcomes says of each what its verdict is', () => {
  const outcomes = [
    'succeeded',
    'unchanged',
    'planned',
    'rolled-back',
    'rollback-failed',
    'failed',
    'timed-out',
    'superseded',
  ] as const;
  for (const outcome of outcomes) {
    const row = readme.split('\n').find((line) => line.startsWith(`| \`${outcome}\` |`)) ?? '';
    expect(row, outcome).toMatch(passes(outcome) ? /\| pass[^|]*\|$/ : /\| fail \|$/);
  }
});
