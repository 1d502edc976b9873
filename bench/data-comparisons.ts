/** The data gate beside what a team would use instead: the same files, the same rules, the bad rows counted. */

import { basename, join } from 'node:path';
import { type GateDocument, runGate } from './gate.ts';
import { type Contest, child, type Rival, type Subject, wholeProcess } from './measure.ts';
import type { PreparedRows, RowFiles } from './prepare.ts';
import type { Scaling } from './scaling.ts';

const rows = 1_000_000;
/** MiB, of the rows alone. */
const limitMb = 400;
/** On ten times the rows memory may not follow; rules over the table keep columns. */
const largeLimitMb = 1024;
const here = import.meta.dirname;

type Format = 'csv' | 'jsonl';
const formats: readonly Format[] = ['csv', 'jsonl'];

/** Rules over the table, beside those over a row. */
const tableRules = `row_count >= 1000
null_fraction(age) <= 5%
duplicate_fraction(id) <= 1%
distinct_count(country) <= 20
mean(amount) between 10 and 1000
quantile(score, 0.95) <= 1`;

export async function dataContests(prepared: PreparedRows): Promise<Contest[]> {
  const { python, versions, schema } = prepared;
  const files = await prepared.files(rows);
  const shared = { rows, limitMb, expected: files.expected };
  return [
    {
      ...shared,
      id: 'data-csv',
      title: `${named(rows)} rows x 10 CSV, 9 rules`,
      ours: gate(files, 'csv', schema),
      peers: [
        peer('csv', 'frictionless', 1, 2),
        peer('csv', 'great-expectations', 1, 2),
        peer('csv', 'pandera-pandas', 3, 2),
        peer('csv', 'pandera-polars', 5, 2),
        peer('csv', 'pointblank', 5, 2),
        peer('csv', 'soda', 5, 2),
        // At most twice the time of the predicates alone.
        peer('csv', 'duckdb', 5, 0.5),
      ],
    },
    {
      ...shared,
      id: 'data-jsonl',
      title: `${named(rows)} rows x 10 JSON lines, 9 rules`,
      ours: gate(files, 'jsonl', schema),
      peers: [
        peer('jsonl', 'fastjsonschema', 3, null),
        {
          id: 'data-jsonl-ajv',
          subject: whole('ajv in a loop', process.execPath, 'rows-ajv.ts', files.jsonl),
          repeats: 5,
          target: 2,
        },
        peer('jsonl', 'duckdb', 5, null),
      ],
    },
    {
      ...shared,
      limitMb: largeLimitMb,
      id: 'data-rules',
      title: 'the same CSV, with 6 rules over the table besides',
      ours: gate(files, 'csv', schema, tableRules),
      peers: [
        {
          id: 'data-rules-duckdb',
          subject: whole('DuckDB, predicates and aggregates', python, 'rows_duckdb.py', files.csv, 'rules'),
          repeats: 3,
          target: null,
        },
      ],
    },
  ];

  function peer(format: Format, tool: keyof typeof tools, repeats: number, target: number | null): Rival {
    const script = `rows_${tool.replaceAll('-', '_')}.py`;
    const [packageName, name] = tools[tool];
    const called = name.replace('#', versions.get(packageName) ?? '');
    const subject = whole(called, python, script, files[format]);
    return { id: `data-${format}-${tool}`, subject, repeats, target };
  }
}

/** Package, and what the table calls it; `#` is the version. */
const tools = {
  frictionless: ['frictionless', 'frictionless #'],
  'great-expectations': ['great_expectations', 'Great Expectations #'],
  'pandera-pandas': ['pandera', 'pandera # on pandas'],
  'pandera-polars': ['pandera', 'pandera # on polars'],
  pointblank: ['pointblank', 'pointblank # on polars'],
  soda: ['soda-core', 'soda-core # on DuckDB'],
  fastjsonschema: ['fastjsonschema', 'fastjsonschema # in a loop'],
  duckdb: ['duckdb', 'DuckDB #, the predicates alone'],
} as const;

/** Ten times the rows, twice: time should follow, memory should not. */
export function dataScalings({ files, schema }: PreparedRows): Scaling[] {
  return formats.map((format) => ({
    id: `data-scaling-${format}`,
    title: format === 'csv' ? 'CSV' : 'JSON lines',
    sizes: [rows / 10, rows, rows * 10],
    repeats: 3,
    wanted: 11,
    limitMb: largeLimitMb,
    subject: async (size) => {
      const made = await files(size);
      return { subject: gate(made, format, schema), expected: made.expected };
    },
  }));
}

/** The inputs of a run in which every row is judged and the bad ones are few enough to pass. */
function gate(files: RowFiles, format: Format, schema: string, rules = ''): Subject {
  const file = files[format];
  const inputs = {
    'data-path': basename(file),
    'schema-path': basename(schema),
    'max-invalid-rows': '1%',
    rules,
  };
  return {
    name: 'the bundled action',
    run: () => runGate({ action: 'action-validate-data', inputs, files: [file], copies: [schema], said }),
  };
}

/** Of the schema alone, as the peers count; and the values of the rules where there are any. */
function said({ details, metrics }: GateDocument): Record<string, number> {
  const ofSchema = details.violations?.groups.filter(({ origin }) => origin !== 'rule');
  return {
    ...metrics,
    rows: details.rows ?? Number.NaN,
    invalidRows: details.invalidRows ?? Number.NaN,
    invalidCells: ofSchema?.reduce((sum, { rows }) => sum + rows, 0) ?? Number.NaN,
  };
}

function whole(name: string, command: string, script: string, ...args: string[]): Subject {
  return wholeProcess(child(name, command, [join(here, 'peers', script), ...args]));
}

function named(count: number): string {
  return count.toLocaleString('en');
}
