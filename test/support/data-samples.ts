/** Results as the data gate writes them, realistic and hostile, for the tests of its reports. */

import {
  atLeast,
  atMost,
  between,
  categorical,
  cells,
  column,
  type DataSample,
  dataResult,
  group,
  holds,
  judged,
  numeric,
} from './data-sample-parts.ts';
import { clean, userGroups, users } from './data-sample-users.ts';
import { hostileTexts } from './gate-sample-parts.ts';

export { type DataSample, fingerprint, violation } from './data-sample-parts.ts';

export function failingUsers(): DataSample {
  return dataResult(
    [
      judged({
        metric: 'invalid_rows',
        condition: atMost(0),
        value: 1556,
        reason:
          '1,556 of 50,000 rows are invalid, most by age minimum (1,204 rows, first at data/users.csv:17)',
      }),
      judged({
        metric: 'unique',
        selector: 'id',
        condition: holds,
        value: 49_993 / 50_000,
        reason: '7 rows repeat an earlier id, first at data/users.csv:20114',
      }),
      judged({ metric: 'null_fraction', selector: 'age', condition: atMost(0.01, '1%'), value: 0.024_08 }),
      judged({ metric: 'mean', selector: 'age', condition: between(20, 60), value: 41.26 }),
      judged({ metric: 'row_count', condition: atLeast(10_000), value: 50_000 }),
      judged({
        metric: 'matches',
        selector: 'signup_date, date',
        condition: holds,
        value: 49_997 / 50_000,
        severity: 'warn',
        reason: '3 of 50,000 values are no dates, first at data/users.csv:1204',
      }),
    ],
    users,
    { notices: ['data/users.csv: delimiter `;`, as in all of the first 1,000 lines'] },
  );
}

export function passingUsers(): DataSample {
  return dataResult(
    [
      judged({ metric: 'invalid_rows', condition: atMost(0), value: 0, reason: 'all 50,000 rows are valid' }),
      judged({ metric: 'unique', selector: 'id', condition: holds, value: 1 }),
    ],
    clean,
  );
}

/** One percent may be invalid, and less is: nothing of it is an error. */
export function toleratedUsers(): DataSample {
  const groups = userGroups.filter(({ origin }) => origin === 'schema');
  return dataResult(
    [judged({ metric: 'invalid_fraction', condition: atMost(0.05, '5%'), value: 1556 / 50_000 })],
    {
      ...users,
      invalidRows: 1556,
      violations: { total: 1556, groups, groupsLeft: 0 },
      columns: users.columns.map((each) => ({
        ...each,
        violations: groups.find(({ column: name }) => name === each.name)?.rows ?? 0,
      })),
    },
  );
}

/** Several Parquet files: no lines, rows of row groups. */
export function parquetEvents(): DataSample {
  const file = (day: number) => `data/events/day=2026-05-${String(day).padStart(2, '0')}/part-0000.parquet`;
  return dataResult(
    [
      judged({
        metric: 'invalid_rows',
        condition: atMost(0),
        value: 18,
        n: 4_000_000,
        reason: `18 of 4,000,000 rows are invalid, all by duration_ms type (18 rows, first in ${file(2)}, row 120,001 (row group 1))`,
      }),
      judged({
        metric: 'freshness',
        selector: 'event_time',
        condition: atMost(86_400, '24h'),
        value: 5400,
        n: 4_000_000,
      }),
    ],
    {
      ...clean,
      files: [1, 2, 3, 4].map((day) => ({
        path: file(day),
        format: 'parquet',
        rows: 1_000_000,
        columns: 5,
        bytes: 41_230_112,
        notes: day === 1 ? ['trace_id is missing in this file and taken as missing in its rows'] : [],
      })),
      rows: 4_000_000,
      invalidRows: 18,
      schema: { path: 'schemas/event.schema.json', draft: 'draft-07', rejectedRows: 18 },
      violations: {
        total: 18,
        groups: [
          group({
            column: 'duration_ms',
            rule: 'type',
            rows: 18,
            examples: [120_001, 120_415].map((row) => ({
              file: file(2),
              line: null,
              row,
              row_group: 1,
              value: 'NaN',
              message: 'duration_ms: NaN is no number that JSON has (type)',
              cells: cells(
                'event_id=98c4…',
                'event_time=2026-05-02T08:11:40Z',
                'duration_ms=NaN',
                'status=200',
              ),
            })),
          }),
        ],
        groupsLeft: 0,
      },
      columns: [
        column({
          name: 'event_id',
          rows: 4_000_000,
          distinct: { count: 3_981_200, exact: false },
          lengths: { shortest: 36, longest: 36 },
        }),
        column({
          name: 'event_time',
          type: 'timestamp',
          declared: 'string (date-time)',
          rows: 4_000_000,
          distinct: { count: 3_120_400, exact: false },
        }),
        numeric('duration_ms', [0.11, 29_981.2, 184.22], {
          rows: 4_000_000,
          violations: 18,
          skew: 3,
          center: 0.03,
        }),
        categorical(
          'status',
          { 200: 3_700_000, 404: 210_000, 500: 61_000, 301: 29_000 },
          {
            type: 'integer',
            declared: 'integer',
            rows: 4_000_000,
            numbers: { count: 4_000_000, minimum: 200, maximum: 500, mean: 216.9, stddev: 60 },
          },
        ),
        column({
          name: 'trace_id',
          rows: 4_000_000,
          missing: 1_000_000,
          distinct: { count: 2_904_000, exact: false },
          lengths: { shortest: 32, longest: 32 },
        }),
      ],
    },
  );
}

