/** What waits to be written: bounded, so that a store that is slow or gone costs rows and never memory. */

import type { Cell, PredictionEntry } from '../types.ts';

/** Some rows of one request, which may not fit into one batch. */
export interface Slice {
  readonly entry: PredictionEntry;
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

export interface Bounds {
  readonly rows: number;
  /** As estimated by `sizeOf`. */
  readonly bytes: number;
}

interface Waiting {
  readonly entry: PredictionEntry;
  readonly bytesPerRow: number;
  /** Rows before it have been taken. */
  next: number;
}

/** First in, first out; when full the oldest goes, since the newest say what happens now. */
export class Ring {
  private readonly bounds: Bounds;
  private waiting: Waiting[] = [];
  private head = 0;
  private rowCount = 0;
  private byteCount = 0;

  constructor(bounds: Bounds) {
    this.bounds = bounds;
  }

  get rows(): number {
    return this.rowCount;
  }

  /** Returns how many rows were dropped to make room, or because they alone are too many. */
  push(entry: PredictionEntry): number {
    const bytes = sizeOf(entry);
    if (entry.rows > this.bounds.rows || bytes > this.bounds.bytes) return entry.rows;
    if (entry.rows === 0) return 0;
    let dropped = 0;
    while (this.rowCount > 0 && !this.fits(entry.rows, bytes)) dropped += this.dropOldest();
    this.waiting.push({ entry, bytesPerRow: bytes / entry.rows, next: 0 });
    this.rowCount += entry.rows;
    this.byteCount += bytes;
    return dropped;
  }

  /** The oldest rows within the bounds, at least one when any wait. */
  take(bounds: Bounds): Slice[] {
    const slices: Slice[] = [];
    let rows = 0;
    let bytes = 0;
    for (let first = this.waiting[this.head]; first !== undefined; first = this.waiting[this.head]) {
      const { entry, bytesPerRow, next } = first;
      const fitting = Math.min(bounds.rows - rows, Math.floor((bounds.bytes - bytes) / bytesPerRow));
      const count = Math.min(entry.rows - next, Math.max(fitting, rows === 0 ? 1 : 0));
      if (count === 0) break;
      slices.push({ entry, from: next, to: next + count });
      rows += count;
      bytes += count * bytesPerRow;
      this.forget(first, count);
    }
    return slices;
  }

  /** Empties the ring. Returns how many rows were in it. */
  clear(): number {
    const { rowCount } = this;
    this.waiting = [];
    this.head = 0;
    this.rowCount = 0;
    this.byteCount = 0;
    return rowCount;
  }

  private fits(rows: number, bytes: number): boolean {
    return this.rowCount + rows <= this.bounds.rows && this.byteCount + bytes <= this.bounds.bytes;
  }

  private dropOldest(): number {
    const oldest = this.waiting[this.head];
    if (oldest === undefined) return 0;
    const rows = oldest.entry.rows - oldest.next;
    this.forget(oldest, rows);
    return rows;
  }

  private forget(first: Waiting, count: number): void {
    first.next += count;
    this.rowCount -= count;
    this.byteCount -= count * first.bytesPerRow;
    if (first.next < first.entry.rows) return;
    this.head += 1;
    if (this.head === this.waiting.length) this.byteCount = 0;
    // Seldom enough to cost nothing, often enough that what was taken is not held.
    if (this.head > 1_000 || this.head === this.waiting.length) {
      this.waiting = this.waiting.slice(this.head);
      this.head = 0;
    }
  }
}

export function rowsOf(slices: readonly Slice[]): number {
  return slices.reduce((rows, { from, to }) => rows + to - from, 0);
}

const perCell = 16;
const perRequest = 512;

/** Bytes that an entry holds, roughly. Texts are measured one by one; the values of an array are taken to be alike. */
export function sizeOf({ inputs, outputs }: PredictionEntry): number {
  let bytes = perRequest;
  for (const row of inputs.rows) for (const cell of row) bytes += sizeOfCell(cell);
  for (const row of outputs.rows) for (const cell of row) bytes += sizeOfCell(cell);
  return bytes;
}

function sizeOfCell(cell: Cell): number {
  if (typeof cell === 'string') return perCell + 2 * cell.length;
  return isArray(cell) ? perCell + sizeOfArray(cell) : perCell;
}

function sizeOfArray(cells: readonly Cell[]): number {
  const present = cells.find((cell) => cell !== null);
  if (typeof present === 'string') return cells.reduce<number>((sum, cell) => sum + sizeOfCell(cell), 0);
  return present === undefined ? cells.length * perCell : cells.length * sizeOfCell(present);
}

/** Array.isArray does not narrow to a readonly array. */
export function isArray(cell: Cell): cell is readonly Cell[] {
  return Array.isArray(cell);
}
