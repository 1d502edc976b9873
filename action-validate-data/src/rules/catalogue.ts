/** Every rule of the data gate, with its definition and where that comes from. */

import type { Direction, MetricCatalogue, MetricDefinition, Unit } from '../../../core/gate/types.ts';
import { formatNames } from './patterns.ts';
import { readSelector } from './selectors.ts';

interface Entry {
  readonly name: string;
  readonly label: string;
  readonly unit: Unit;
  readonly direction: Direction;
  readonly definition: string;
  readonly source: string;
  /** Null: no parentheses. */
  readonly help: string | null;
  readonly optional?: true;
  readonly standsAlone?: true;
  readonly range?: readonly [number, number];
}

const pandas = (name: string): string =>
  `https://pandas.pydata.org/docs/reference/api/pandas.DataFrame.${name}.html`;
const numpy = (name: string): string => `https://numpy.org/doc/stable/reference/generated/numpy.${name}.html`;

const entries: readonly Entry[] = [
  {
    name: 'invalid_rows',
    label: 'Invalid rows',
    unit: 'count',
    direction: 'lower',
    definition: 'Rows that the schema rejects, or that are broken.',
    source: 'https://json-schema.org/draft/2020-12/json-schema-validation',
    help: null,
  },
  {
    name: 'invalid_fraction',
    label: 'Share of invalid rows',
    unit: 'ratio',
    direction: 'lower',
    definition: 'Share of rows that the schema rejects, or that are broken.',
    source: 'https://json-schema.org/draft/2020-12/json-schema-validation',
    help: null,
  },
  {
    name: 'row_count',
    label: 'Rows',
    unit: 'count',
    direction: 'neutral',
    definition: 'Rows of all files together; the header is no row, and rows that are broken do not count.',
    source: '',
    help: null,
  },
  {
    name: 'column_count',
    label: 'Columns',
    unit: 'count',
    direction: 'neutral',
    definition: 'Different columns of all files together.',
    source: '',
    help: null,
  },
  {
    name: 'null_fraction',
    label: 'Share missing',
    unit: 'ratio',
    direction: 'lower',
    definition: 'Share of rows in which the column is missing; NaN is a value.',
    source: '',
    help: 'a column',
  },
  {
    name: 'unique',
    label: 'Unique',
    unit: 'ratio',
    direction: 'higher',
    definition:
      'Share of rows that do not repeat an earlier key; as UNIQUE in SQL, rows with a part of the key missing are left out.',
    source: 'https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-UNIQUE-CONSTRAINTS',
    help: 'one or more columns: the key',
    standsAlone: true,
  },
  {
    name: 'duplicate_fraction',
    label: 'Share of duplicates',
    unit: 'ratio',
    direction: 'lower',
    definition:
      'Share of rows that repeat an earlier row, or its values in the columns named; missing equals missing.',
    source: pandas('duplicated'),
    help: 'one or more columns; none: whole rows',
    optional: true,
  },
  {
    name: 'distinct_count',
    label: 'Distinct values',
    unit: 'count',
    direction: 'neutral',
    definition: 'Different values of the column, counted exactly; missing is none.',
    source: pandas('nunique'),
    help: 'a column',
  },
  {
    name: 'min',
    label: 'Minimum',
    unit: 'number',
    direction: 'neutral',
    definition: 'Smallest number of the column.',
    source: numpy('min'),
    help: 'a column of numbers',
  },
  {
    name: 'max',
    label: 'Maximum',
    unit: 'number',
    direction: 'neutral',
    definition: 'Largest number of the column.',
    source: numpy('max'),
    help: 'a column of numbers',
  },
  {
    name: 'mean',
    label: 'Mean',
    unit: 'number',
    direction: 'neutral',
    definition: 'Mean of the numbers present.',
    source: numpy('mean'),
    help: 'a column of numbers',
  },
  {
    name: 'stddev',
    label: 'Standard deviation',
    unit: 'number',
    direction: 'neutral',
    definition: 'Standard deviation of the numbers present, with n - 1.',
    source: pandas('std'),
    help: 'a column of numbers',
    range: [0, Number.POSITIVE_INFINITY],
  },
  {
    name: 'median',
    label: 'Median',
    unit: 'number',
    direction: 'neutral',
    definition: 'Median of the numbers present, by linear interpolation.',
    source: numpy('median'),
    help: 'a column of numbers',
  },
  {
    name: 'quantile',
    label: 'Quantile',
    unit: 'number',
    direction: 'neutral',
    definition: 'Quantile of the numbers present, by linear interpolation.',
    source: numpy('quantile'),
    help: 'a column of numbers and a number from 0 to 1: `latency, 0.95`',
  },
  {
    name: 'freshness',
    label: 'Freshness',
    unit: 'seconds',
    direction: 'lower',
    definition: 'Age of the newest date or time of the column (ISO 8601; without a zone it is UTC).',
    source: 'https://docs.getdbt.com/reference/resource-properties/freshness',
    help: 'a column of dates or times',
  },
  {
    name: 'exists',
    label: 'Exists in',
    unit: 'ratio',
    direction: 'higher',
    definition:
      'Share of values that stand in a column of another file; as a foreign key in SQL, missing ones are left out.',
    source: 'https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK',
    help: 'a column, a file and its column: `customer_id in customers.csv:id`',
    standsAlone: true,
  },
  {
    name: 'overlap',
    label: 'Overlap',
    unit: 'ratio',
    direction: 'lower',
    definition: 'Share of rows that another file has as well, whole or by the columns named: leakage.',
    source: '',
    help: 'a file, and columns that both have: `train.csv on email, day`; no columns: whole rows',
  },
  {
    name: 'matches',
    label: 'Matches',
    unit: 'ratio',
    direction: 'higher',
    definition:
      'Share of values present that have a format of JSON Schema, or in which a regular expression (RE2) is found.',
    source: 'https://json-schema.org/draft/2020-12/json-schema-validation#section-7.3',
    help: `a column and ${formatNames.join(', ')} or /regular expression/`,
    standsAlone: true,
  },
  {
    name: 'correlation',
    label: 'Correlation',
    unit: 'number',
    direction: 'neutral',
    definition: 'Pearson correlation of two columns, over the rows where both are present.',
    source: 'https://docs.scipy.org/doc/scipy/reference/generated/scipy.stats.pearsonr.html',
    help: 'two columns of numbers',
    range: [-1, 1],
  },
  {
    name: 'holds',
    label: 'Holds',
    unit: 'ratio',
    direction: 'higher',
    definition: 'Share of rows for which an expression over the columns is true; where it is null, it holds.',
    source: 'https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-CHECK-CONSTRAINTS',
    help: 'an expression over the columns of a row, as SQL writes it: `start <= end`',
    standsAlone: true,
  },
];

/** The metrics of `rules`; `invalid_rows` and `invalid_fraction` are what `max-invalid-rows` stands for. */
export const dataCatalogue: MetricCatalogue = new Map(entries.map((entry) => [entry.name, define(entry)]));

function define({ help, optional, standsAlone, range, ...rest }: Entry): MetricDefinition {
  return {
    ...rest,
    selectorHelp: help,
    selector: help === null ? 'never' : optional === true ? 'optional' : 'required',
    ...(help === null ? {} : { readSelector: (text: string) => readSelector(rest.name, text) }),
    ...(standsAlone === undefined ? {} : { standsAlone }),
    ...(range === undefined ? {} : { range }),
  };
}
