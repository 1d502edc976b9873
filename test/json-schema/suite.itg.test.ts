/**
 * The official JSON Schema test suite, all mandatory cases of the three drafts. Each instance is a row `{"value": …}`,
 * its schema the schema of that column, loaded as a user's file is. Our verdict is plain ajv's on all of them; where that
 * is not what the suite says, the case stands in fixtures/known-differences.json under the reason, and nowhere else.
 *
 * The suite's `remotes/` are not preloaded, for plain ajv as little as for us: a reference to another document is refused
 * by design, and `refused` is the expected outcome of both. A schema that plain ajv refuses must be refused by us, and no
 * other but those whose `$schema` is none of the three drafts.
 */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv, type AnySchema } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  compileSchema,
  isSurelyValid,
  loadSchema,
  violationsOf,
} from '../../action-validate-data/src/schema/index.ts';
import { RunError } from '../../core/inputs/errors.ts';
import { ensureJsonSchemaSuite } from '../../scripts/tools/json-schema-suite.ts';
import type { Draft } from './arbitraries.ts';
import { readCases, rowSchemaOf, type SuiteCase, type SuiteSchema, withDraft } from './suite.ts';

type Outcome = 'valid' | 'invalid' | 'refused' | 'no verdict';
type Judge = (value: unknown) => boolean;

const drafts: readonly [draft: Draft, cases: number][] = [
  ['2020-12', 1257],
  ['2019-09', 1227],
  ['draft-07', 913],
];

let folder = '';
let known: Readonly<Record<string, Partial<Record<Draft, readonly string[]>>>> = {};

beforeAll(async () => {
  folder = (await ensureJsonSchemaSuite()).tests;
  known = JSON.parse(await readFile(join(import.meta.dirname, 'fixtures/known-differences.json'), 'utf8'));
});

/** Compiles each schema of the suite once: some three cases share one. Null: it is refused. */
function compiler<T>(compile: (schema: SuiteSchema) => T): (schema: SuiteSchema) => T | null {
  const known = new Map<SuiteSchema, T | null>();
  return (schema) => {
    let compiled = known.get(schema);
    if (compiled === undefined) {
      try {
        compiled = compile(schema);
      } catch {
        compiled = null;
      }
      known.set(schema, compiled);
    }
    return compiled;
  };
}

function outcome(judge: Judge | null | undefined, value: unknown): Outcome {
  if (judge === null || judge === undefined) return 'refused';
  try {
    return judge(value) ? 'valid' : 'invalid';
  } catch (error) {
    // Ours says so in one message, plain ajv overflows the stack.
    expect(error instanceof RunError || error instanceof RangeError, String(error)).toBe(true);
    return 'no verdict';
  }
}

function plainAjv(schema: SuiteSchema, draft: Draft): Judge {
  const options = { strict: false, allErrors: true, logger: false } as const;
  const ajv =
    draft === '2020-12'
      ? new Ajv2020(options)
      : draft === '2019-09'
        ? new Ajv2019(options)
        : new Ajv(options);
  addFormats.default(ajv as never);
  return ajv.compile(schema as AnySchema);
}

describe.each(drafts)('draft %s', (draft, count) => {
  let cases: readonly SuiteCase[] = [];
  beforeAll(async () => {
    cases = await readCases(folder, draft);
  });

  test(`on all ${count} cases our verdict on a row is plain ajv's, in words where it is invalid, and the plan is sound`, () => {
    expect(cases).toHaveLength(count);
    const plainly = compiler((schema) => plainAjv(rowSchemaOf(schema, draft), draft));
    const load = compiler((schema) => loadSchema(JSON.stringify(rowSchemaOf(schema, draft)), 'schema.json'));
    let sure = 0;
    for (const { name, schema, instance } of cases) {
      const row = { value: instance };
      const plain = outcome(plainly(schema), row);
      const loaded = load(schema);
      const ours = outcome(loaded?.validate, row);
      expect(ours, name).toBe(plain);
      if (loaded === null) continue;
      if (isSurelyValid(loaded.plan, row)) {
        sure += 1;
        expect(plain, name).toBe('valid');
      }
      if (ours === 'invalid') {
        const [violation] = violationsOf(loaded.validate.errors ?? [], row);
        expect(violation, name).toMatchObject({
          column: 'value',
          message: expect.stringMatching(/^value.*: .+ \(/),
        });
      }
    }
    expect(sure).toBeGreaterThan(count / 5);
  });

  test("on all cases our verdict on the bare value is plain ajv's", () => {
    const plainly = compiler((schema) => plainAjv(withDraft(schema, draft), draft));
    const compile = compiler((schema) => compileSchema(withDraft(schema, draft) as never).validate);
    for (const { name, schema, instance } of cases) {
      const whole = withDraft(schema, draft);
      // Of a dialect of its own: `loadSchema` refuses it before it is compiled.
      const isForeign = typeof whole === 'object' && String(whole.$schema).includes('localhost');
      if (!isForeign)
        expect(outcome(compile(schema), instance), name).toBe(outcome(plainly(schema), instance));
      else
        expect(() => loadSchema(JSON.stringify(whole), 's.json'), name).toThrow(
          'is no draft that is read here',
        );
    }
  });

  test('what differs from the suite is what is listed, with its reason', () => {
    const load = compiler(
      (schema) => loadSchema(JSON.stringify(rowSchemaOf(schema, draft)), 's.json').validate,
    );
    const differing = cases.filter(
      ({ schema, instance, valid }) =>
        outcome(load(schema), { value: instance }) !== (valid ? 'valid' : 'invalid'),
    );
    const listed = Object.values(known).flatMap((group) => group[draft] ?? []);
    expect(differing.map(({ name }) => name).sort()).toEqual([...listed].sort());
  });
});
