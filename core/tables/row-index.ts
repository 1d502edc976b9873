/** Where rows start in a text file: every so many rows one place is kept, the rest is found by scanning from it. */

const spacing = 4096;

export interface RowPlace {
  readonly row: number;
  /** Byte in the uncompressed, decoded file. */
  readonly offset: number;
  /** Physical line, from 1. */
  readonly line: number;
}

export class RowIndex {
  private readonly offsets: number[] = [];
  private readonly lines: number[] = [];

  /** To be called for every row in order. */
  add(row: number, offset: number, line: number): void {
    if (row % spacing !== 0) return;
    this.offsets.push(offset);
    this.lines.push(line);
  }

  /** The last known place at or before the row. */
  before(row: number): RowPlace {
    const slot = Math.min(Math.floor(row / spacing), this.offsets.length - 1);
    return { row: slot * spacing, offset: this.offsets[slot] ?? 0, line: this.lines[slot] ?? 1 };
  }
}
