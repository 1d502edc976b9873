/** row_count, column_count, null_fraction and distinct_count. */

import { visible } from '../../../core/gate/index.ts';
import type { Estimate } from '../../../core/gate/types.ts';
import { wilson } from '../../../core/stats/index.ts';
import type { BoundRule } from './bind.ts';
import {
  columnOf,
  type Loaded,
  levelOf,
  type Outcome,
  type RuleContext,
  undefinedBecause,
} from './context.ts';
import { Questions } from './questions.ts';
import { rowsInWords } from './rows.ts';
import { floatTypes } from './values.ts';

/** An empty table has been counted as well: its size is known, from as many samples as there are files. */
export async function measureSize(rule: BoundRule, { tables, columns }: RuleContext): Promise<Outcome> {
  const counts = await Promise.all(tables.map((table) => table.countRows()));
  const rows = counts.reduce((sum, count) => sum + count, 0);
  const value = rule.check.metric === 'row_count' ? rows : columns.length;
  return { rule, estimate: { defined: true, value, interval: null, n: Math.max(rows, tables.length) } };
}

/** One statement for all. */
export async function measureCounts(rules: readonly BoundRule[], loaded: Loaded): Promise<Outcome[]> {
  const { context, relation } = loaded;
  const questions = new Questions();
  const finishes = rules.map((rule) => {
    const { name, ref, type } = columnOf(loaded, rule.columns[0] ?? '');
    const present = questions.count(`count(${ref})`);
    const distinct =
      rule.check.metric === 'distinct_count' ? questions.count(`count(DISTINCT ${ref})`) : null;
    const nan = floatTypes.has(type) ? questions.count(`count(*) FILTER (WHERE isnan(${ref}))`) : () => 0;
    return (): Outcome => {
      const notes =
        nan() === 0
          ? []
          : [
              `NaN in ${rowsInWords(nan())} of \`${visible(name)}\` ${distinct === null ? 'is not missing' : 'is one value'}`,
            ];
      const estimate =
        distinct === null ? missing(rule, present(), loaded) : ofDistinct(distinct(), present(), name);
      return { rule, estimate, notes };
    };
  });
  await questions.ask(context, relation.from);
  return finishes.map((finish) => finish());
}

function missing(rule: BoundRule, present: number, { context, relation }: Loaded): Estimate {
  const { rows } = relation;
  if (rows === 0) return undefinedBecause('the data hold no rows');
  const absent = rows - present;
  return {
    defined: true,
    value: absent / rows,
    interval: wilson(absent, rows, levelOf(rule, context)),
    n: rows,
  };
}

function ofDistinct(count: number, present: number, name: string): Estimate {
  if (present === 0) return undefinedBecause(`\`${visible(name)}\` holds no values`);
  return { defined: true, value: count, interval: null, n: present };
}
