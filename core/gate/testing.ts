/** A small catalogue with every unit and every kind of selector, for the tests of this folder. */

import type { MetricCatalogue, MetricDefinition, Unit } from './types.ts';

function define(name: string, unit: Unit, more: Partial<MetricDefinition> = {}): [string, MetricDefinition] {
  return [
    name,
    {
      name,
      label: name,
      unit,
      direction: 'higher',
      definition: `The ${name} of a test.`,
      source: 'https://example.org',
      selectorHelp: null,
      selector: 'optional',
      ...more,
    },
  ];
}

export const testCatalogue: MetricCatalogue = new Map([
  define('accuracy', 'ratio'),
  define('f1', 'ratio', {
    selectorHelp: 'macro, micro, weighted or a class',
    readSelector: (text) =>
      text === 'macor'
        ? { ok: false, message: 'unknown average `macor`', offset: 0, nearest: 'macro' }
        : { ok: true, canonical: text },
  }),
  define('roc_auc', 'ratio', { selector: 'never' }),
  define('mape', 'ratio', { direction: 'lower', range: [0, Number.POSITIVE_INFINITY] }),
  define('mcc', 'number', { selector: 'never', range: [-1, 1] }),
  define('rmse', 'number', { direction: 'lower' }),
  define('mean', 'number', { direction: 'neutral' }),
  define('null_fraction', 'ratio', { selector: 'required', selectorHelp: 'a column' }),
  define('row_count', 'count', { selector: 'never' }),
  define('quantile', 'number', { selector: 'required' }),
  define('freshness', 'seconds', { direction: 'lower' }),
  define('p95', 'milliseconds', { direction: 'lower' }),
  define('p99', 'milliseconds', { direction: 'lower' }),
  define('throughput', 'per-second'),
  define('model_size', 'bytes', { direction: 'lower', selector: 'never' }),
  define('unique', 'ratio', { selector: 'required', standsAlone: true }),
  define('holds', 'ratio', { selector: 'required', standsAlone: true }),
  define('matches', 'ratio', { selector: 'required', standsAlone: true }),
  define('exists', 'ratio', { selector: 'required', standsAlone: true }),
  define('overlap', 'ratio', { selector: 'required', standsAlone: true }),
]);
