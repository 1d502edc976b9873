import fc from 'fast-check';
import { expect, test } from 'vitest';
import { editDistance, nearest } from './nearest.ts';

const metrics = [
  'accuracy',
  'balanced_accuracy',
  'precision',
  'recall',
  'f1',
  'roc_auc',
  'log_loss',
  'rmse',
  'mae',
];

test.each<[string, string | undefined]>([
  ['acuracy', 'accuracy'],
  ['accuarcy', 'accuracy'],
  ['Accuracy', 'accuracy'],
  ['ROC-AUC', 'roc_auc'],
  ['log loss', 'log_loss'],
  ['auc', 'roc_auc'],
  ['prec', 'precision'],
  ['f2', 'f1'],
  ['rsme', 'rmse'],
  ['accuracy_score', 'accuracy'],
  ['throughput', undefined],
  ['', undefined],
  ['x', undefined],
  ['a'.repeat(5000), undefined],
])('%s', (word, expected) => {
  expect(nearest(word, metrics)).toBe(expected);
});

test('the nearest wins, the first of equals', () => {
  expect(nearest('lable', ['cable', 'label', 'table'])).toBe('cable');
  expect(nearest('labell', ['cable', 'label', 'labels'])).toBe('label');
});

test('edits as Damerau counts them', () => {
  expect(editDistance('ca', 'ac')).toBe(1);
  expect(editDistance('kitten', 'sitting')).toBe(3);
  expect(editDistance('', 'abc')).toBe(3);
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b) === 0).toBe(a === b);
    }),
  );
});
