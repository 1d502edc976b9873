/** Results as the drift check writes them, realistic and hostile, for the tests of its reports. */

import type { ColumnDrift } from '../../core/drift/types.ts';
import {
  below,
  categorical,
  checksOf,
  type DriftSample,
  details,
  driftResult,
  judged,
  metric,
  numeric,
  shifted,
} from './drift-sample-parts.ts';
import { hostileTexts } from './gate-sample-parts.ts';

export type { DriftSample } from './drift-sample-parts.ts';

const country = categorical(
  'country',
  { DE: [0.421, 0.305], FR: [0.182, 0.176], EU: [0.12, 0.31], IT: [0.16, 0.124], UK: [0, 0.021] },
  {
    value: 0.211,
    effect: 0.2109,
    test: { name: 'chi-square', statistic: 1911, p: 0, adjusted_p: 0 },
    new_categories: ['UK', ''],
    new_share: 0.0214,
    vanished_categories: ['SU'],
    vanished_share: 0.0002,
    drifted: true,
    signals: ['distribution', 'new_category'],
    score: 4.218,
    sentence: 'New: “UK” and “”, 2.14% of the values. The share of “EU” rose from 12% to 31%.',
  },
);

const income = shifted('income', 0.342, {
  missing: { reference: 0.0012, current: 0.31, p: 0, adjusted_p: 0 },
  n_current: 8280,
  signals: ['missing', 'distribution'],
  score: 15.44,
  sentence:
    '31% are now missing, 0.12% were. The median went up by 4.1, from 38.2 to 42.3, mostly in the upper tail.',
});

/** Three columns, two of them drifted. */
export function fewColumns(): DriftSample {
  const columns = [income, country, numeric('age')];
  return driftResult(checksOf(columns), details(columns));
}

function wide(count: number, drifted: readonly ColumnDrift[]): readonly ColumnDrift[] {
  return [
    ...drifted,
    ...Array.from({ length: count - drifted.length }, (_, index) =>
      index % 4 === 3
        ? categorical(
            `segment_${String(index).padStart(3, '0')}`,
            { a: [0.52, 0.518], b: [0.3, 0.301], c: [0.12, 0.121], d: [0.06, 0.06] },
            { effect: 0.0001 * index },
          )
        : numeric(`sensor_${String(index).padStart(3, '0')}_temperature`, {
            effect: 0.0004 * index,
            missing: { reference: 0.002, current: 0.0021 + 0.00001 * index, p: 0.4, adjusted_p: 0.8 },
          }),
    ),
  ];
}

/** A hundred features, seven of them drifted; predictions, labels and scores; performance; not all judged. */
export function hundredColumns(): DriftSample {
  const columns = [
    ...wide(100, [
      income,
      country,
      shifted('age', 0.41),
      shifted('basket_value', 0.22, {
        method: 'psi',
        value: 0.141,
        noise_floor: 0.0012,
        effect: 0.1398,
        threshold: 0.1,
        score: 1.398,
        sentence: 'The values spread wider: nine in ten were between 3.1 and 97, now between 1.2 and 140.',
      }),
      numeric('visits', {
        missing: { reference: 0.01, current: 0.081, p: 1e-20, adjusted_p: 1e-18 },
        drifted: true,
        signals: ['missing'],
        score: 3.55,
        sentence: '8.1% are now missing, 1% were.',
      }),
      numeric('postcode', {
        method: null,
        value: null,
        noise_floor: null,
        effect: null,
        threshold: null,
        test: null,
        shape: null,
        drifted: true,
        signals: ['type'],
        score: 1,
        sentence: 'The column is text now, it held numbers.',
        unjudged: 'the type changed',
      }),
      numeric('legacy_flag', {
        kind: 'categorical',
        method: null,
        value: null,
        noise_floor: null,
        effect: null,
        threshold: null,
        test: null,
        shape: null,
        n_current: 0,
        missing: { reference: 0, current: 1, p: null, adjusted_p: null },
        drifted: true,
        signals: ['vanished_column'],
        score: 1,
        sentence: 'The current data do not have this column.',
      }),
    ]),
    categorical(
      'predicted_churn',
      { false: [0.81, 0.702], true: [0.19, 0.298] },
      {
        role: 'prediction',
        value: 0.108,
        effect: 0.1079,
        threshold: 0.05,
        test: { name: 'chi-square', statistic: 633, p: 0, adjusted_p: 0 },
        drifted: true,
        signals: ['distribution'],
        score: 2.158,
        sentence: 'The share of “true” rose from 19% to 29.8%.',
      },
    ),
    categorical(
      'churned',
      { false: [0.806, 0.801], true: [0.194, 0.199] },
      { role: 'label', sentence: 'No change beyond chance: the most is “true”, from 19.4% to 19.9%.' },
    ),
    shifted('score', 0.28, { role: 'score', sentence: 'The median went up by 0.061, from 0.22 to 0.281.' }),
    ...['customer_id', 'order_id'].map((name) =>
      unjudged(name, 'its values hardly repeat, as an identifier’s do'),
    ),
    unjudged('signup_date', 'dates move by themselves'),
    numeric('referrer_score', {
      n_current: 140,
      inconclusive: '140 values present in the current data are too few to judge; it takes 200 (min-rows)',
    }),
  ];
  return driftResult(
    [
      ...checksOf(columns),
      judged({
        metric: 'share_drifted',
        condition: below(0.05, '5%'),
        value: 0.07,
        reason: '7 of 100 columns drifted',
      }),
    ],
    details(columns, {
      newColumns: ['campaign', 'utm_source'],
      performance: [
        metric('accuracy', 0.912, 0.871, {
          worse: true,
          p: 1e-9,
          adjusted_p: 1e-8,
          sentence: 'Accuracy fell by 0.041, from 0.912 to 0.871.',
        }),
        metric('roc_auc', 0.951, 0.949),
        metric('recall(true)', 0.71, 0.7, {
          change: { defined: false, reason: 'no row of the reference has this class', n: 0 },
          p: null,
          adjusted_p: null,
        }),
      ],
      metricsPath: 'gate-results/drift.prom',
    }),
    { notices: ['The column campaign is only in the current data: nothing to compare it with.'] },
  );
}

