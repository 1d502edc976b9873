import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { modelFixtures, runModelGate } from '../../../test/support/run-model-gate.ts';

let folder: string;
const names = ['setosa', 'versicolor', 'virginica'];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'class-names-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A fixture's data with its labels 0, 1, 2 written as names. */
function withNames(fixture: string): string {
  const text = readFileSync(join(modelFixtures, fixture, 'data.csv'), 'utf8');
  const [header = '', ...rows] = text.trimEnd().split('\n');
  const at = header.split(',').indexOf('label');
  const renamed = rows.map((row) => {
    const cells = row.split(',');
    cells[at] = names[Number(cells[at])] ?? '';
    return cells.join(',');
  });
  const path = join(folder, `${fixture}.csv`);
  writeFileSync(path, `${[header, ...renamed].join('\n')}\n`);
  return path;
}

test.each(['softmax', 'labels-only'])(
  '%s: a model of numbers is judged on data of names',
  async (fixture) => {
    const model = { 'model-path': `${fixture}/model.onnx`, thresholds: 'accuracy >= 0.5' };
    const plain = await runModelGate({ ...model, 'data-path': `${fixture}/data.csv` });
    const run = await runModelGate({
      ...model,
      'data-path': withNames(fixture),
      'class-names': names.join('\n'),
    });
    expect(run.details.classes).toEqual(names);
    expect(run.metrics.accuracy).toBe(plain.metrics.accuracy);
    expect(run.metrics['recall(virginica)']).toBe(plain.metrics['recall(2)']);
    expect(run.metrics.log_loss).toBe(plain.metrics.log_loss);
  },
);

test('names in the data without class-names: the message points to it', async () => {
  const run = runModelGate({
    'model-path': 'class-absent-from-data/model.onnx',
    'data-path': withNames('class-absent-from-data'),
  });
  await expect(run).rejects.toThrow(/never emits the class .* list the names in `class-names`$/);
});

test('too few names are told, with the class that has none', async () => {
  const run = runModelGate({
    'model-path': 'labels-only/model.onnx',
    'data-path': withNames('labels-only'),
    'class-names': 'setosa\nversicolor',
  });
  await expect(run).rejects.toThrow(
    /class-names: .* emits the class `2`, which is none of the numbers that 2 names stand for/,
  );
});

test.each([
  { given: { 'class-names': 'one' }, says: 'class-names: `one` is one name only' },
  { given: { 'class-names': 'a\nb\na' }, says: 'class-names: `a` stands there twice' },
  { given: { 'class-names': 'a\nb', task: 'regression' }, says: 'class-names: regression has no classes' },
])('$says', async ({ given, says }) => {
  const run = runModelGate({ 'model-path': 'softmax/model.onnx', 'data-path': 'softmax/data.csv', ...given });
  await expect(run).rejects.toThrow(says);
});
