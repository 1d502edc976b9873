/** holds: an expression over the columns of a row. */

import { visible } from '../../../core/gate/index.ts';
import { InputError } from '../../../core/inputs/errors.ts';
import { numberOf, type SqlColumn } from '../../../core/tables/index.ts';
import { type BoundRule, problemIn, problemOf } from './bind.ts';
import { type BreakingRow, columnOf, type Loaded, type Outcome } from './context.ts';
import { firstOther } from './kinds.ts';
import { position } from './places.ts';
import { noNumbers, shareOutcome } from './rows.ts';
import { cellValue, floatTypes, inWords, keyValue, mayHoldOthers, plainCell } from './values.ts';

/**
 * A row where the expression is null holds, as CHECK has it in SQL. A row where one of its numbers is NaN does not:
 * the engine sorts NaN above all numbers, and `x >= 0` must not pass by that; an expression that asks
 * `isnan(x)` decides itself.
 */
export async function measureHolds(rule: BoundRule, loaded: Loaded): Promise<Outcome> {
  const { expression, selector } = rule;
  if (expression === null || selector.kind !== 'holds') throw new Error('no rule of holds');
  const { context, relation } = loaded;
  const columns = rule.columns.map((name) => columnOf(loaded, name));
  refuseInside(rule, loaded);
  const condition = expression((name) => referTo(columnOf(loaded, name), context.numericBySchema));
  await requireBoolean(rule, loaded, condition);
  const asksItself = /\bis(?:nan|finite|inf)\s*\(/i.test(selector.expression);
  const nan = columns
    .filter(({ type }) => floatTypes.has(type) && !asksItself)
    .map(({ ref }) => `coalesce(isnan(${ref}), false)`);
  const broken = [`NOT coalesce((${condition}), true)`, ...nan].join(' OR ');
  const [[n = 0, count = 0, first = null] = []] = await run(rule, loaded, () =>
    context.engine.rows(
      `SELECT count(*), count(*) FILTER (WHERE ${broken}), min(${position()}) FILTER (WHERE ${broken}) ` +
        `FROM ${relation.from}`,
    ),
  );
  const shown = visible(selector.expression, 80);
  return await shareOutcome(
    rule,
    loaded,
    { n: Number(n), broken: Number(count), first },
    'keeps',
    {
      say: (rows) => `${shown} does not hold in ${rows}`,
      notes: await leftOutNotes(columns, loaded),
      needs: [],
    },
    () => breakingRows(loaded, broken, columns, shown),
  );
}

/**
 * Lists and objects of JSON are text to the engine, and `len(tags) < 3` would count its characters: of such a column an
 * expression may ask only whether it is null.
 */
function refuseInside(rule: BoundRule, loaded: Loaded): void {
  for (const name of rule.columns) {
    const { kind, type } = columnOf(loaded, name);
    if (kind !== 'other' || type !== 'VARCHAR') continue;
    const sql = rule.expression?.((each) => (each === name ? 'nestedcolumn' : 'othercolumn')) ?? '';
    if (!/\bnestedcolumn\b(?! IS (?:NOT )?NULL\b)/i.test(sql)) continue;
    const shown = visible(name);
    const message = `\`${shown}\` holds lists or objects: an expression sees only whether it is null; what stands inside is for the schema`;
    throw new InputError([problemOf(rule.check, loaded.context.rules, { message, at: name })]);
  }
}

/** A column that the schema declares a number is one: cells that are none count as missing. */
function referTo(column: SqlColumn, numericBySchema: ReadonlySet<string>): string {
  return isLeftOut(column, numericBySchema) ? numberOf(column) : column.ref;
}

function isLeftOut(column: SqlColumn, numericBySchema: ReadonlySet<string>): boolean {
  return mayHoldOthers(column) && numericBySchema.has(column.name);
}

async function leftOutNotes(columns: readonly SqlColumn[], { context, relation }: Loaded): Promise<string[]> {
  const doubtful = columns.filter((column) => isLeftOut(column, context.numericBySchema));
  if (doubtful.length === 0) return [];
  const counts = doubtful.map((column) => `count(${column.ref}) - count(${numberOf(column)})`).join(', ');
  const [row = []] = await context.engine.rows(`SELECT ${counts} FROM ${relation.from}`);
  return doubtful.flatMap(({ name }, index) =>
    Number(row[index]) === 0 ? [] : [noNumbers(Number(row[index]), name, 'count as missing')],
  );
}

/** A number or a text is no condition, even where the engine would take one for it. */
async function requireBoolean(rule: BoundRule, loaded: Loaded, condition: string): Promise<void> {
  const { context, relation } = loaded;
  const [answer] = await run(rule, loaded, () =>
    context.engine.describe(`SELECT ${condition} FROM ${relation.from}`),
  );
  if (answer?.type === 'BOOLEAN') return;
  const message = `the expression is no condition: it gives ${answer?.type ?? 'nothing'}, not true or false`;
  throw new InputError([problemIn(rule.check, context, { message, offset: 0 })]);
}

/** Errors of the engine that an expression causes; others, as of a damaged file, say what they are. */
const ofExpressions = /(?:Binder|Conversion|Out of Range|Invalid Input|Invalid Type|Parser|Catalog) Error: /;

/** The engine's words about an expression, with the columns' names instead of ours. */
async function run<T>(rule: BoundRule, loaded: Loaded, ask: () => Promise<T>): Promise<T> {
  const { context, relation } = loaded;
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof Error) || !ofExpressions.test(error.message)) throw error;
    const [line = ''] = error.message.split('\n');
    const names = new Map([...relation.columns.values()].map(({ ref, name }) => [ref, name]));
    const said = line
      .replace(/^.*?Error: /, '')
      .replace(/\bc\d+\b/g, (ref) => names.get(ref) ?? ref)
      .replace(/[.\s]*$/, '');
    const message = `the expression cannot be evaluated: ${visible(said, 300)}`;
    for (const column of rule.columns.map((name) => columnOf(loaded, name))) {
      // Text where numbers were meant is the usual cause: say where.
      const cell = mayHoldOthers(column) ? await firstOther(column, numberOf(column), loaded) : null;
      if (cell === null) continue;
      const cause = `${message}; \`${visible(column.name)}\` holds text, as ${cell}`;
      throw new InputError([problemOf(rule.check, context.rules, { message: cause, at: column.name })]);
    }
    throw new InputError([problemIn(rule.check, context, { message, offset: 0 })]);
  }
}

async function* breakingRows(
  { context, relation }: Loaded,
  broken: string,
  columns: readonly SqlColumn[],
  shown: string,
): AsyncGenerator<BreakingRow> {
  const cells = columns.map((column) => `, ${plainCell(column, column.ref)}`).join('');
  const sql = `SELECT file, row${cells} FROM ${relation.from} WHERE ${broken} ORDER BY file, row`;
  for await (const chunk of context.engine.stream(sql)) {
    for (const [file, row, ...rest] of chunk) {
      const values = columns.map((column, index) => cellValue(rest[index], column));
      const seen = columns.map(
        (column, index) => `${visible(column.name, 80)} ${inWords(values[index] ?? null, column)}`,
      );
      yield {
        file: Number(file),
        row: Number(row),
        column: columns.length === 1 ? (columns[0]?.name ?? null) : null,
        value: keyValue(values),
        message: `${shown} does not hold: ${seen.join(', ')}`,
      };
    }
  }
}
