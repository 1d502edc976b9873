/** The cases of the official JSON Schema test suite, and how a case becomes a schema of a row. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Draft } from './arbitraries.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type SuiteSchema = boolean | { readonly [key: string]: Json };

export interface SuiteCase {
  /** `ref.json: root pointer ref: recursive match`. */
  readonly name: string;
  readonly schema: SuiteSchema;
  readonly instance: unknown;
  /** What the suite says. */
  readonly valid: boolean;
}

const folders: Readonly<Record<Draft, string>> = {
  '2020-12': 'draft2020-12',
  '2019-09': 'draft2019-09',
  'draft-07': 'draft7',
};
const uris: Readonly<Record<Draft, string>> = {
  '2020-12': 'https://json-schema.org/draft/2020-12/schema',
  '2019-09': 'https://json-schema.org/draft/2019-09/schema',
  'draft-07': 'http://json-schema.org/draft-07/schema#',
};

interface SuiteGroup {
  readonly description: string;
  readonly schema: SuiteSchema;
  readonly tests: readonly {
    readonly description: string;
    readonly data: unknown;
    readonly valid: boolean;
  }[];
}

/** The mandatory cases of a draft: those in `optional/` are left out. */
export async function readCases(folder: string, draft: Draft): Promise<SuiteCase[]> {
  const own = join(folder, folders[draft]);
  const files = (await readdir(own)).filter((name) => name.endsWith('.json')).sort();
  const cases: SuiteCase[] = [];
  for (const file of files) {
    const groups = JSON.parse(await readFile(join(own, file), 'utf8')) as readonly SuiteGroup[];
    for (const { description, schema, tests } of groups) {
      for (const test of tests) {
        const name = `${file}: ${description}: ${test.description}`;
        cases.push({ name, schema, instance: test.data, valid: test.valid });
      }
    }
  }
  return cases;
}

/** With `$schema`, as a file has it: without, it would be read as 2020-12. */
export function withDraft(schema: SuiteSchema, draft: Draft): SuiteSchema {
  return typeof schema === 'boolean' ? schema : { $schema: uris[draft], ...schema };
}

/**
 * The schema of a row whose key `value` is judged by `schema`. It stands in the row's schema, where a reference such as
 * `#/$defs/x` would start from the row: references are written anew to start from `value`. Where the schema works with
 * names (`$id`, `$anchor`, dynamic references) it gets an `$id`, and is a document of its own inside of the row's.
 */
export function rowSchemaOf(schema: SuiteSchema, draft: Draft): SuiteSchema {
  const row = (value: Json): SuiteSchema => ({ $schema: uris[draft], properties: { value } });
  if (typeof schema === 'boolean') return row(schema);
  const named = /"\$(?:id|anchor|dynamicAnchor|dynamicRef|recursiveRef|recursiveAnchor)":/.test(
    JSON.stringify(schema),
  );
  if (named) return row({ $id: 'https://example.com/value', ...schema });
  return row(moved(schema));
}

const data = new Set(['enum', 'const', 'default', 'examples']);

function moved(value: Json): Json {
  if (Array.isArray(value)) return value.map(moved);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, each]): [string, Json] => {
    if (key === '$ref' && typeof each === 'string') return [key, each.replace(/^#/, '#/properties/value')];
    return [key, data.has(key) ? each : moved(each)];
  });
  return Object.fromEntries(entries);
}
