import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { sampleResult } from '../../../test/support/gate-samples.ts';
import { runModelGate } from '../../../test/support/run-model-gate.ts';
import { readXml } from '../../../test/support/strict-xml.ts';
import { reportSections } from './sections.ts';

const folder = mkdtempSync(join(tmpdir(), 'many-classes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Four rows a class; of class 5 three are right and one is taken for class 6, of class 7 two for class 8. */
function run(classes: number) {
  const lines: string[] = [];
  for (let label = 0; label < classes; label += 1) {
    for (let row = 0; row < 4; row += 1) {
      const wrong = (label === 5 && row === 0) || (label === 7 && row < 2);
      lines.push(`c${label},c${wrong ? label + 1 : label}`);
    }
  }
  const path = join(folder, `${classes}.csv`);
  writeFileSync(path, `label,prediction\n${lines.join('\n')}\n`);
  return runModelGate({ 'predictions-path': path, 'baseline-path': path, thresholds: 'recall(c5) >= 0.5' });
}

describe('101 classes', async () => {
  const measured = await run(101);

  test('keep the values of each class, and in the details only what is not of one class', () => {
    expect(measured.metrics['recall(c5)']).toBe(0.75);
    expect(measured.metrics['precision(c8)']).toBeCloseTo(4 / 6, 15);
    expect(Object.keys(measured.metrics).filter((name) => name.startsWith('f1(c'))).toHaveLength(101);
    const names = measured.details.metrics.map(({ name }) => name);
    expect(names).toContain('recall(macro)');
    expect(names.filter((name) => name.includes('(c'))).toEqual([]);
    expect(measured.verdict).toBe('pass');
    const recall = measured.judged.find(({ check }) => check.metric === 'recall');
    expect(recall?.measurement.estimate).toMatchObject({ value: 0.75, interval: { level: 0.95 } });
  });

  test('keep the pairs that are confused instead of 10,201 cells', () => {
    const { classes, confusedPairs, candidate } = measured.details;
    expect(candidate.evaluation.confusion).toBeNull();
    const named = confusedPairs?.candidate?.top.map((pair) => ({
      ...pair,
      actual: classes[pair.actual],
      predicted: classes[pair.predicted],
    }));
    expect(named).toEqual([
      { actual: 'c7', predicted: 'c8', count: 2, total: 4 },
      { actual: 'c5', predicted: 'c6', count: 1, total: 4 },
    ]);
    expect(confusedPairs?.baseline).toEqual(confusedPairs?.candidate);
  });

  test('say so', () =>
    expect(measured.notices).toContain(
      'with 101 classes, the metrics of single classes are kept as values without intervals (`metrics`), ' +
        'and of the confusion matrix and the curves only what is worst',
    ));

  test('are shown by their confusions, and the report says where the rest is', () => {
    const texts = new Map(
      reportSections(sampleResult([], measured.details)).map(({ title, body }) => [
        title,
        readXml(`<div>${body.text}</div>`).text,
      ]),
    );
    expect(texts.get('Which classes are confused')).toContain('c7 → c8');
    expect(texts.get('Which classes are confused')).toContain('2 of 2 confused pairs');
    expect(texts.get('All metrics')).toContain(
      'Precision, recall and F1 of each of the 101 classes are in the result document, under metrics.',
    );
  });
});

test('100 classes are kept in full', async () => {
  const { details, notices } = await run(100);
  expect(details.confusedPairs).toBeUndefined();
  expect(details.candidate.evaluation.confusion).toHaveLength(100);
  expect(details.metrics.filter(({ name }) => name.startsWith('recall(c'))).toHaveLength(100);
  expect(notices.join()).not.toContain('with 100 classes');
});
