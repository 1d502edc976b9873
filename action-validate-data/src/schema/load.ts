/** A JSON Schema of one row: read, checked and compiled with ajv, which is the judge of every row. */

import { visible } from '../../../core/gate/index.ts';
import { RunError } from '../../../core/inputs/errors.ts';
import { type CellTypes, cellTypesOf, matchesName } from './cell-types.ts';
import { type CompiledSchema, compileSchema, type PatternWatch, type ValidateRow } from './compile.ts';
import { declaredTypeOf } from './declared-type.ts';
import { type Draft, draftOf, draftUris, isHarmless, isKeyword } from './drafts.ts';
import { endlessWay } from './endless.ts';
import { explain } from './explain.ts';
import { type JsonPlaces, readPlaces } from './json-places.ts';
import { noticesOf } from './notices.ts';
import type { RowPlan } from './plan.ts';
import { planRow } from './planner.ts';
import { mistakesIn } from './schema-mistakes.ts';
import { admittedTypes } from './types-of.ts';
import { isSchemaObject, type Schema, type SchemaObject } from './walk.ts';

export interface LoadedSchema {
  readonly draft: Draft;
  readonly schema: Schema;
  readonly validate: ValidateRow;
  readonly plan: RowPlan;
  /** Regular expressions by the index that the watch is told. */
  readonly patterns: readonly string[];
  /** What has no effect, and what was assumed: one sentence each, beginning with the place. */
  readonly notices: readonly string[];
  cellTypes(column: string): CellTypes;
  declaredType(column: string): string | null;
}

const mostNotices = 20;
const mostMistakes = 5;

/**
 * Reads and compiles a schema.
 * @param shown its path, for messages
 * @param watch told of each regular expression that runs
 * @throws RunError when it is no schema of a row that can be judged here: all mistakes that were found, with their
 * line in the file
 */
export function loadSchema(text: string, shown: string, watch?: PatternWatch): LoadedSchema {
  const { schema, places } = parse(text.replace(/^\uFEFF/, ''), shown);
  const fail = (pointer: string | null, message: string): never => {
    throw new RunError(at(shown, places, pointer) + message);
  };
  const reading = draftOf(schema);
  if (reading.draft === null) return fail('/$schema', reading.problem);
  const { draft } = reading;
  const mistakes = mistakesIn(schema, draft);
  if (mistakes.length > 0) {
    const lines = mistakes
      .slice(0, mostMistakes)
      .map(({ pointer, message }) => at(shown, places, pointer) + message);
    const more = mistakes.length - lines.length;
    throw new RunError(lines.join('\n') + (more > 0 ? `\n${shown}: and ${more} more` : ''));
  }
  refuseOthers(schema, draft, fail);
  const way = endlessWay(schema);
  if (way !== null) {
    const shownWay = way.map((step) => visible(step)).join(' to ');
    fail(null, `the schema refers to itself without end: \`$ref\` ${shownWay} leads back to where it stands`);
  }
  const { validate, patterns } = compile(schema, watch, fail);
  const types = new Map<string, CellTypes>();
  const names = new Set(patterns.sources);
  // Under the watch, as the values are.
  const matches = (pattern: string, name: string): boolean =>
    names.has(pattern) ? patterns.use(pattern).test(name) : matchesName(pattern, name);
  return {
    draft,
    schema,
    validate,
    plan: planRow(schema, patterns),
    patterns: patterns.sources,
    notices: allNotices(schema, draft, reading.note, shown, places),
    cellTypes: (column) => {
      const known = types.get(column) ?? cellTypesOf(schema, column, matches);
      types.set(column, known);
      return known;
    },
    declaredType: (column) => declaredTypeOf(schema, column),
  };
}

/** `schema.json:12: /properties/age/type: `. */
function at(shown: string, places: JsonPlaces, pointer: string | null): string {
  const line = pointer === null ? undefined : places.lines.get(pointer);
  const place = pointer === null || pointer === '' ? '' : `${visible(pointer, 200)}: `;
  return `${shown}${line === undefined ? '' : `:${line}`}: ${place}`;
}

