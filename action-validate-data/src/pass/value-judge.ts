/** Reads rows that are values already, as those of Parquet and Arrow. */

import { drawOf } from '../profile/hashing.ts';
import type { Profile } from '../profile/profile.ts';
import { isSurelyValid, type RowPlan } from '../schema/index.ts';
import { textOf } from './json-judge.ts';
import type { Block, FileSetup } from './protocol.ts';
import type { RowJudge } from './row-judge.ts';

export class ValueJudge {
  private readonly judge: RowJudge;
  private readonly profile: Profile;
  private readonly plan: RowPlan | null;
  /** Columns whose schema names null: there a missing cell is null, elsewhere the key is absent. */
  private readonly nullable = new Map<string, boolean>();
  private readonly columns: readonly string[];
  private readonly places: ReadonlyMap<string, number>;

  constructor(layout: Extract<FileSetup['layout'], { kind: 'values' }>, judge: RowJudge, profile: Profile) {
    this.judge = judge;
    this.profile = profile;
    this.columns = layout.columns;
    this.places = new Map(layout.columns.map((name, index) => [name, index]));
    this.plan = judge.schema?.plan ?? null;
    for (const name of layout.columns) {
      this.nullable.set(name, judge.schema?.cellTypes(name).null ?? false);
      profile.column(name);
    }
  }

  /** Returns the number of rows. */
  read(block: Extract<Block, { kind: 'values' }>): number {
    for (const [index, given] of block.rows.entries()) {
      const draw = drawOf(block.id, index);
      for (const [name, item] of Object.entries(given)) {
        this.profile.column(name)?.addValue(item, draw);
      }
      const row = this.complete(given);
      if (this.plan !== null && isSurelyValid(this.plan, row)) continue;
      this.judge.judge(row, {
        row: index,
        line: null,
        content: JSON.stringify(row),
        columns: this.columns,
        place: (column) => this.places.get(column) ?? -1,
        text: (column) => textOf(row, column),
        exact: (column) => block.exact.get(index)?.get(column),
      });
    }
    return block.rows.length;
  }

  private complete(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const row = given as Record<string, unknown>;
    for (const [name, nullable] of this.nullable) {
      if (nullable && !Object.hasOwn(row, name)) row[name] = null;
    }
    return row;
  }
}
