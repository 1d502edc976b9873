/** freshness: the age of the newest date or time of a column. */

import { formatCount, visible } from '../../../core/gate/index.ts';
import { timestampOf } from '../../../core/tables/index.ts';
import type { BoundRule } from './bind.ts';
import { columnOf, type Loaded, type Outcome, undefinedBecause } from './context.ts';
import { placeOfPosition, position, showPlace } from './places.ts';
import { isText } from './values.ts';

/** Clocks of two machines differ by less. */
const tolerance = 300;

/**
 * Seconds from the newest value to the clock, never below 0. A newest value in the future says nothing about
 * freshness: inconclusive, with the value. Text cells that are no dates or times are here only where the schema rejects
 * them; they are left out.
 */
export async function measureFreshness(rule: BoundRule, loaded: Loaded): Promise<Outcome> {
  const { context, relation } = loaded;
  const [name = ''] = rule.columns;
  const column = columnOf(loaded, name);
  const time = timestampOf(column);
  const finite = `isfinite(${time})`;
  const withoutZone = isText(column)
    ? `count(*) FILTER (WHERE ${time} IS NOT NULL AND NOT regexp_matches(${column.ref}, '(Z|z|:[0-9]{2}([.,][0-9]+)?[+-][0-9]{2}(:?[0-9]{2})?)$'))`
    : '0';
  const [[n = 0, newest = null, zoneless = 0, present = 0] = []] = await context.engine.rows(
    `SELECT count(${time}), CAST(epoch_us(max(${time}) FILTER (WHERE ${finite})) AS VARCHAR), ${withoutZone}, count(${column.ref}) ` +
      `FROM ${relation.from}`,
  );
  const count = Number(n);
  const shown = visible(name);
  if (count === 0) return { rule, estimate: undefinedBecause(`\`${shown}\` holds no dates or times`) };
  if (newest === null)
    return { rule, estimate: undefinedBecause(`\`${shown}\` holds no finite time`, count) };
  const micros = BigInt(String(newest));
  const [[at = null, text = ''] = []] = await context.engine.rows(
    `SELECT min(${position()}), CAST(any_value(${time}) AS VARCHAR) FROM ${relation.from} ` +
      `WHERE ${finite} AND epoch_us(${time}) = ${micros}`,
  );
  const place = at === null ? '' : ` (${await showPlace(context, placeOfPosition(at))})`;
  const newestText = `${text} UTC${place}`;
  const seconds = (context.clock().getTime() - Number(micros) / 1000) / 1000;
  const notes = [`the newest is ${newestText}`];
  const others = Number(present) - count;
  if (others === 1) notes.push(`1 cell of \`${shown}\` is no date or time; it is left out`);
  if (others > 1)
    notes.push(`${formatCount(others)} cells of \`${shown}\` are no dates or times; they are left out`);
  if (Number(zoneless) > 0) {
    notes.push(
      Number(zoneless) === 1
        ? `1 value of \`${shown}\` names no zone; it is read as UTC`
        : `${formatCount(Number(zoneless))} values of \`${shown}\` name no zone; they are read as UTC`,
    );
  }
  const estimate = { defined: true, value: Math.max(0, seconds), interval: null, n: count } as const;
  if (seconds < -tolerance) {
    return {
      rule,
      estimate,
      notes,
      inconclusive: `the newest \`${shown}\`, ${newestText}, is in the future`,
    };
  }
  return { rule, estimate, notes };
}
