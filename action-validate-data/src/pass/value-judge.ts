/** Reads rows that are values already, as those of Parquet and Arrow. */

import { drawOf } from '../profile/hashing.ts';
import type { Profile } from '../profile/profile.ts';
import { isSurelyValid, type RowPlan } from '../schema/index.ts';
import { setOwn } from './csv-judge.ts';
import { textOf } from './json-judge.ts';
import type { Block, FileSetup } from './protocol.ts';
import type { RowJudge } from './row-judge.ts';
import { noLine } from './watch.ts';

export class ValueJudge {
  private readonly judge: RowJudge;
  private readonly profile: Profile | null;
  private readonly plan: RowPlan | null;
  /** Columns whose schema names null: there a missing cell is null, elsewhere the key is absent. */
  private readonly nullable = new Map<string, boolean>();
  private readonly columns: readonly string[];
  private readonly places: ReadonlyMap<string, number>;

  constructor(layout: Extract<FileSetup['layout'], { kind: 'values' }>, judge: RowJudge, profile: Profile) {
    this.judge = judge;
    this.profile = layout.profiled ? profile : null;
    this.columns = layout.columns;
    this.places = new Map(layout.columns.map((name, index) => [name, index]));
    this.plan = judge.schema?.plan ?? null;
    for (const name of layout.columns) {
      this.nullable.set(name, judge.schema?.cellTypes(name).null ?? false);
      this.profile?.column(name);
    }
  }

  /** Returns the number of rows, 0 where the block numbers them. */
  read(block: Extract<Block, { kind: 'values' }>): number {
    this.judge.watch.at(noLine);
    for (const [index, given] of block.rows.entries()) {
      if (this.profile !== null) this.describe(this.profile, given, drawOf(block.id, index));
      const row = this.complete(given);
      if (this.plan !== null && isSurelyValid(this.plan, row)) continue;
      this.judge.judge(row, {
        row: block.numbers?.[index] ?? index,
        line: null,
        content: JSON.stringify(row),
        columns: this.columns,
        place: (column) => this.places.get(column) ?? -1,
        text: (column) => textOf(row, column),
        exact: (column) => block.exact.get(index)?.get(column),
      });
    }
    return block.numbers === null ? block.rows.length : 0;
  }

  private describe(profile: Profile, row: Readonly<Record<string, unknown>>, draw: number): void {
    for (const [name, item] of Object.entries(row)) profile.column(name)?.addValue(item, draw);
  }

  private complete(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const row = given as Record<string, unknown>;
    for (const [name, nullable] of this.nullable) {
      if (nullable && !Object.hasOwn(row, name)) setOwn(row, name, null);
    }
    return row;
  }
}