function parse(text: string, shown: string): { schema: Schema; places: JsonPlaces } {
  if (text.trim() === '') throw new RunError(`${shown}: the file is empty; a schema is ${exampleSchema}`);
  const places = readPlaces(text);
  if (places.mistake !== null) {
    const { line, column, message } = places.mistake;
    throw new RunError(`${shown}:${line}:${column}: not valid JSON: ${visible(message, 200)}`);
  }
  const schema: unknown = JSON.parse(text);
  if (typeof schema === 'boolean' || isSchemaObject(schema)) return { schema, places };
  throw new RunError(`${shown}: not a JSON Schema; a schema is ${exampleSchema}`);
}

const exampleSchema = 'an object such as {"type": "object", "properties": {…}}';

type Fail = (pointer: string | null, message: string) => never;

/** What is no schema of a row: every row would be rejected, or accepted, for a reason that misleads. */
function refuseOthers(schema: Schema, draft: Draft, fail: Fail): void {
  if (typeof schema === 'boolean') return;
  if (schema.$async !== undefined) fail('/$async', '`$async` is not possible here');
  refuseForeign(schema, draft, fail);
  const types = admittedTypes(schema, schema);
  const rowless = ['properties', 'required', 'patternProperties', 'additionalProperties', '$ref', 'allOf'];
  const items = ['items', 'prefixItems'].find((keyword) => schema[keyword] !== undefined);
  const isTable = items !== undefined && rowless.every((keyword) => schema[keyword] === undefined);
  if (types.has('array') && (!types.has('object') || isTable)) {
    fail(
      isTable ? `/${items}` : null,
      'the schema describes an array of rows, and a row is what is judged; give the schema of one row, here what stands in `items`',
    );
  }
  if (!types.has('object')) {
    const named = [...types].join(' or ');
    fail(
      schema.type === undefined ? null : '/type',
      named === ''
        ? 'the schema contradicts itself, and accepts nothing'
        : `the schema describes ${named}, and a row is an object`,
    );
  }
}

/** Another format of JSON, such as the columns without `properties` around them: it would accept every row. */
function refuseForeign(schema: SchemaObject, draft: Draft, fail: Fail): void {
  const keys = Object.keys(schema).filter((key) => key !== '$schema' && key !== '$comment');
  if (keys.length === 0 || keys.some((key) => isKeyword(draft, key) || isHarmless(key))) return;
  const columns = keys.every(
    (key) => isSchemaObject(schema[key]) && Object.keys(schema[key]).some((inner) => isKeyword(draft, inner)),
  );
  const advice = columns
    ? 'put the columns into `properties`: {"properties": {…}}'
    : `a schema is ${exampleSchema}, by ${draftUris['2020-12']}`;
  fail(
    null,
    `no keyword of JSON Schema stands here (${keys
      .slice(0, 5)
      .map((key) => visible(key))
      .join(', ')}); ${advice}`,
  );
}

function compile(schema: Schema, watch: PatternWatch | undefined, fail: Fail): CompiledSchema {
  try {
    const compiled = compileSchema(schema, watch);
    // What `endlessWay` could not follow shows on any row, or on none.
    compiled.validate({});
    return compiled;
  } catch (error) {
    const { pointer, message } = explain(error, schema);
    return fail(pointer, message);
  }
}

function allNotices(
  schema: Schema,
  draft: Draft,
  note: string | null,
  shown: string,
  places: JsonPlaces,
): string[] {
  const doubled = places.duplicates.map(
    ({ pointer, line }) =>
      `${shown}:${line}: ${visible(pointer, 200)}: the key stands twice; the last one counts`,
  );
  const found = noticesOf(schema, draft).map(({ pointer, message }) => at(shown, places, pointer) + message);
  const all = [...(note === null ? [] : [`${shown}: ${note}`]), ...doubled, ...found];
  const more = all.length - mostNotices;
  return more > 0 ? [...all.slice(0, mostNotices), `${shown}: and ${more} more notices on the schema`] : all;
}
