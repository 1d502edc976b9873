/** Finds the objects of a JSON file: one a line (JSONL), or the elements of one array. */

import { RunError } from '../../inputs/errors.ts';

/** Told of each object: `bytes[start, end)`, physical line of its start. */
export type OnObject = (start: number, end: number, line: number) => void;

export interface ObjectScanner {
  /** Blank lines passed so far. */
  readonly blankLines: number;
  /** Line that the next byte stands on. */
  readonly line: number;
  /** Reports every whole object in `bytes[from, to)`; returns where the first unfinished one starts. */
  scan(bytes: Buffer, from: number, to: number, last: boolean): number;
}

const isSpace = (byte: number): boolean => byte === 32 || byte === 9 || byte === 10 || byte === 13;

export class LineScanner implements ObjectScanner {
  blankLines = 0;
  line: number;
  private readonly onObject: OnObject;

  constructor(onObject: OnObject, line = 1) {
    this.onObject = onObject;
    this.line = line;
  }

  scan(bytes: Buffer, from: number, to: number, last: boolean): number {
    let at = from;
    while (at < to) {
      const feed = bytes.indexOf(10, at);
      const found = feed !== -1 && feed < to;
      if (!found && !last) return at;
      const end = found ? feed : to;
      let start = at;
      while (start < end && isSpace(bytes[start] as number)) start += 1;
      if (start < end) this.onObject(start, end, this.line);
      else this.blankLines += 1;
      this.line += 1;
      at = found ? end + 1 : to;
    }
    return at;
  }
}

type ArrayState = 'before' | 'element' | 'separator' | 'after';

export class ArrayScanner implements ObjectScanner {
  readonly blankLines = 0;
  line: number;
  private readonly path: string;
  private readonly onObject: OnObject;
  private state: ArrayState;
  private elements = 0;

  /** `inside`: the bytes start at an element, not at the bracket. */
  constructor(path: string, onObject: OnObject, line = 1, inside = false) {
    this.path = path;
    this.onObject = onObject;
    this.line = line;
    this.state = inside ? 'element' : 'before';
  }

  scan(bytes: Buffer, from: number, to: number, last: boolean): number {
    let at = from;
    while (at < to) {
      const byte = bytes[at] as number;
      if (isSpace(byte)) {
        if (byte === 10) this.line += 1;
        at += 1;
      } else if (this.state === 'element' && byte === 123) {
        const end = endOfObject(bytes, at, to);
        if (end === -1 && !last) return at;
        if (end === -1) throw this.error('the object that starts here is not closed; the file is truncated');
        this.onObject(at, end, this.line);
        this.elements += 1;
        for (let i = at; i < end; i += 1) if (bytes[i] === 10) this.line += 1;
        this.state = 'separator';
        at = end;
      } else {
        this.state = this.punctuation(byte);
        at += 1;
      }
    }
    if (last && this.state === 'before') throw this.error('the file is empty; a JSON table is [{…}, {…}]');
    const open = this.state === 'element' || this.state === 'separator';
    if (last && open) throw this.error('the array is not closed; the file is truncated');
    return at;
  }

  private punctuation(byte: number): ArrayState {
    if (this.state === 'before' && byte === 91) return 'element';
    if (this.state === 'element' && byte === 93 && this.elements === 0) return 'after';
    if (this.state === 'separator' && byte === 44) return 'element';
    if (this.state === 'separator' && byte === 93) return 'after';
    const where =
      this.state === 'element' ? 'an element of the array is not an object' : 'not an array of objects';
    throw this.error(`${where}; a JSON table is [{…}, {…}]`);
  }

  private error(message: string): RunError {
    return new RunError(`${this.path}:${this.line}: ${message}`);
  }
}

/** Index after the object that starts at `from`, or -1. Only strings and brackets count here; JSON.parse judges. */
function endOfObject(bytes: Buffer, from: number, to: number): number {
  let depth = 0;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] as number;
    if (byte === 34) {
      for (at += 1; at < to && bytes[at] !== 34; at += 1) if (bytes[at] === 92) at += 1;
    } else if (byte === 123 || byte === 91) depth += 1;
    else if (byte === 125 || byte === 93) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
}