function unjudged(name: string, why: string): ColumnDrift {
  return numeric(name, {
    kind: 'categorical',
    method: null,
    unjudged: why,
    value: null,
    noise_floor: null,
    effect: null,
    threshold: null,
    test: null,
    shape: null,
    sentence: `Not judged: ${why}.`,
  });
}

/** Two hundred columns against a profile, and nothing has changed. */
export function nothingDrifted(): DriftSample {
  const columns = wide(200, []);
  return driftResult(
    checksOf(columns),
    details(columns, {
      reference: { kind: 'profile', rows: 1_000_000, files: ['drift/reference.json'] },
    }),
  );
}

/** Ten rows: nothing can be known. */
export function tenRows(): DriftSample {
  const columns = Array.from({ length: 30 }, (_, index) =>
    numeric(`feature_${index}`, {
      n_current: 10,
      value: 0.31,
      noise_floor: 0.25,
      effect: 0.06,
      inconclusive: '10 rows in the current data are too few to judge; it takes 200 (min-rows)',
      sentence: '10 rows in the current data are too few to judge; it takes 200 (min-rows).',
    }),
  );
  return driftResult(
    checksOf(columns),
    details(columns, { current: { rows: 10, files: ['data/current.csv'] } }),
  );
}

/** Everything drifted, and there is much to say of each column. */
export function allDrifted(): DriftSample {
  const columns = Array.from({ length: 120 }, (_, index) => {
    const name = `a_rather_long_name_of_a_column_from_a_feature_store_number_${index}`;
    const sentence = `${'New: “a long category name”, “another long category name” and 17 more, 12% of the values. '.repeat(3)}The median went up by ${120 - index}.`;
    return index % 2 === 0
      ? shifted(name, 2.2 - index / 100, { sentence })
      : categorical(
          name,
          Object.fromEntries(
            Array.from({ length: 20 }, (_, at) => [
              `category ${at} with a name that does not fit on a phone`,
              [0.04, at % 5 === 0 ? 0.1 : 0.02] as const,
            ]),
          ),
          {
            drifted: true,
            signals: ['distribution', 'missing', 'new_category', 'vanished_category'],
            score: 22 - index / 10,
            effect: 0.2,
            value: 0.21,
            new_categories: Array.from({ length: 50 }, (_, at) => `new category number ${at}`),
            new_share: 0.12,
            vanished_categories: Array.from({ length: 12 }, (_, at) => `old category number ${at}`),
            vanished_share: 0.031,
            sentence,
          },
        );
  });
  return driftResult(checksOf(columns), details(columns));
}

