/** Cells as the first pass over a CSV file finds them, for whoever can use them without a second pass. */

/** Told of every cell of the rows that count, row by row. */
export interface CellSink {
  /**
   * @param column place in the header
   * @param kind of `cell`; of a column that has text in it before, cells that are not missing are only known as text
   * @param form of `fieldForm`
   */
  add(column: number, kind: number, bytes: Buffer, start: number, end: number, form: number): void;
}
