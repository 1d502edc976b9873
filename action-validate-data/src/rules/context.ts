/** What the rules are measured with, and what measuring gives. */

import type { Check, Estimate, Measurement } from '../../../core/gate/types.ts';
import type { Log } from '../../../core/report/log.ts';
import type { SqlColumn, SqlEngine, SqlRelation, Table } from '../../../core/tables/index.ts';
import type { Value } from '../types.ts';
import type { BoundRule } from './bind.ts';

export interface RuleContext {
  readonly engine: SqlEngine;
  readonly tables: readonly Table[];
  /** Path of each table for messages. */
  readonly shown: readonly string[];
  /** All columns of the data, in order. */
  readonly columns: readonly string[];
  /** Absolute. */
  readonly workspace: string;
  /** Level of intervals where a check names none, e.g. 0.95. */
  readonly confidence: number;
  readonly clock: () => Date;
  /** Columns that the schema declares as numbers: a cell that is none is left out there, not an error here. */
  readonly numericBySchema: ReadonlySet<string>;
  /** Columns whose text the schema declares as dates or times, in the same way; absent: none. */
  readonly timesBySchema?: ReadonlySet<string>;
  /** Opens a file of `exists` or `overlap`, by its absolute path; closed by `measureRules`. */
  openOther(path: string): Promise<Table>;
  /**
   * Opens a file of `tables` (by index) again with these columns as text, so that `matches` sees a CSV cell as it is
   * written (`1.50`, not 1.5). Closed by `measureRules`. Absent: it sees numbers by their value.
   */
  openText?(file: number, columns: readonly string[]): Promise<Table>;
  /** Gets as notices what was decided where files disagree. */
  readonly log: Log;
  /** The text of the input that the checks were read from, for carets. */
  readonly rules?: string;
}

/** A row that breaks a rule. */
export interface BreakingRow {
  /** Index into the tables. */
  readonly file: number;
  /** From 0 in its file, as tables count. */
  readonly row: number;
  /** Null: the row as a whole. */
  readonly column: string | null;
  readonly value: Value;
  readonly message: string;
}

export interface RuleMeasurement {
  readonly check: Check;
  readonly measurement: Measurement;
  /** Said instead of the judge's words when the verdict is not pass; null: the judge's words. */
  readonly reason: string | null;
  /** Rows that break the rule, file by file and ascending; null for aggregates. Needs the engine open. */
  readonly breaking: (() => AsyncIterable<BreakingRow>) | null;
}

/** The data loaded, with what all rules need. */
export interface Loaded {
  readonly context: RuleContext;
  readonly relation: SqlRelation;
}

/** What one rule says of itself; measure.ts makes the measurement of it. */
export interface Outcome {
  readonly rule: BoundRule;
  readonly estimate: Estimate;
  readonly notes?: readonly string[];
  readonly inconclusive?: string;
  readonly reason?: string | null;
  readonly breaking?: () => AsyncIterable<BreakingRow>;
}

export const undefinedBecause = (reason: string, n = 0): Estimate => ({ defined: false, reason, n });

export function columnOf({ relation }: Loaded, name: string): SqlColumn {
  const column = relation.columns.get(name);
  if (column === undefined) throw new Error(`column ${name} was not loaded`);
  return column;
}

/** The level at which a rule's interval is taken. */
export function levelOf({ check }: BoundRule, { confidence }: RuleContext): number {
  return check.confidence ?? confidence;
}
