/**
 * A watch over regular expressions: the thread that judges says here which one is running and on which line, so that
 * the main thread can end it when it does not come back. Backtracking can take longer than the job may run.
 */

/** Words of the shared buffer. */
const running = 0;
const turns = 1;
const line = 2;

export function createWatch(): SharedArrayBuffer {
  return new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT);
}

export class WatchedSide {
  private readonly words: Int32Array;

  constructor(buffer: SharedArrayBuffer) {
    this.words = new Int32Array(buffer);
  }

  /** Physical line of the row at hand; `noLine`, or 0 for the names of columns. */
  at(place: number): void {
    this.words[line] = place;
  }

  get line(): number {
    return this.words[line] as number;
  }

  readonly enter = (pattern: number): void => {
    this.words[turns] = (this.words[turns] as number) + 1;
    this.words[running] = pattern + 1;
  };

  readonly leave = (): void => {
    this.words[running] = 0;
  };
}

export interface Stuck {
  /** The number that `PatternWatch` was told. */
  readonly pattern: number;
  readonly line: number;
}

/** Of rows in formats without lines. */
export const noLine = -1;

/** `data.csv:17`; the file alone where there is no line. */
export function placeText(file: string, at: number): string {
  return at <= 0 ? file : `${file}:${at}`;
}

export class WatchingSide {
  private readonly words: Int32Array;
  private lastTurns = -1;
  private since = 0;

  constructor(buffer: SharedArrayBuffer) {
    this.words = new Int32Array(buffer);
  }

  /** The expression that has been running for longer than `limit` milliseconds; to be asked every now and then. */
  look(now: number, limit: number): Stuck | null {
    const pattern = Atomics.load(this.words, running);
    const count = Atomics.load(this.words, turns);
    if (pattern === 0 || count !== this.lastTurns) {
      this.lastTurns = count;
      this.since = now;
      return null;
    }
    return now - this.since < limit ? null : { pattern: pattern - 1, line: Atomics.load(this.words, line) };
  }
}
