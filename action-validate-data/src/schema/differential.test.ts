/** The plan and the judge against ajv as anybody would set it up, on random schemas and rows. */

import { Ajv, type AnySchema, type ValidateFunction } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Draft, schemaCases } from '../../../test/json-schema/arbitraries.ts';
import { isSurelyValid, type LoadedSchema, loadSchema, violationsOf } from './index.ts';

const drafts: readonly Draft[] = ['2020-12', '2019-09', 'draft-07'];
const schemasPerDraft = 180;
const rowsPerSchema = 20;

/** Plain ajv, but for `multipleOf`, which is judged here by fractions of big integers. */
function plainJudge(draft: Draft, schema: AnySchema): ValidateFunction {
  const options = { strict: false, allErrors: true, logger: false } as const;
  const ajv =
    draft === '2020-12'
      ? new Ajv2020(options)
      : draft === '2019-09'
        ? new Ajv2019(options)
        : new Ajv(options);
  addFormats.default(ajv as never);
  ajv.removeKeyword('multipleOf');
  ajv.addKeyword({
    keyword: 'multipleOf',
    type: 'number',
    validate: (divisor: number, value: number) => isMultiple(value, divisor),
  });
  // The schemas are valid by construction, and compiling their schema takes most of the time.
  ajv.opts.validateSchema = false;
  return ajv.compile(schema);
}

function isMultiple(value: number, divisor: number): boolean {
  if (!Number.isFinite(value)) return false;
  const [a, b] = [fraction(value), fraction(divisor)];
  return (a.top * b.bottom) % (a.bottom * b.top) === 0n;
}

function fraction(value: number): { top: bigint; bottom: bigint } {
  const parts = /^(-?\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value));
  const decimals = parts?.[2] ?? '';
  const power = Number(parts?.[3] ?? 0) - decimals.length;
  const digits = BigInt(`${parts?.[1]}${decimals}`);
  return power < 0
    ? { top: digits, bottom: 10n ** BigInt(-power) }
    : { top: digits * 10n ** BigInt(power), bottom: 1n };
}

/** What plain ajv does not compile, this gate refuses as well; null: both do. */
function both(draft: Draft, text: string): { judge: ValidateFunction; loaded: LoadedSchema } | null {
  let judge: ValidateFunction;
  try {
    judge = plainJudge(draft, JSON.parse(text) as AnySchema);
  } catch {
    expect(() => loadSchema(text, 'schema.json'), text).toThrow(/^schema\.json/);
    return null;
  }
  return { judge, loaded: loadSchema(text, 'schema.json') };
}

test('over 10,000 pairs in three drafts our judge is ajv, each rejected row has violations of its keywords, and the plan is sound', () => {
  let pairs = 0;
  let valid = 0;
  let sure = 0;
  for (const draft of drafts) {
    fc.assert(
      fc.property(schemaCases(draft, { rowsPerSchema }), ({ schemaText, rows }) => {
        const compiled = both(draft, schemaText);
        if (compiled === null) return;
        const { judge, loaded } = compiled;
        for (const text of rows) {
          const row = JSON.parse(text) as Record<string, unknown>;
          const story = `${schemaText}\n${text}`;
          const accepted = verdictOf(judge, row);
          if (accepted === null) continue;
          expect(loaded.validate(row), story).toBe(accepted);
          const surely = isSurelyValid(loaded.plan, row);
          if (surely) expect(accepted, `the plan is wrong: ${story}`).toBe(true);
          pairs += 1;
          if (accepted) valid += 1;
          else checkViolations(loaded, judge, row, story);
          if (surely) sure += 1;
        }
      }),
      { numRuns: schemasPerDraft },
    );
  }
  expect(pairs).toBeGreaterThanOrEqual(10_000);
  // Valid and invalid rows in good measure, and a plan that decides: one that is never sure would pass all of the above.
  expect(valid / pairs).toBeGreaterThan(0.1);
  expect(valid / pairs).toBeLessThan(0.85);
  expect(sure / valid).toBeGreaterThan(0.3);
});

/** Null: ajv's own code stumbles (`withoutStumbling`), and there is nothing to compare with. */
function verdictOf(judge: ValidateFunction, row: unknown): boolean | null {
  try {
    return judge(row);
  } catch (error) {
    expect(String(error)).toMatch(/^TypeError: Cannot set properties of undefined/);
    return null;
  }
}

function checkViolations(
  { validate }: LoadedSchema,
  judge: ValidateFunction,
  row: Record<string, unknown>,
  story: string,
): void {
  const violations = violationsOf(validate.errors ?? [], row);
  expect(violations.length, story).toBeGreaterThan(0);
  const keywords = new Set((judge.errors ?? []).map(({ keyword }) => keyword));
  for (const { rule, message } of violations) {
    expect([...keywords], story).toContain(rule);
    expect(message, story).toMatch(/^[^\n]+ \([\w ]+\)/);
    expect(message, story).not.toMatch(/undefined|\[object Object\]/);
  }
  const places = violations.map(({ column, rule }) => JSON.stringify([column, rule]));
  expect(new Set(places).size, story).toBe(places.length);
}
