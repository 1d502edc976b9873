/**
 * The rows that a file's schema rejects are those that plain ajv rejects, one by one: random schemas and rows, written
 * as JSON lines and as CSV, read through the bytes as a thread reads them. Used by a test with some pairs, and by one
 * with many.
 */

import { Ajv } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { expect } from 'vitest';
import { CsvJudge, setOwn } from '../../action-validate-data/src/pass/csv-judge.ts';
import { JsonJudge } from '../../action-validate-data/src/pass/json-judge.ts';
import type { Found } from '../../action-validate-data/src/pass/protocol.ts';
import { RowJudge } from '../../action-validate-data/src/pass/row-judge.ts';
import { createWatch } from '../../action-validate-data/src/pass/watch.ts';
import { Profile } from '../../action-validate-data/src/profile/profile.ts';
import { isMultipleOf, loadSchema } from '../../action-validate-data/src/schema/index.ts';
import { type Case, type CaseOptions, schemaCases } from './arbitraries.ts';

/** Plain ajv, but for decimals: with doubles 19.99 is no multiple of 0.01. */
export function plainAjv({ draft, schemaText }: Case): (row: unknown) => boolean {
  const make = { '2020-12': Ajv2020, '2019-09': Ajv2019, 'draft-07': Ajv }[draft];
  const ajv = new make({ strict: false, allErrors: true, logger: false });
  addFormats.default(ajv);
  ajv.removeKeyword('multipleOf');
  ajv.addKeyword({
    keyword: 'multipleOf',
    type: 'number',
    schemaType: 'number',
    validate: (divisor: number, value: number) => isMultipleOf(value, divisor),
  });
  // Without that keyword there is nothing to keep track of, and ajv's code for it may break off (`hasVerdict`).
  ajv.opts.unevaluated = schemaText.includes('"unevaluated');
  return ajv.compile(JSON.parse(schemaText));
}

const toBlock = (text: string) => {
  const bytes = Buffer.from(text);
  const block = new ArrayBuffer(bytes.length);
  new Uint8Array(block).set(bytes);
  return { id: 0, file: 0, kind: 'text', bytes: block, length: bytes.length, line: 1 } as const;
};

function rejectedIn(text: string, schemaText: string, columns: readonly string[] | null): number[] {
  const setup = { schema: { text: schemaText, shown: 's.json' }, nulls: [] };
  const found: Found[] = [];
  const judge = new RowJudge(setup, createWatch(), (some) => found.push(...some));
  const file = { file: 0, shown: 'x' };
  const reader =
    columns === null
      ? new JsonJudge({ ...file, layout: { kind: 'json' } }, judge, new Profile())
      : csvJudge({ ...file, layout: { kind: 'csv', columns, delimiter: 44, quote: 34 } });
  reader.read(toBlock(text));
  return [...new Set([...found, ...judge.take().found].map(({ row }) => row))];

  function csvJudge(one: {
    file: number;
    shown: string;
    layout: { kind: 'csv'; columns: readonly string[]; delimiter: number; quote: number };
  }) {
    return new CsvJudge(one, one.layout, judge, new Profile(), setup);
  }
}

export const casesOf = (options: CaseOptions): fc.Arbitrary<Case> =>
  fc
    .oneof(...(['2020-12', '2019-09', 'draft-07'] as const).map((draft) => schemaCases(draft, options)))
    .filter(hasVerdict);

/** The code that ajv 8.20 makes for `unevaluatedProperties` may set a key of undefined: there is nothing to compare. */
function hasVerdict(each: Case): boolean {
  if (!each.schemaText.includes('"unevaluated')) return true;
  const judge = plainAjv(each);
  try {
    for (const row of each.rows) judge(JSON.parse(row));
    return true;
  } catch (error) {
    if (/^TypeError: Cannot set properties of undefined/.test(String(error))) return false;
    throw error;
  }
}

export const wrongOf = (accepts: (row: unknown) => boolean, rows: readonly unknown[]): number[] =>
  rows.flatMap((row, index) => (accepts(row) ? [] : [index]));

/** With blanks between tokens at random. Returns the pairs that were compared. */
export function compareJsonLines(schemas: number): number {
  let pairs = 0;
  fc.assert(
    fc.property(casesOf({ rowsPerSchema: 40 }), fc.boolean(), (each, spaced) => {
      const lines = each.rows.map((row) =>
        spaced ? ` ${row.replace(/^\{/, '{ ').replace(/\}$/, ' } ')}` : row,
      );
      const expected = wrongOf(
        plainAjv(each),
        each.rows.map((row) => JSON.parse(row) as unknown),
      );
      expect(rejectedIn(`${lines.join('\n')}\n`, each.schemaText, null), each.schemaText).toEqual(expected);
      pairs += each.rows.length;
    }),
    { numRuns: schemas },
  );
  return pairs;
}

/** Cells converted by the types that the schema admits. */
export function compareCsv(schemas: number): number {
  let pairs = 0;
  fc.assert(
    fc.property(casesOf({ rowsPerSchema: 40, plain: true }), (each) => {
      const columns = ['a', 'b', 'c', 'x y'];
      const { cellTypes } = loadSchema(each.schemaText, 's.json');
      const cells = each.rows.map((row) => {
        const value = JSON.parse(row) as Record<string, unknown>;
        return columns.map((name) => cellText(value[name]));
      });
      const rows = cells.map((line) => {
        const row: Record<string, unknown> = {};
        for (const [index, text] of line.entries()) {
          const name = columns[index] as string;
          const value = byTheRule(text, cellTypes(name));
          if (value !== undefined) setOwn(row, name, value);
        }
        return row;
      });
      const text = cells.map((line) => line.map(quoted).join(',')).join('\n');
      expect(rejectedIn(`${text}\n`, each.schemaText, columns), each.schemaText).toEqual(
        wrongOf(plainAjv(each), rows),
      );
      pairs += rows.length;
    }),
    { numRuns: schemas },
  );
  return pairs;
}

function cellText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The rule of the interface, written again over strings. */
function byTheRule(text: string, types: { number: boolean; boolean: boolean; null: boolean }): unknown {
  if (text === '') return types.null ? null : undefined;
  const isNumber = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text) && Number.isFinite(Number(text));
  if (types.number && isNumber) return Number(text);
  if (types.boolean && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}
