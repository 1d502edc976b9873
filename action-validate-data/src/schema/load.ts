/** A JSON Schema of one row: read, checked and compiled with ajv, which is the judge of every row. */

import type { Ajv as AjvClass, AnySchemaObject, ErrorObject } from 'ajv';
import { Ajv } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { nearest } from '../../../core/gate/index.ts';
import { RunError } from '../../../core/inputs/errors.ts';
import { type CellTypes, cellTypesOf } from './cell-types.ts';
import { declaredTypeOf } from './declared-type.ts';
import { addFormatsTo } from './formats.ts';
import { isMultipleOf } from './multiple-of.ts';
import { noticesOf } from './notices.ts';
import { planRow, type RowPlan } from './plan.ts';

export type Draft = '2020-12' | '2019-09' | 'draft-07';

/** Told when an expression of the schema starts and ends, so that another thread can see which one does not come back. */
export interface PatternWatch {
  enter(index: number): void;
  leave(): void;
}

export interface ValidateRow {
  (row: unknown): boolean;
  errors?: readonly ErrorObject[] | null;
}

export interface LoadedSchema {
  readonly draft: Draft;
  readonly schema: AnySchemaObject | boolean;
  readonly validate: ValidateRow;
  readonly plan: RowPlan;
  /** Regular expressions by the index that the watch is told. */
  readonly patterns: readonly string[];
  readonly notices: readonly string[];
  cellTypes(column: string): CellTypes;
  declaredType(column: string): string | null;
}

const drafts: ReadonlyMap<string, Draft> = new Map([
  ['https://json-schema.org/draft/2020-12/schema', '2020-12'],
  ['https://json-schema.org/draft/2019-09/schema', '2019-09'],
  ['http://json-schema.org/draft-07/schema', 'draft-07'],
  ['https://json-schema.org/draft-07/schema', 'draft-07'],
]);

/**
 * Reads and compiles a schema.
 * @param shown its path, for messages
 * @throws RunError when it is no schema of a row that can be judged here
 */
export function loadSchema(text: string, shown: string, watch?: PatternWatch): LoadedSchema {
  const schema = parse(text, shown);
  const { draft, note } = draftOf(schema, shown);
  refuseTables(schema, shown);
  const patterns: string[] = [];
  const ajv = createAjv(draft, patterns, watch);
  const validate = compile(ajv, schema, shown);
  refuseEndless(validate, shown);
  const types = new Map<string, CellTypes>();
  return {
    draft,
    schema,
    validate,
    plan: planRow(schema, patterns),
    patterns,
    notices: [...(note === null ? [] : [note]), ...noticesOf(schema)].map((text_) => `${shown}: ${text_}`),
    cellTypes: (column) => {
      const known = types.get(column) ?? cellTypesOf(schema, column);
      types.set(column, known);
      return known;
    },
    declaredType: (column) => declaredTypeOf(schema, column),
  };
}

function parse(text: string, shown: string): AnySchemaObject | boolean {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const place = /position (\d+)/.exec(message);
    const before = text.slice(0, place === null ? text.length : Number(place[1])).split('\n');
    const where = `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
    throw new RunError(`${shown}:${where}: not valid JSON: ${message.replaceAll(/\s+/g, ' ')}`);
  }
  if (typeof value === 'boolean') return value;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as AnySchemaObject;
  throw new RunError(
    `${shown}: not a JSON Schema; a schema is an object such as {"type": "object", "properties": {…}}`,
  );
}

function draftOf(schema: AnySchemaObject | boolean, shown: string): { draft: Draft; note: string | null } {
  const given: unknown = typeof schema === 'boolean' ? undefined : schema.$schema;
  if (given === undefined) return { draft: '2020-12', note: 'no $schema is given; read as draft 2020-12' };
  const draft = drafts.get(String(given).replace(/#$/, ''));
  if (draft !== undefined) return { draft, note: null };
  throw new RunError(
    `${shown}: $schema ${JSON.stringify(given)} is not a draft that is read here; allowed: ${[...drafts.keys()].slice(0, 3).join(', ')}`,
  );
}

/** A schema of the table, where one of a row is wanted: every row would be rejected, for a reason that misleads. */
function refuseTables(schema: AnySchemaObject | boolean, shown: string): void {
  if (typeof schema === 'boolean' || schema.type !== 'array') return;
  throw new RunError(
    `${shown}: the schema is of an array (type), and a row is an object; give the schema of one row, here what stands in \`items\``,
  );
}

