/** Collects rows as JSON values into batches. */

import type { JsonValue } from './types.ts';

/** A row; missing cells are absent keys. */
export type JsonRow = Readonly<Record<string, JsonValue>>;

/** Some rows in file order. */
export interface RowBatch {
  /** Number of the first row, from 0. */
  readonly firstRow: number;
  /** Number of each row, where some between them were left out; null: they are consecutive. */
  readonly rowNumbers: Float64Array | null;
  /** Physical line, from 1, on which each row starts; null for formats without lines. */
  readonly lines: Float64Array | null;
  readonly rows: readonly JsonRow[];
  /**
   * The digits of a number that a double changes, such as 9007199254740993; undefined for every other cell. Absent
   * when the batch has none. Only cells, not what stands inside lists and structs.
   */
  readonly exact?: (rowInBatch: number, column: string) => string | undefined;
}

export type ExactCells = ReadonlyMap<string, string>;

export const rowsPerBatch = 1024;

export class RowCollector {
  private readonly hasLines: boolean;
  private full: RowBatch[] = [];
  private rows: JsonRow[] = [];
  private numbers: number[] = [];
  private lines: number[] = [];
  private exact = new Map<number, ExactCells>();

  constructor(hasLines: boolean) {
    this.hasLines = hasLines;
  }

  add(row: JsonRow, number: number, line: number, exact: ExactCells | undefined): void {
    if (exact !== undefined) this.exact.set(this.rows.length, exact);
    this.rows.push(row);
    this.numbers.push(number);
    if (this.hasLines) this.lines.push(line);
    if (this.rows.length === rowsPerBatch) this.close();
  }

  /** The batches that are full; `last`: what is left as well. */
  take(last = false): RowBatch[] {
    if (last && this.rows.length > 0) this.close();
    const { full } = this;
    this.full = [];
    return full;
  }

  private close(): void {
    const { rows, numbers, lines, exact } = this;
    const firstRow = numbers[0] ?? 0;
    const isConsecutive = (numbers.at(-1) ?? 0) - firstRow === numbers.length - 1;
    this.full.push({
      firstRow,
      rowNumbers: isConsecutive ? null : Float64Array.from(numbers),
      lines: this.hasLines ? Float64Array.from(lines) : null,
      rows,
      ...(exact.size === 0 ? {} : { exact: (row, column) => exact.get(row)?.get(column) }),
    });
    this.rows = [];
    this.numbers = [];
    this.lines = [];
    this.exact = new Map();
  }
}

/** Sets a property of the object's own, also one called `__proto__`. */
export function setCell(row: Record<string, JsonValue>, name: string, value: JsonValue): void {
  if (name !== '__proto__') {
    row[name] = value;
    return;
  }
  Object.defineProperty(row, name, { value, enumerable: true, configurable: true, writable: true });
}

/** A row of cells that come as they are, with the digits of numbers that a double changes. */
export class RowBuilder {
  readonly row: Record<string, JsonValue> = {};
  exact: Map<string, string> | undefined;

  set(name: string, value: JsonValue): void {
    setCell(this.row, name, value);
  }

  /** A whole number or decimal by its digits, which are kept where a double changes them. */
  setDigits(name: string, digits: string): void {
    setCell(this.row, name, Number(digits));
    if (isHeldByDouble(digits)) return;
    this.exact ??= new Map();
    this.exact.set(name, digits);
  }
}

/** 15 significant digits survive in a double, and so do whole numbers below 2^53. */
function isHeldByDouble(digits: string): boolean {
  if (digits.replace(/[-.]/g, '').length <= 15) return true;
  return /^-?\d+(?:\.0*)?$/.test(digits) && Number.isSafeInteger(Number(digits));
}
