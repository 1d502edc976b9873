/** ajv, set up as the judge of rows. Cheap to import: threads compile the schema again from its text. */

import { _, Ajv, type Ajv as AjvClass, type AnySchema, type ErrorObject, type KeywordCxt, str } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { visible } from '../../../core/gate/index.ts';
import { registerDocument } from './documents.ts';
import { type Draft, draftOf } from './drafts.ts';
import { addFormatsTo } from './formats.ts';
import { multipleTest } from './multiple-of.ts';
import { judgeText, Unjudgeable } from './unjudgeable.ts';
import type { Schema } from './walk.ts';

/**
 * Told when an expression of the schema starts and ends, so that another thread can see which one does not come back: a
 * pattern by its place among `Patterns.sources`, a format by the number that `watchedFormat` knows.
 */
export interface PatternWatch {
  enter(index: number): void;
  leave(): void;
}

export interface ValidateRow {
  (row: unknown): boolean;
  errors?: readonly ErrorObject[] | null;
}

export interface CompiledSchema {
  readonly validate: ValidateRow;
  readonly patterns: Patterns;
}

/** Of a RegExp, what ajv uses: it tells expressions apart by their text. */
interface Expression {
  test(text: string): boolean;
  toString(): string;
}

/** An expression of `pattern` or `patternProperties` that is none. */
export class PatternError extends Error {
  readonly source: string;

  constructor(source: string, cause: SyntaxError) {
    super(cause.message, { cause });
    this.source = source;
  }
}

/** The regular expressions of a schema, numbered in the order in which ajv meets them: the same in every thread. */
export class Patterns {
  readonly sources: string[] = [];
  private readonly tests = new Map<string, Expression>();
  private readonly watch: PatternWatch | undefined;

  constructor(watch?: PatternWatch) {
    this.watch = watch;
  }

  /** Throws PatternError. */
  use(source: string): Expression {
    let found = this.tests.get(source);
    if (found === undefined) {
      found = this.compile(source);
      this.tests.set(source, found);
    }
    return found;
  }

  indexOf(source: string): number {
    this.use(source);
    return this.sources.indexOf(source);
  }

  private compile(source: string): Expression {
    let expression: RegExp;
    try {
      expression = new RegExp(source, 'u');
    } catch (error) {
      if (error instanceof SyntaxError) throw new PatternError(source, error);
      throw error;
    }
    const index = this.sources.push(source) - 1;
    const { watch } = this;
    const what = `the pattern ${visible(source, 80)}`;
    const test = (text: string): boolean => expression.test(text);
    const judge = (text: string): boolean => judgeText(what, test, text);
    return {
      test: watch === undefined ? judge : (text) => watched(watch, index, () => judge(text)),
      toString: () => String(expression),
    };
  }
}

function watched(watch: PatternWatch, index: number, work: () => boolean): boolean {
  watch.enter(index);
  try {
    return work();
  } finally {
    watch.leave();
  }
}

/**
 * Compiles a schema that is known to be one: `loadSchema` checks it against the schema of its draft, this does not.
 * Throws whatever ajv throws, and PatternError.
 */
export function compileSchema(schema: Schema, watch?: PatternWatch): CompiledSchema {
  const patterns = new Patterns(watch);
  registerDocument(schema);
  const ajv = createAjv(draftOf(schema).draft ?? '2020-12', patterns, watch);
  // Keeping track of what was evaluated costs time in every union, and is where ajv's code may stumble (below).
  ajv.opts.unevaluated = JSON.stringify(schema).includes('"unevaluated');
  return { validate: withVerdict(ajv.compile(schema as AnySchema) as ValidateRow), patterns };
}

/**
 * Where ajv's own code breaks off there is no verdict, and the row must pass neither for valid nor for invalid. The code
 * that ajv 8.20 makes for `patternProperties` beside `anyOf` or `if` may set a key of undefined where it keeps track for
 * `unevaluatedProperties`; a `$dynamicRef` may go in circles; and data may be nested deeper than the stack reaches.
 * @throws Unjudgeable then
 */
function withVerdict(judge: ValidateRow): ValidateRow {
  const validate: ValidateRow = (row) => {
    try {
      const valid = judge(row);
      validate.errors = judge.errors ?? null;
      return valid;
    } catch (error) {
      if (error instanceof RangeError) {
        throw new Unjudgeable(
          'the schema refers to itself without end, or the row is nested too deeply: it cannot be judged',
        );
      }
      if (!(error instanceof TypeError)) throw error;
      throw new Unjudgeable(
        `ajv cannot judge this row by this schema (${error.message}); write the schema without \`patternProperties\` beside \`anyOf\`, \`oneOf\` or \`if\`, or without \`unevaluatedProperties\``,
      );
    }
  };
  return validate;
}

/**
 * As `new Ajv2020({ strict: false, allErrors: true })` with ajv-formats, but for `multipleOf`, which is judged on
 * decimals. Errors carry the schema and the value (`verbose`), so that a failed union can be told branch by branch.
 * By `strict: false` a number may be NaN or infinite, as ajv judges then; JSON has such numbers only as 1e400.
 */
export function createAjv(draft: Draft, patterns: Patterns, watch?: PatternWatch): AjvClass {
  const options = {
    strict: false,
    allErrors: true,
    verbose: true,
    logger: false,
    validateSchema: false,
    code: {
      regExp: Object.assign((source: string) => patterns.use(source), { code: 'new RegExp' }),
    },
  } as const;
  const classes = { '2020-12': Ajv2020, '2019-09': Ajv2019, 'draft-07': Ajv } as const;
  const ajv: AjvClass = new classes[draft](options);
  addFormatsTo(ajv, watch === undefined ? undefined : (index, work) => watched(watch, index, work));
  ajv.removeKeyword('multipleOf');
  ajv.addKeyword({
    keyword: 'multipleOf',
    type: 'number',
    schemaType: 'number',
    error: {
      message: ({ schemaCode }) => str`must be multiple of ${schemaCode}`,
      params: ({ schemaCode }) => _`{multipleOf: ${schemaCode}}`,
    },
    code: (context: KeywordCxt) => {
      const test = context.gen.scopeValue('func', { ref: multipleTest(context.schema as number) });
      context.fail(_`!${test}(${context.data})`);
    },
  });
  return ajv;
}
