/** The objects of a JSON file one after the other, as text with their places. */

import { RunError } from '../../inputs/errors.ts';
import { ByteSource } from '../byte-source.ts';
import type { RowPlace } from '../row-index.ts';
import { checkUtf8, skipByteOrderMark } from '../utf8.ts';
import { ArrayScanner, LineScanner, type ObjectScanner, type OnObject } from './scanner.ts';

export interface JsonFile {
  readonly path: string;
  readonly gzip: boolean;
  readonly format: 'json' | 'jsonl';
  readonly textColumns: ReadonlySet<string>;
  /** Lines of JSONL that are no JSON object: an error, or left out. */
  readonly ragged: 'error' | 'skip';
  /** What was decided before, to stand first in the notes of the table. */
  readonly notes: readonly string[];
}

/** `row`: from 0, counting every line or element that is not blank. */
export type OnText = (text: string, line: number, offset: number, row: number) => void;

/** Hands every object's text to `onText`, from the given place on; yields after each window of the file. */
export async function* readObjects(
  file: JsonFile,
  place: RowPlace | undefined,
  onText: OnText,
): AsyncGenerator<ObjectScanner> {
  const { path } = file;
  const source = new ByteSource(path, file.gzip, place?.offset ?? 0);
  let row = place?.row ?? 0;
  const onObject: OnObject = (start, end, line) => {
    onText(source.bytes.toString('utf8', start, end), line, source.offset + start, row);
    row += 1;
  };
  const inside = place !== undefined;
  const scanner: ObjectScanner =
    file.format === 'jsonl'
      ? new LineScanner(onObject, place?.line)
      : new ArrayScanner(path, onObject, place?.line, inside);
  let begun = inside;
  try {
    while (await source.fill()) {
      if (!begun) source.start = skipByteOrderMark(path, source.bytes, source.end);
      begun = true;
      checkUtf8(path, source.bytes, source.start, source.end, source.last, scanner.line);
      source.start = scanner.scan(source.bytes, source.start, source.end, source.last);
      yield scanner;
    }
  } finally {
    await source.close();
  }
}

/** Parses objects; where the file says so, lines that are none are counted and left out. */
export class BrokenLines {
  private readonly file: JsonFile;
  private count = 0;
  private firstLine = 0;

  constructor(file: JsonFile) {
    this.file = file;
  }

  /** What `parse` gives; undefined: the line is left out. @throws RunError, when it is not to be left out. */
  read<T>(parse: (path: string, line: number, text: string) => T, line: number, text: string): T | undefined {
    const { path, format, ragged } = this.file;
    if (ragged === 'error' || format === 'json') return parse(path, line, text);
    try {
      return parse(path, line, text);
    } catch (error) {
      if (!(error instanceof RunError)) throw error;
      if (this.count === 0) this.firstLine = line;
      this.count += 1;
      return undefined;
    }
  }

  get notes(): string[] {
    return this.count === 0
      ? []
      : [`lines left out: ${this.count} that are no JSON object, first on line ${this.firstLine}`];
  }
}
