/**
 * What the main thread and one that judges share. A watch over regular expressions: the thread that judges says here which one is running and on which line, so that
 * the main thread can end it when it does not come back. Backtracking can take longer than the job may run. And a count of
 * what it sent and nobody has taken: it waits instead of filling the memory.
 */

/** Words of the shared buffer. */
const running = 0;
const turns = 1;
const line = 2;
const untaken = 3;

/** Parts of what was found that may be on their way. */
const mostUntaken = 32;

export function createWatch(): SharedArrayBuffer {
  return new SharedArrayBuffer(4 * Int32Array.BYTES_PER_ELEMENT);
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

  /** After a part was sent: goes on when few enough are left to be taken. */
  sent(): void {
    let count = Atomics.add(this.words, untaken, 1) + 1;
    while (count > mostUntaken) {
      Atomics.wait(this.words, untaken, count);
      count = Atomics.load(this.words, untaken);
    }
  }
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

  /** A part was taken: it is in no memory any more. */
  taken(): void {
    Atomics.sub(this.words, untaken, 1);
    Atomics.notify(this.words, untaken);
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
