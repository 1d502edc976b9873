import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  classificationMetrics,
  formatMetricName,
  metricLabel,
  modelCatalogue,
  parseMetricSelector,
  readFairnessSelector,
  readMetricSelector,
  variantProblem,
  writeSelector,
} from './index.ts';

const average = (name: 'macro' | 'micro' | 'weighted') => ({ kind: 'average', average: name });
const className = (name: string) => ({ kind: 'class', name });

describe('the text in the parentheses', () => {
  test.each([
    ['macro', average('macro'), [], 'macro'],
    ['  weighted ', average('weighted'), [], 'weighted'],
    ['fraud', className('fraud'), [], 'fraud'],
    ['"macro"', className('macro'), [], '"macro"'],
    ['not spam', className('not spam'), [], 'not spam'],
    ['"a, b"', className('a, b'), [], '"a, b"'],
    ['"x=1"', className('x=1'), [], '"x=1"'],
    ['"say \\"hi\\" \\\\"', className('say "hi" \\'), [], '"say \\"hi\\" \\\\"'],
    ['region=EU', null, [{ column: 'region', value: 'EU' }], 'region=EU'],
    ['region = EU ,macro', average('macro'), [{ column: 'region', value: 'EU' }], 'macro, region=EU'],
    ['a=b=c', null, [{ column: 'a', value: 'b=c' }], 'a="b=c"'],
    [
      'macro, region=EU, "age, group"="<30"',
      average('macro'),
      [
        { column: 'region', value: 'EU' },
        { column: 'age, group', value: '<30' },
      ],
      'macro, region=EU, "age, group"=<30',
    ],
    ['city=""', null, [{ column: 'city', value: '' }], 'city=""'],
  ])('%s', (text, variant, slice, canonical) => {
    expect(readMetricSelector(text)).toEqual({ ok: true, canonical, variant, group: null, slice });
    expect(readMetricSelector(canonical)).toEqual({ ok: true, canonical, variant, group: null, slice });
  });

  test.each([
    ['', 0, 'nothing stands here'],
    ['macro,', 6, 'nothing stands here'],
    ['macro, , a=b', 7, 'nothing stands here'],
    ['macro, fraud', 7, 'a second average or class: fraud'],
    ['=EU', 0, 'the column name before = is missing'],
    ['region=', 7, 'the value after = is missing'],
    ['"open', 0, 'the quote opened here is never closed'],
    ['fr"aud', 2, 'a quote in the middle of a word'],
    ['"a" b', 4, 'text follows the closing quote'],
    ['a=1, a=2', 5, 'column a stands twice'],
  ])('%s is refused at %d', (text, offset, message) => {
    expect(readMetricSelector(text)).toMatchObject({ ok: false, offset, message });
  });

  test('whatever the names are, what is written is read again', () => {
    const word = fc.string({ maxLength: 8 });
    const slice = fc.uniqueArray(fc.record({ column: word, value: word }), {
      selector: ({ column }) => column,
      maxLength: 3,
    });
    const variant = fc.oneof(
      fc.constant(null),
      fc.constantFrom(average('macro'), average('micro')),
      fc.oneof(word, fc.constantFrom('macro', 'weighted', ' x', '"', '\\')).map(className),
    );
    fc.assert(
      fc.property(variant, slice, (chosen, terms) => {
        fc.pre(chosen !== null || terms.length > 0);
        const selector = { variant: chosen, group: null, slice: terms } as Parameters<
          typeof writeSelector
        >[0];
        expect(readMetricSelector(writeSelector(selector))).toMatchObject({ ok: true, ...selector });
      }),
    );
  });

  test('fairness metrics take one column of groups, and slices', () => {
    expect(readFairnessSelector('sex, region=EU')).toEqual({
      ok: true,
      canonical: 'sex, region=EU',
      variant: null,
      group: 'sex',
      slice: [{ column: 'region', value: 'EU' }],
    });
    expect(readFairnessSelector('region=EU')).toMatchObject({ ok: false, offset: 0 });
    expect(readFairnessSelector('sex, age')).toMatchObject({ ok: false, offset: 5 });
  });
});

describe('the catalogue', () => {
  test('has every metric of the public interface', () => {
    expect([...modelCatalogue.keys()]).toEqual([
      ...['accuracy', 'balanced_accuracy', 'precision', 'recall', 'f1', 'mcc', 'kappa', 'log_loss', 'brier'],
      ...['roc_auc', 'average_precision', 'ece'],
      ...['rmse', 'mae', 'mape', 'r2', 'median_absolute_error', 'max_error'],
      ...['latency_p50', 'latency_p95', 'rows_per_second', 'model_size'],
      ...['demographic_parity_difference', 'equalized_odds_difference', 'equal_opportunity_difference'],
    ]);
    for (const [name, metric] of modelCatalogue) {
      expect(metric.name).toBe(name);
      expect(metric.source).toMatch(/^https:\/\/|^action-validate-model\/README\.md$/);
      expect(metric.definition).toMatch(/^[A-Z0-9].*\.$/);
      expect(metric.selector === 'never').toBe(metric.selectorHelp === null);
    }
  });

  test('accuracy takes slices and no class; roc_auc no micro average', () => {
    const read = (metric: string, text: string) => classificationMetrics.get(metric)?.readSelector?.(text);
    expect(read('accuracy', 'region=EU')).toMatchObject({ ok: true, canonical: 'region=EU' });
    expect(read('accuracy', 'fraud')).toMatchObject({
      ok: false,
      message: expect.stringContaining('no class'),
    });
    expect(read('roc_auc', 'micro')).toMatchObject({ ok: false });
    expect(read('roc_auc', 'macro')).toMatchObject({ ok: true });
    expect(read('f1', 'micro, region=EU')).toMatchObject({ ok: true });
  });

  test('names and labels, as thresholds and reports spell them', () => {
    const classes = ['macro', 'a, b', 'fraud'];
    expect(formatMetricName('recall', { kind: 'class', index: 2 }, classes)).toBe('recall(fraud)');
    expect(formatMetricName('recall', { kind: 'class', index: 1 }, classes)).toBe('recall("a, b")');
    expect(formatMetricName('recall', { kind: 'class', index: 0 }, classes)).toBe('recall("macro")');
    expect(formatMetricName('f1', { kind: 'average', average: 'macro' }, classes)).toBe('f1(macro)');
    expect(formatMetricName('mcc', { kind: 'default' }, classes)).toBe('mcc');
    expect(metricLabel('f1', { kind: 'average', average: 'macro' }, classes)).toBe('F1 (macro)');
    expect(parseMetricSelector('f1', '"macro"').variant).toEqual(className('macro'));
    expect(parseMetricSelector('demographic_parity_difference', 'sex').group).toBe('sex');
  });

  test('what a task allows', () => {
    expect(variantProblem('f1', { kind: 'default' }, 'binary')).toBeNull();
    expect(variantProblem('f1', { kind: 'default' }, 'multiclass')).toContain('f1(macro)');
    expect(
      variantProblem('average_precision', { kind: 'average', average: 'micro' }, 'multiclass'),
    ).toContain('no micro average');
    expect(variantProblem('mcc', { kind: 'class', index: 0 }, 'binary')).toContain('no class');
  });
});