export function createAjv(draft: Draft, patterns: string[], watch?: PatternWatch): AjvClass {
  const options = {
    strict: false,
    allErrors: true,
    logger: false,
    validateSchema: true,
    addUsedSchema: false,
    code: { regExp: expressions(patterns, watch) },
  } as const;
  const ajv: AjvClass =
    draft === '2020-12'
      ? new Ajv2020(options)
      : draft === '2019-09'
        ? new Ajv2019(options)
        : new Ajv(options);
  addFormatsTo(ajv);
  ajv.removeKeyword('multipleOf');
  ajv.addKeyword({
    keyword: 'multipleOf',
    type: 'number',
    schemaType: 'number',
    errors: 'full',
    compile: (divisor: number) => {
      const test: ValidateRow = (value) => {
        const holds = isMultipleOf(value as number, divisor);
        test.errors = holds
          ? null
          : [
              {
                keyword: 'multipleOf',
                params: { multipleOf: divisor },
                message: `must be multiple of ${divisor}`,
              } as unknown as ErrorObject,
            ];
        return holds;
      };
      return test as never;
    },
  });
  return ajv;
}

function expressions(patterns: string[], watch: PatternWatch | undefined) {
  const engine = (source: string, flags: string): { test(text: string): boolean } => {
    const expression = new RegExp(source, flags);
    let index = patterns.indexOf(source);
    if (index === -1) index = patterns.push(source) - 1;
    if (watch === undefined) return expression;
    return {
      test: (text) => {
        watch.enter(index);
        const holds = expression.test(text);
        watch.leave();
        return holds;
      },
    };
  };
  return Object.assign(engine, { code: 'new RegExp' });
}

function compile(ajv: AjvClass, schema: AnySchemaObject | boolean, shown: string): ValidateRow {
  try {
    return ajv.compile(schema) as ValidateRow;
  } catch (error) {
    throw new RunError(`${shown}: ${explain(ajv, schema, error)}`);
  }
}

function explain(ajv: AjvClass, schema: AnySchemaObject | boolean, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const missing = /^can't resolve reference (\S*) from id/.exec(message)?.[1];
  if (missing === '#') return 'the schema refers to itself without end: a $ref leads back to where it stands';
  if (missing !== undefined) {
    if (/^[a-z][a-z0-9+.-]*:\/\//i.test(missing)) {
      return `$ref ${JSON.stringify(missing)} is not fetched; put that schema into $defs of this one`;
    }
    const known = typeof schema === 'boolean' ? [] : definitions(schema);
    const near = nearest(missing, known);
    return `$ref ${JSON.stringify(missing)} points to nothing in this schema${near === undefined ? '' : `; did you mean ${near}?`}`;
  }
  if (/^schema is invalid/.test(message)) {
    const [first] = ajv.errors ?? [];
    if (first !== undefined) {
      return `not a valid schema: ${first.instancePath || 'the root'} ${first.message ?? ''}${allowedOf(first)}`;
    }
  }
  if (error instanceof SyntaxError) return `not a valid regular expression: ${message}`;
  if (error instanceof RangeError) return 'the schema is nested too deeply';
  return `not a schema that can be used: ${message}`;
}

function definitions(schema: AnySchemaObject): string[] {
  return ['$defs', 'definitions'].flatMap((place) =>
    Object.keys((schema[place] as object | undefined) ?? {}).map((name) => `#/${place}/${name}`),
  );
}

function allowedOf({ params }: ErrorObject): string {
  const allowed: unknown = params.allowedValues;
  return Array.isArray(allowed) ? `: ${allowed.join(', ')}` : '';
}

/** A schema that refers to itself without taking anything from the row never comes to an end. */
function refuseEndless(validate: ValidateRow, shown: string): void {
  try {
    validate({});
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RunError(
      `${shown}: the schema refers to itself without end: a $ref leads back to where it stands`,
    );
  }
}
