/** Collects the lines of wanted rows while all rows pass by. */

export class RowLines {
  readonly lines: Float64Array;
  private readonly rows: Float64Array;
  private found = 0;

  /** `rows`: from 0, ascending. */
  constructor(rows: Float64Array) {
    this.rows = rows;
    this.lines = new Float64Array(rows.length);
  }

  /** To be called for rows in order, from the first wanted one or before. */
  add(row: number, line: number): void {
    while (this.found < this.rows.length && this.rows[this.found] === row) {
      this.lines[this.found] = line;
      this.found += 1;
    }
  }

  get isDone(): boolean {
    return this.found === this.rows.length;
  }

  /** @throws RangeError when a row did not pass by. */
  finish(path: string): { readonly lines: Float64Array } {
    if (!this.isDone)
      throw new RangeError(`${path} has no row ${this.rows[this.found]} where one was asked for`);
    return { lines: this.lines };
  }
}
