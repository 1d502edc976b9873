/** A table of users with all that can be wrong with it, as details of a result. */

import type { DataDetails, ViolationGroup } from '../../action-validate-data/src/types.ts';
import { categorical, cells, column, group, numeric } from './data-sample-parts.ts';

const userColumns: DataDetails['columns'] = [
  column({
    name: 'id',
    type: 'integer',
    declared: 'integer',
    distinct: { count: 49_993, exact: false },
    numbers: { count: 50_000, minimum: 100_001, maximum: 150_000, mean: 125_000.5, stddev: 14_433 },
    histogram: { low: 100_001, high: 150_000, counts: Array(20).fill(2500), sampled: false },
    violations: 7,
  }),
  column({
    name: 'email',
    declared: 'string (email)',
    missing: 12,
    distinct: { count: 49_200, exact: false },
    lengths: { shortest: 8, longest: 61 },
    violations: 310,
  }),
  numeric('age', [-3, 131, 41.26], {
    type: 'integer',
    declared: 'integer',
    missing: 1204,
    distinct: { count: 97, exact: true },
    violations: 1204,
  }),
  categorical(
    'country',
    { DE: 21_040, FR: 9120, IT: 8003, ES: 6900, PL: 3120, NL: 1775, 'D E': 42 },
    { violations: 42 },
  ),
  numeric('amount', [0, 18_240.5, 212.7], { skew: 4, center: 0.04 }),
  categorical('currency', { EUR: 48_700, PLN: 1300 }),
  column({
    name: 'signup_date',
    declared: 'string (date)',
    distinct: { count: 1827, exact: true },
    lengths: { shortest: 10, longest: 10 },
    violations: 3,
  }),
  categorical('is_active', { true: 41_870, false: 8130 }, { type: 'boolean', declared: 'boolean' }),
  column({
    name: 'notes',
    missing: 48_311,
    distinct: { count: 1689, exact: true },
    lengths: { shortest: 1, longest: 4096 },
  }),
  column({
    name: 'legacy_code',
    type: 'empty',
    declared: 'string or null',
    missing: 50_000,
    distinct: { count: 0, exact: true },
  }),
];

export const userGroups: readonly ViolationGroup[] = [
  group({
    column: 'age',
    rule: 'minimum',
    rows: 1204,
    examples: [
      [17, 16, -3],
      [93, 91, -1],
      [204, 201, -1],
      [377, 374, -2],
      [1002, 998, -1],
    ].map(([line = 0, row = 0, age = 0]) => ({
      line,
      row,
      value: age,
      message: `age: ${age} is less than 0 (minimum)`,
      cells: cells(
        `id=${100_000 + row}`,
        `email=user${row}@example.org`,
        `age=${age}`,
        'country=DE',
        'amount=19.90',
      ),
    })),
  }),
  group({
    column: 'email',
    rule: 'format',
    rows: 310,
    examples: [
      {
        line: 41,
        row: 40,
        value: 'jane.doe(at)example.org',
        message: 'email: "jane.doe(at)example.org" is not an email address (format)',
        cells: cells('id=100040', 'email=jane.doe(at)example.org', 'age=33', 'country=FR'),
      },
      {
        line: 88,
        row: 86,
        value: '',
        message: 'email: "" is not an email address (format)',
        cells: cells('id=100086', 'email=', 'age', 'country=IT'),
      },
    ],
  }),
  group({
    column: 'country',
    rule: 'enum',
    rows: 42,
    examples: [
      {
        line: 512,
        row: 509,
        value: 'D E',
        message: 'country: "D E" is not one of DE, ES, FR, IT, NL, PL (enum); did you mean DE?',
        cells: cells('email=a@example.org', 'age=51', 'country=D E', 'amount=4.00', 'currency=EUR'),
      },
    ],
  }),
  group({
    column: 'id',
    rule: 'unique(id)',
    rows: 7,
    origin: 'rule',
    examples: [
      {
        line: 20_114,
        row: 20_101,
        value: 100_017,
        message: 'id: 100017 stands in row 17 already (unique(id))',
        cells: cells('id=100017', 'email=b@example.org', 'age=29'),
      },
    ],
  }),
  group({
    column: null,
    rule: 'fields',
    rows: 3,
    origin: 'structure',
    examples: [
      {
        line: 733,
        row: 730,
        message: '11 fields where the header has 10 (fields)',
        cells: cells('id=100730', 'email=c@example.org', 'age=40', 'country=DE'),
      },
    ],
  }),
  group({
    column: 'signup_date',
    rule: 'matches(signup_date, date)',
    rows: 3,
    origin: 'rule',
    severity: 'warn',
    examples: [
      {
        line: 1204,
        row: 1200,
        value: '2024-02-30',
        message: 'signup_date: "2024-02-30" is not a date (matches(signup_date, date))',
        cells: cells('currency=EUR', 'signup_date=2024-02-30', 'is_active=true', 'notes'),
      },
    ],
  }),
];

export const users: DataDetails = {
  drift: null,
  mode: 'validate',
  files: [
    {
      path: 'data/users.csv',
      format: 'csv',
      rows: 50_000,
      columns: 10,
      bytes: 4_812_330,
      notes: [
        'delimiter `;`, as in all of the first 1,000 lines',
        'age: decimal commas stay text (first at line 88)',
      ],
    },
  ],
  rows: 50_000,
  invalidRows: 1566,
  schema: { path: 'schemas/users.schema.json', draft: '2020-12', rejectedRows: 1556 },
  violations: { total: 1569, groups: userGroups, groupsLeft: 0 },
  columns: userColumns,
  columnsLeft: 0,
  written: {
    violations: 'gate-results/validate-data.violations.jsonl',
    sarif: 'gate-results/validate-data.sarif',
    junit: 'gate-results/validate-data.junit.xml',
    schema: null,
  },
};

export const clean: DataDetails = {
  ...users,
  invalidRows: 0,
  schema: { path: 'schemas/users.schema.json', draft: '2020-12', rejectedRows: 0 },
  violations: { total: 0, groups: [], groupsLeft: 0 },
  columns: userColumns.map((each) => ({ ...each, violations: 0 })),
};
