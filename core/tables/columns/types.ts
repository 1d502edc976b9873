/** A table read a column at a time, whatever files it came from; memory holds the columns asked for, not the table. */

/**
 * `time`: dates and timestamps that a file has a type for; as text they are `text`. `other`: lists, structs, arrays of
 * numbers. A column without any value is `empty`.
 */
export type ColumnFamily = 'number' | 'boolean' | 'text' | 'time' | 'other' | 'empty';

export interface ColumnInfo {
  readonly name: string;
  readonly family: ColumnFamily;
  /** Of numbers: all of them are whole. */
  readonly whole: boolean;
}

export interface NumberCells {
  /** The finite ones, in any order; the buffer is the caller's. Times are seconds since 1970. */
  readonly values: Float64Array;
  /** Null or NaN. */
  readonly missing: number;
  readonly infinite: number;
}

export interface CategoryCells {
  /** By value as text; of booleans `true` and `false`. */
  readonly counts: ReadonlyMap<string, number>;
  /** Cells of further values, beyond as many different ones as were asked for. */
  readonly rest: number;
  readonly missing: number;
}

/** An array of that length, of any content. */
export type TakeNumbers = (length: number) => Float64Array;

export interface ColumnReader {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, ColumnInfo>;
  /** What was guessed or decided in reading, in words. */
  readonly notes: readonly string[];
  /**
   * Of a column of the family `number` or `time`.
   * @param take gives the array that the numbers are written into; a longer one's rest is left. Default: a new one
   */
  numbers(name: string, take?: TakeNumbers): Promise<NumberCells>;
  /** Of a column of any other family. */
  categories(name: string): Promise<CategoryCells>;
  close(): Promise<void>;
}

/** So many different values of a column are told apart. */
export const mostCategories = 50_000;
