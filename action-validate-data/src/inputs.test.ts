import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { commonInputs, InputReader } from '../../core/inputs/index.ts';
import { mistakesOf } from '../../core/inputs/testing.ts';
import { dataInputs, readConfig } from './inputs.ts';

const action = parse(readFileSync(resolve(import.meta.dirname, '../action.yml'), 'utf8')) as {
  inputs: Record<string, { description: string; default?: string }>;
};
const workspace = mkdtempSync(join(tmpdir(), 'data-inputs-'));
writeFileSync(join(workspace, 'old.json'), '{}');
afterAll(() => rmSync(workspace, { recursive: true, force: true }));

function read(given: Readonly<Record<string, string>>) {
  const get = (name: string): string => given[name] ?? action.inputs[name]?.default ?? '';
  const reader = new InputReader({ get, workspace });
  const config = readConfig(reader);
  reader.finish();
  return config;
}

function problems(given: Readonly<Record<string, string>>): string {
  return mistakesOf(() => read(given));
}

const good = { 'data-path': 'a.csv\nb/*.csv', 'schema-path': 's.json' };

test('action.yml and the code name the same inputs, each described with an example', () => {
  expect(Object.keys(action.inputs).sort()).toEqual([...dataInputs, ...commonInputs].sort());
  for (const [name, { description }] of Object.entries(action.inputs)) {
    if (name !== 'github-token') expect(description, name).toMatch(/Example: `/);
  }
});

test('defaults are those of the interface', () => {
  expect(read(good)).toMatchObject({
    mode: 'validate',
    data: ['a.csv', 'b/*.csv'],
    format: 'auto',
    csv: {},
    checks: [],
    invalidRows: { id: 'invalid_rows <= 0', metric: 'invalid_rows' },
  });
});

test.each([
  ['5', 'invalid_rows <= 5', 5],
  ['0.5%', 'invalid_fraction <= 0.5%', 0.005],
  ['100%', 'invalid_fraction <= 100%', 1],
])('max-invalid-rows %s is the check %s', (text, id, value) => {
  const { invalidRows } = read({ ...good, 'max-invalid-rows': text });
  expect(invalidRows.id).toBe(id);
  expect(invalidRows.condition).toMatchObject({ operator: '<=', bound: { value } });
});

test.each<[string, Readonly<Record<string, string>>, string]>([
  ['no data', { 'schema-path': 's.json' }, 'data-path: the data to check are required'],
  [
    'nothing to check against',
    { 'data-path': 'a.csv' },
    'schema-path: there is nothing to check the data against',
  ],
  ['a number that is none', { ...good, 'max-invalid-rows': 'few' }, 'max-invalid-rows: "few" is neither'],
  ['a share above all', { ...good, 'max-invalid-rows': '101%' }, 'max-invalid-rows'],
  ['a rule that is none', { ...good, rules: 'uniqe(id)' }, 'did you mean `unique`?'],
  ['a baseline', { ...good, rules: 'mean(a) >= baseline' }, 'there is no baseline here'],
  ['an unknown option', { ...good, 'csv-options': 'delimeter=;' }, 'did you mean `delimiter'],
  ['an unknown mode', { ...good, mode: 'infr' }, 'did you mean `infer`?'],
  ['a mode for later', { ...good, mode: 'compare' }, 'mode: "compare" is not one of its values'],
  ['npz', { ...good, format: 'npz' }, 'format: "npz" is not one of its values'],
  [
    'a schema that would be lost',
    { 'data-path': 'a.csv', mode: 'infer', 'schema-path': 'old.json' },
    'schema-path: old.json exists already',
  ],
  [
    'a schema outside',
    { 'data-path': 'a.csv', mode: 'infer', 'schema-path': '../new.json' },
    'is outside the workspace',
  ],
])('%s is named before any work', (_, given, message) => {
  expect(problems(given)).toContain(message);
});

test('all mistakes come at once', () => {
  const message = problems({ rules: 'uniqe(id)', 'max-invalid-rows': 'x', 'csv-options': 'quote' });
  for (const input of ['data-path:', 'rules:', 'max-invalid-rows:', 'csv-options:'])
    expect(message).toContain(input);
});