/** A schema written from the data. */
export function inferred(): DataSample {
  return dataResult(
    [judged({ metric: 'invalid_rows', condition: atMost(0), value: 0, reason: 'all 50,000 rows are valid' })],
    {
      ...clean,
      mode: 'infer',
      schema: { path: 'schemas/users.schema.json', draft: '2020-12', rejectedRows: 0 },
      written: { ...clean.written, schema: 'schemas/users.schema.json' },
    },
  );
}

export function noRows(): DataSample {
  return dataResult([judged({ metric: 'invalid_rows', condition: atMost(0), value: null })], {
    ...clean,
    files: [
      {
        path: 'data/users.csv',
        format: 'csv',
        rows: 0,
        columns: 2,
        bytes: 10,
        notes: ['a header and no rows'],
      },
    ],
    rows: 0,
    columns: ['id', 'email'].map((name) =>
      column({ name, type: 'empty', rows: 0, distinct: { count: 0, exact: true } }),
    ),
  });
}

/** Every text that data can reach is hostile: columns, cells, values, files, notes, messages, the id. */
export function hostileData(): DataSample {
  const text = (index: number): string => hostileTexts[index % hostileTexts.length] ?? '';
  const groups = hostileTexts.map((name, index) =>
    group({
      column: index % 4 === 3 ? null : name,
      rule: index % 4 === 2 ? `holds(${text(index)})` : 'pattern',
      rows: 5,
      origin: index % 4 === 2 ? 'rule' : 'schema',
      severity: index % 5 === 4 ? 'warn' : 'fail',
      examples: [1, 2].map((row) => ({
        file: `data/${text(index + row)}.csv`,
        line: index % 3 === 0 ? null : row + 1,
        row,
        value: text(index + row).slice(0, 1000),
        message: `${text(index)}: ${text(index + 1)} does not match (pattern)`.slice(0, 2000),
        cells: hostileTexts
          .slice(0, 6)
          .map((each) => ({ column: each.slice(0, 200), text: each.slice(0, 80) })),
      })),
    }),
  );
  return dataResult(
    [
      judged({
        metric: 'invalid_rows',
        condition: atMost(0),
        value: 80,
        reason: `80 rows are invalid, ${text(0)}`,
      }),
      ...hostileTexts.map((each) =>
        judged({ metric: 'unique', selector: each, condition: holds, value: 0.5 }),
      ),
    ],
    {
      ...users,
      files: hostileTexts.map((path) => ({
        path: `data/${path}`,
        format: path.slice(0, 20),
        rows: 10,
        columns: 3,
        bytes: 100,
        notes: [path, `header: ${path}`],
      })),
      schema: { path: hostileTexts.join(' '), draft: '2020-12', rejectedRows: 80 },
      violations: { total: 80, groups, groupsLeft: 0 },
      columns: hostileTexts.map((name, index) =>
        column({
          name,
          type: 'mixed',
          declared: text(index + 3),
          rows: 100,
          missing: 1,
          distinct: { count: 3, exact: true },
          top: [text(index + 1), text(index + 2)].map((value, at) => ({
            value: value.slice(0, 1000),
            count: 50 - at,
          })),
          violations: 5,
        }),
      ),
      written: { violations: text(1), sarif: text(2), junit: text(4), schema: text(9) },
    },
    { id: '--> ::error::<b>', notices: hostileTexts, names: hostileTexts },
  );
}

/** Far more columns, rules, files and notes than a page can show. */
export function wideData(): DataSample {
  const name = (index: number): string => `sensor_${String(index).padStart(4, '0')}_temperature_celsius`;
  return dataResult(
    [
      judged({
        metric: 'invalid_rows',
        condition: atMost(0),
        value: 4100,
        reason:
          '4,100 of 50,000 rows are invalid, most by sensor_0003_temperature_celsius maximum (400 rows, first at data/part-0.csv:18)',
      }),
    ],
    {
      ...users,
      files: Array.from({ length: 400 }, (_, index) => ({
        path: `data/part-${index}.csv`,
        format: 'csv',
        rows: 125,
        columns: 700,
        bytes: 1_204_000,
        notes:
          index % 3 === 0
            ? Array.from({ length: 30 }, (__, note) => `note ${note}: ${'word '.repeat(40)}`)
            : [],
      })),
      violations: {
        total: 41_000,
        groups: Array.from({ length: 200 }, (_, index) =>
          group({
            column: name(index * 2 + 3),
            rule: 'maximum',
            rows: 400 - index,
            examples: Array.from({ length: 5 }, (__, example) => ({
              file: `data/part-${index}.csv`,
              line: 18 + example,
              row: 17 + example,
              value: 900,
              message: `${name(index * 2 + 3)}: ${900 + example} is more than 85 (maximum)`,
              cells: [1, 2, 3, 4, 5].map((at) => ({
                column: name(index * 2 + at),
                text: at === 3 ? String(900 + example) : '21.5',
              })),
            })),
          }),
        ),
        groupsLeft: 35,
      },
      columns: Array.from({ length: 500 }, (_, index) =>
        numeric(name(index), [-12, 900, 21.4], {
          violations: index % 2 === 1 && index > 2 && index < 403 ? 201 : 0,
        }),
      ),
      columnsLeft: 200,
    },
  );
}

export const dataSamples: Readonly<Record<string, () => DataSample>> = {
  'users, failing': failingUsers,
  'users, passing': passingUsers,
  'users, within a tolerance': toleratedUsers,
  'events in Parquet': parquetEvents,
  'an inferred schema': inferred,
  'no rows': noRows,
  hostile: hostileData,
  wide: wideData,
};
