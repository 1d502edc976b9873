/** What thresholds over drift may name. */

import { SelectorMistake, SelectorReader, writeName } from '../../gate/index.ts';
import type { MetricDefinition, SelectorReading } from '../../gate/types.ts';

const design = 'docs/decisions/drift-verdicts.md';

export const driftColumnMetrics: readonly MetricDefinition[] = [
  {
    ...onColumn('drift', 'Drift', 'number'),
    definition:
      'Distance between the values of reference and current data by the column’s method, without what chance gives; over the bound and significant is drift',
    range: [0, Number.POSITIVE_INFINITY],
  },
  {
    ...onColumn('missing', 'Missing values', 'ratio'),
    definition:
      'Share of rows without a value (null, NaN or infinite) in the current data; `baseline` is that of the reference',
  },
  {
    ...onColumn('new_categories', 'New categories', 'ratio'),
    definition: 'Share of the current values that are in categories the reference does not have',
  },
  {
    ...onColumn('vanished_categories', 'Vanished categories', 'ratio'),
    definition: 'Share of the reference’s values that are in categories the current data do not have',
  },
  {
    ...onColumn('same_type', 'Same type', 'number'),
    definition: 'Holds where numbers are still numbers, text is still text, and so on',
    standsAlone: true,
  },
  {
    ...onColumn('present', 'Present', 'number'),
    definition: 'Holds where the current data have the column',
    standsAlone: true,
  },
];

export const driftTableMetrics: readonly MetricDefinition[] = [
  {
    ...onTable('share_drifted', 'Share of drifted columns', 'ratio'),
    definition: 'Drifted columns over the columns that were judged; prediction, label and score do not count',
  },
  {
    ...onTable('drifted_columns', 'Drifted columns', 'count'),
    definition: 'Number of drifted columns; prediction, label and score do not count',
  },
  {
    ...onTable('reference_rows', 'Rows of the reference', 'count'),
    definition: 'Rows of the reference, or of what its profile was made of',
  },
  { ...onTable('current_rows', 'Current rows', 'count'), definition: 'Rows of the current data' },
];

function onColumn(name: string, label: string, unit: MetricDefinition['unit']) {
  return {
    name,
    label,
    unit,
    direction: 'lower',
    source: design,
    selectorHelp: 'a column',
    selector: 'required',
    readSelector: readColumn,
  } as const;
}

function onTable(name: string, label: string, unit: MetricDefinition['unit']) {
  return {
    name,
    label,
    unit,
    direction: 'lower',
    source: design,
    selectorHelp: null,
    selector: 'never',
  } as const;
}

const never = /(?!)/y;

/** The name of a column from its canonical spelling. */
export function columnOf(selector: string): string {
  return new SelectorReader(selector).name(never);
}

function readColumn(text: string): SelectorReading {
  try {
    return { ok: true, canonical: writeName(columnOf(text)) };
  } catch (error) {
    if (!(error instanceof SelectorMistake)) throw error;
    return { ok: false, message: error.message, offset: error.offset, ...error.hints };
  }
}