/** One percent of the columns may drift, and less does: nothing of it is a failure. */
export function toleratedDrift(): DriftSample {
  const columns = wide(150, [shifted('age', 0.41)]);
  return driftResult(
    [
      judged({ metric: 'share_drifted', condition: below(0.1, '10%'), value: 1 / 150 }),
      judged({
        metric: 'drift',
        selector: 'age',
        condition: below(0.1),
        value: 0.3987,
        severity: 'warn',
        reason: 'The median went up by 4.1.',
      }),
    ],
    details(columns),
  );
}

export function writtenProfile(): DriftSample {
  const columns = [numeric('age'), numeric('income'), categorical('country', { DE: [0.6, 0.6] })];
  return driftResult(
    [],
    details(columns, {
      mode: 'profile',
      current: { rows: 0, files: [] },
      share_drifted: null,
      profile: { path: 'drift/reference.json', bytes: 41_230 },
    }),
    { names: ['drift/reference.json'] },
  );
}

/** Every text that data can reach is hostile: columns, categories, sentences, reasons, files, metrics, the id. */
export function hostileDrift(): DriftSample {
  const text = (index: number): string => hostileTexts[index % hostileTexts.length] ?? '';
  const columns = hostileTexts.map((name, index) => {
    const common = { sentence: `${text(index + 1)} rose`, score: 3 - index / 10, drifted: true } as const;
    if (index % 5 === 4) return unjudged(name, text(index + 2));
    if (index % 5 === 3) return numeric(name, { inconclusive: text(index + 2) });
    if (index % 2 === 0) return shifted(name, 0.4, common);
    return categorical(
      name,
      { [text(index)]: [0.5, 0.1], [text(index + 3)]: [0.3, 0.6], '': [0.1, 0.2] },
      {
        ...common,
        signals: ['distribution', 'new_category', 'vanished_category'],
        new_categories: [text(index + 3), ...hostileTexts],
        new_share: 0.6,
        vanished_categories: hostileTexts,
        vanished_share: 0.2,
      },
    );
  });
  return driftResult(
    checksOf(columns),
    details(columns, {
      reference: { kind: 'data', rows: 5000, files: hostileTexts },
      current: { rows: 5000, files: hostileTexts },
      newColumns: hostileTexts,
      performance: hostileTexts.map((name, index) =>
        metric(name, 0.9, 0.8, {
          worse: index % 2 === 0,
          sentence: text(index),
          ...(index % 3 === 0 ? { change: { defined: false, reason: text(index + 1), n: 0 } } : {}),
        }),
      ),
      metricsPath: text(0),
    }),
    { id: '--> ::error::<b>', notices: hostileTexts, names: hostileTexts },
  );
}

/** Numbers at the ends of what doubles hold, constants, and shares that round to nothing. */
export function oddNumbers(): DriftSample {
  const shape = (edges: readonly number[], current: readonly number[]) =>
    ({ kind: 'numeric', edges, reference: current.toReversed(), current }) as const;
  const columns = [
    numeric('constant', { shape: shape([4.75, 5.25], [1]) }),
    shifted('one edge', 0.3, { shape: shape([5, 5], [1]) }),
    shifted('huge', 0.3, { shape: shape([-1e308, 0, 1e308], [0.2, 0.8]), score: 1e6 }),
    shifted('tiny', 0.3, { shape: shape([0, 1e-300, 2e-300], [0.000001, 0.999999]) }),
    shifted('uneven', 0.3, { shape: shape([0, 1, 1, 10, 1000], [0.1, 0.2, 0.3, 0.4]) }),
    shifted('none now', 0.3, {
      n_current: 0,
      shape: { kind: 'numeric', edges: [0, 1, 2], reference: [0.5, 0.5], current: [0, 0] },
    }),
    shifted('years', 0.3, { shape: shape([1_999_000.5, 1_999_001.5, 1_999_002.5], [0.3, 0.7]) }),
    categorical('no categories', {}, { shape: null, n_reference: 0, n_current: 0, effect: null }),
    categorical('only others', {}, { drifted: true, signals: ['distribution'], score: 2 }),
  ];
  return driftResult(checksOf(columns), details(columns, { current: { rows: 0, files: [] } }));
}

export const driftSamples: Readonly<Record<string, () => DriftSample>> = {
  'three columns': fewColumns,
  'a hundred columns': hundredColumns,
  'nothing drifted': nothingDrifted,
  'ten rows': tenRows,
  'all drifted': allDrifted,
  'within a tolerance': toleratedDrift,
  'a written profile': writtenProfile,
  hostile: hostileDrift,
  'odd numbers': oddNumbers,
};
