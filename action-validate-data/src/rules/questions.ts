/** Aggregates over one relation, collected from many rules and asked in one statement. */

import { RunError } from '../../../core/inputs/errors.ts';
import type { RuleContext } from './context.ts';

export class Questions {
  readonly #expressions = new Map<string, number>();
  /** By the SQL of a number: the shares at which its order statistics are taken. */
  readonly #ranks = new Map<string, Set<number>>();
  /** Questions whose SQL is complete only when all are asked. */
  readonly #late: (() => void)[] = [];
  #answers: readonly unknown[] = [];

  /** Registers an aggregate; the answer is there after `ask`. The same aggregate is computed once. */
  add(sql: string): () => unknown {
    const known = this.#expressions.get(sql);
    const index = known ?? this.#expressions.size;
    if (known === undefined) this.#expressions.set(sql, index);
    return () => this.#answers[index] ?? null;
  }

  /** The same, as a number; null where the engine answers NULL. */
  number(sql: string): () => number | null {
    const answer = this.add(sql);
    return () => {
      const value = answer();
      return value === null ? null : Number(value);
    };
  }

  count(sql: string): () => number {
    const answer = this.add(sql);
    return () => Number(answer() ?? 0);
  }

  /**
   * The value of a rank (from 1) among the `n` values of `x`. All ranks of a column are one aggregate, which holds
   * the column once. The engine takes the value of rank ceil(n q): half a rank below is far from its neighbours.
   */
  rank(x: string, n: number, rank: number): () => number | null {
    const shares = this.#ranks.get(x) ?? new Set<number>();
    this.#ranks.set(x, shares.add((rank - 0.5) / n));
    let answer: (() => unknown) | undefined;
    this.#late.push(() => {
      const all = [...shares];
      const list = all.map(sqlDouble).join(', ');
      answer = this.add(`(quantile_disc(${x}, [${list}]))[${all.indexOf((rank - 0.5) / n) + 1}]`);
    });
    return () => {
      const value = answer?.() ?? null;
      return value === null ? null : Number(value);
    };
  }

  async ask({ engine }: Pick<RuleContext, 'engine'>, from: string): Promise<void> {
    for (const complete of this.#late) complete();
    if (this.#expressions.size === 0) return;
    const [row = []] = await engine.rows(`SELECT ${[...this.#expressions.keys()].join(', ')} FROM ${from}`);
    this.#answers = row;
  }
}

/** A text as SQL. @throws RunError for a NUL character, which the engine's SQL cannot hold. */
export function sqlString(text: string): string {
  if (text.includes('\0')) throw new RunError('a NUL character cannot stand in a rule');
  return `'${text.replaceAll("'", "''")}'`;
}

/** A double as SQL. */
export function sqlDouble(value: number): string {
  return `CAST('${value}' AS DOUBLE)`;
}
