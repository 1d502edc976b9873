import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { commonInputs, InputReader } from '../../core/inputs/index.ts';
import { mistakesOf } from '../../core/inputs/testing.ts';
import { inputsOf } from '../../test/support/run-model-gate.ts';
import { modelInputs, readConfig } from './inputs.ts';

const action = parse(readFileSync(resolve(import.meta.dirname, '../action.yml'), 'utf8')) as {
  inputs: Record<string, { description: string }>;
};

function read(given: Readonly<Record<string, string>>) {
  const inputs = inputsOf(given);
  const reader = new InputReader({ get: (name) => inputs.get(name) ?? '', workspace: '/somewhere' });
  const config = readConfig(reader);
  reader.finish();
  return config;
}

function problems(given: Readonly<Record<string, string>>): string {
  return mistakesOf(() => read(given));
}

const good = { 'model-path': 'm.onnx', 'data-path': 'd.csv' };

test('action.yml and the code name the same inputs, each described with an example', () => {
  expect(Object.keys(action.inputs).sort()).toEqual([...modelInputs, ...commonInputs].sort());
  for (const [name, { description }] of Object.entries(action.inputs)) {
    if (name !== 'github-token') expect(description, name).toMatch(/Example: `/);
  }
});

test('defaults are those of the interface', () => {
  expect(read(good)).toMatchObject({
    labelColumn: 'label',
    predictionColumn: 'prediction',
    task: 'auto',
    minAccuracy: 0.85,
    checks: [],
    slices: [],
    minSliceSize: 30,
    confidence: 0.95,
    seed: 0,
    batchSize: 4096,
    missingValues: 'error',
  });
});

test('slices are columns and crosses', () => {
  expect(read({ ...good, slices: 'region\nregion, sex\n' }).slices).toEqual([['region'], ['region', 'sex']]);
});

describe('contradictions are named before any work', () => {
  test.each([
    { given: { 'data-path': 'd.csv' }, says: 'no source of predictions is given; allowed: exactly one of' },
    { given: { ...good, 'predictions-path': 'p.csv' }, says: 'more than one source of predictions' },
    { given: { 'model-path': 'm.onnx' }, says: 'data-path: labelled test data are required' },
    {
      given: { 'predictions-path': 'p.csv', 'data-path': 'd.csv' },
      says: 'data-path: predictions-path already holds labels',
    },
    {
      given: { ...good, thresholds: 'roc_auc >= baseline - 0.01' },
      says: 'baseline-path: `roc_auc >= baseline - 0.01` compares with a baseline, and none is given',
    },
    { given: { ...good, task: 'regresion' }, says: 'did you mean `regression`?' },
    { given: { ...good, task: 'regression', 'min-accuracy': '0.9' }, says: 'regression has no accuracy' },
    { given: { ...good, task: 'multiclass', 'positive-class': 'x' }, says: 'has no positive class' },
    { given: { ...good, slices: 'a,,b' }, says: 'slices: `a,,b` names no column' },
    { given: { ...good, thresholds: 'accuracy >= 0.9\naccuracy <= 0.8' }, says: 'line 2' },
    { given: { ...good, 'endpoint-url': 'ftp://x/y' }, says: 'endpoint-url' },
    { given: { ...good, seed: '-1' }, says: 'seed' },
  ])('$says', ({ given, says }) => {
    expect(problems(given)).toContain(says);
  });
});
