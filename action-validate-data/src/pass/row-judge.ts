/** Judges whole rows by the schema, and keeps what is found for the block at hand. */

import { createHash } from 'node:crypto';
import { type LoadedSchema, loadSchema, violationsOf } from '../schema/index.ts';
import { examplesPerGroup, type Value } from '../types.ts';
import { neighbours, shownColumn, shownValue } from './cells.ts';
import type { Found, JudgeSetup } from './protocol.ts';
import { noLine, WatchedSide } from './watch.ts';

/** A row as it is judged and shown. */
export interface JudgedRow {
  /** From 0 in the block. */
  readonly row: number;
  readonly line: number | null;
  /** What the fingerprint is of: the row's bytes, or its text. */
  readonly content: Uint8Array | string;
  /** Columns in the order of the file. */
  readonly columns: readonly string[];
  /** Place of a column among them; -1: it is none. */
  place(column: string): number;
  /** Text of a cell as it stands in the file; null: missing. */
  text(column: string): string | null;
  /** Digits of a whole number that a double would change. */
  exact(column: string): string | undefined;
}

/** Rules of columns whose first rows carry their cells: reports show far fewer. */
const mostShown = 20_000;

/** Violations that are kept for the end of the block: few, so that they are gone before the collector counts them as old. */
const manyFound = 500;

export class RowJudge {
  readonly schema: LoadedSchema | null;
  readonly watch: WatchedSide;
  found: Found[] = [];
  broken: number[] = [];
  /** How often each rule of each column was seen by this thread: only the first ones carry their cells. */
  private readonly shown = new Map<string, number>();

  private readonly onMany: (found: readonly Found[]) => void;

  /** `watch`: see `watch.ts`. `onMany`: takes what was found when it is a lot. */
  constructor({ schema }: JudgeSetup, watch: SharedArrayBuffer, onMany: (found: readonly Found[]) => void) {
    this.onMany = onMany;
    this.watch = new WatchedSide(watch);
    this.schema =
      schema === null
        ? null
        : loadSchema(schema.text, schema.shown, { enter: this.watch.enter, leave: this.watch.leave });
  }

  /** What was found since the last call. */
  take(): { found: Found[]; broken: number[] } {
    const { found, broken } = this;
    this.found = [];
    this.broken = [];
    return { found, broken };
  }

  judge(value: Record<string, unknown>, row: JudgedRow): void {
    const { schema } = this;
    if (schema === null) return;
    this.watch.at(row.line ?? noLine);
    if (schema.validate(value)) return;
    for (const { column, rule, value: bad, message } of violationsOf(
      schema.validate.errors ?? [],
      value,
      row.exact,
    )) {
      this.add(
        row,
        'schema',
        column,
        rule,
        column === null ? undefined : (row.exact(column) ?? bad),
        message,
      );
    }
  }

  /** A record that is no row: it counts as rejected, and rules over the table leave it out. */
  break(row: JudgedRow, rule: string, message: string): void {
    this.broken.push(row.row);
    this.add(row, 'structure', null, rule, undefined, message);
  }

  private isShown(key: string): boolean {
    const times = this.shown.get(key) ?? 0;
    if (times === 0 && this.shown.size >= mostShown) return false;
    this.shown.set(key, times + 1);
    return times < examplesPerGroup;
  }

  private add(
    row: JudgedRow,
    origin: Found['origin'],
    column: string | null,
    rule: string,
    value: unknown,
    message: string,
  ): void {
    const key = `${column === null ? '' : `.${column}`}/${rule}`;
    const cells = this.isShown(key)
      ? neighbours(row.columns, column, column === null ? 0 : row.place(column), (name) => row.text(name))
      : null;
    this.found.push({
      row: row.row,
      line: row.line,
      column: column === null ? null : shownColumn(column),
      rule,
      origin,
      value: shownValue(value),
      message,
      fingerprint: fingerprintOf(rule, column, row.content),
      cells,
    });
    if (this.found.length < manyFound) return;
    this.onMany(this.found);
    this.found = [];
  }
}

/** Of the rule and the content, not of the place. */
export function fingerprintOf(rule: string, column: string | null, content: Uint8Array | string): string {
  return createHash('sha256')
    .update(JSON.stringify([rule, column]))
    .update(content)
    .digest('hex')
    .slice(0, 32);
}

export type { Value };
