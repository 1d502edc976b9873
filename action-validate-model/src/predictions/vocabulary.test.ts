import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { RunError } from '../../../core/inputs/errors.ts';
import { runModelGate } from '../../../test/support/run-model-gate.ts';

const folder = mkdtempSync(join(tmpdir(), 'vocabulary-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

/** 40 rows, the labels alternate, every tenth prediction is wrong: an accuracy of 0.9. */
function predictions(
  label: (one: boolean) => string,
  predicted: (one: boolean) => string,
  extra = '',
): string {
  const rows = Array.from({ length: 40 }, (_, row) => {
    const one = row % 2 === 1;
    const said = row % 10 === 0 ? !one : one;
    const score = said ? '0.2,0.8' : '0.7,0.3';
    return `${label(one)},${predicted(said)},${score},g${Math.floor(row / 20)}`;
  });
  const path = join(folder, `${files++}.csv`);
  writeFileSync(path, `label,prediction,p0,p1,group\n${rows.join('\n')}\n${extra}`);
  return path;
}

const digit = (one: boolean): string => (one ? '1' : '0');
const lower = (one: boolean): string => String(one);
const pandas = (one: boolean): string => (one ? 'True' : 'False');

describe('what is no number, written as text among numbers', () => {
  test.each([
    ['a label', 'NaN,1,0.2,0.8,g0\n', /label column `label` holds "NaN" in row 41, and numbers otherwise/],
    ['a label', '-inf,1,0.2,0.8,g0\n', /label column `label` holds "-inf" in row 41/],
    ['a label', 'NA,1,0.2,0.8,g0\n', /label column `label` holds "NA" in row 41/],
    ['a prediction', '1,nan,0.2,0.8,g0\n', /prediction column `prediction` holds "nan" in row 41/],
  ])('is no class: %s', async (_, row, message) => {
    const failed = runModelGate({ 'predictions-path': predictions(digit, digit, row) });
    await expect(failed).rejects.toThrow(RunError);
    await expect(failed).rejects.toThrow(message);
  });

  test('may be a class among names', async () => {
    const word = (one: boolean): string => (one ? 'none' : 'some');
    const run = await runModelGate({ 'predictions-path': predictions(word, word) });
    expect(run.details.classes).toEqual(['none', 'some']);
  });
});

describe('one spelling for truth values', () => {
  test.each([
    ['labels true, predictions 1', lower, digit],
    ['labels True, predictions 1', pandas, digit],
    ['labels 1, predictions True', digit, pandas],
    ['labels 1, predictions true', digit, lower],
    ['labels true, predictions True', lower, pandas],
    ['labels 1, predictions 1.0', digit, (one: boolean) => `${digit(one)}.0`],
  ])('%s', async (_, label, predicted) => {
    const run = await runModelGate({ 'predictions-path': predictions(label, predicted) });
    expect(run.details.classes).toEqual(['0', '1']);
    expect(run.details.positiveClass).toBe('1');
    expect(run.metrics.accuracy).toBe(0.9);
  });

  test('the positive class may be named as the data spell it', async () => {
    const run = await runModelGate({
      'predictions-path': predictions(lower, digit),
      'positive-class': 'false',
    });
    expect(run.details.positiveClass).toBe('0');
  });

  test('a positive class that is none is told with the nearest', async () => {
    const given = { 'predictions-path': predictions(lower, lower), 'positive-class': 'ture' };
    await expect(runModelGate(given)).rejects.toThrow(
      /positive-class: `ture` is not a class.*did you mean `true`/,
    );
  });

  test('one spelling throughout is left as it is', async () => {
    const run = await runModelGate({ 'predictions-path': predictions(lower, lower) });
    expect(run.details.classes).toEqual(['false', 'true']);
  });
});

describe('predictions and labels that do not meet', () => {
  test('no class in common is an error, not an accuracy of 0', async () => {
    const file = predictions(digit, (one) => ` ${digit(one)}`);
    await expect(runModelGate({ 'predictions-path': file })).rejects.toThrow(
      /have no class in common: .* has ` 0`, ` 1`, the labels are `0`, `1`; write both the same way/,
    );
  });

  test('a predicted class that no row is labelled with is told', async () => {
    const file = predictions(
      (one) => (one ? 'dog' : 'cat'),
      (one) => (one ? 'dog' : 'cat'),
      'cat,cat ,0.9,0.1,g1\n',
    );
    const run = await runModelGate({ 'predictions-path': file });
    expect(run.notices).toContainEqual(
      expect.stringMatching(/predicts a class that no row is labelled with: `cat ` \(labels: `cat`, `dog`\)/),
    );
  });
});

describe('a column of predictions beside scores', () => {
  const scores = '0=p0\n1=p1';
  const swapped = '0=p1\n1=p0';

  test.each([
    ['whole numbers', digit],
    ['text', (one: boolean) => (one ? 'yes' : 'no')],
  ])('the column decides the class, not the scores: %s', async (_, spelling) => {
    const file = predictions(spelling, spelling);
    const run = await runModelGate({
      'predictions-path': file,
      'score-columns': spelling(true) === '1' ? swapped : 'no=p1\nyes=p0',
    });
    expect(run.metrics.accuracy).toBe(0.9);
    expect(run.notices).toContainEqual(
      expect.stringContaining('the predicted class has the highest score in only 0 of 40 rows'),
    );
  });

  test('without contradiction there is no notice', async () => {
    const run = await runModelGate({
      'predictions-path': predictions(digit, digit),
      'score-columns': scores,
    });
    expect(run.metrics.accuracy).toBe(0.9);
    expect(run.notices).toEqual([]);
  });

  test('fractions are no classes: the scores decide, and it is said', async () => {
    const file = predictions(digit, (one) => (one ? '0.8' : '0.3'));
    const run = await runModelGate({ 'predictions-path': file, 'score-columns': scores });
    expect(run.metrics.accuracy).toBe(0.9);
    expect(run.notices).toContainEqual(expect.stringContaining('no classes but fractions'));
  });
});

describe('the labels judged against themselves', () => {
  test.each([
    [{ 'prediction-column': 'label' }, /prediction-column: `label` is the label column/],
    [{ 'score-columns': '1=label' }, /score-columns: `label` is the label column/],
    [{ 'score-columns': '0=p1\n1=p1' }, /`p1` cannot hold the scores of both `0` and `1`/],
  ])('%j', async (given, message) => {
    const file = predictions(digit, digit);
    await expect(runModelGate({ 'predictions-path': file, ...given })).rejects.toThrow(message);
  });
});

test('a baseline file in another order is seen by its slices where its labels agree', async () => {
  const file = predictions(digit, digit);
  const other = predictions(digit, digit);
  const [head = '', ...rows] = readFileSync(other, 'utf8').trimEnd().split('\n');
  writeFileSync(other, [head, ...rows.slice(20), ...rows.slice(0, 20)].join('\n'));
  const run = runModelGate({ 'predictions-path': file, 'baseline-path': other, slices: 'group' });
  await expect(run).rejects.toThrow(/another value of `group` in row 1/);
});
