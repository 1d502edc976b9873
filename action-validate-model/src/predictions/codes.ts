/** Text columns as codes into a dictionary: a million labels cost four bytes each, not a string. */

import { RunError } from '../../../core/inputs/errors.ts';

export interface Coded {
  readonly names: readonly string[];
  /** Index into names, one a row. */
  readonly codes: Int32Array;
}

/** Longer texts are documents, not names: reports and outputs repeat each name many times. */
const longestName = 1_000;

export class CodedBuilder {
  readonly #codes: Int32Array;
  readonly #names: string[] = [];
  readonly #index = new Map<string, number>();

  constructor(rows: number) {
    this.#codes = new Int32Array(rows);
  }

  get distinct(): number {
    return this.#names.length;
  }

  set(row: number, name: string): void {
    let code = this.#index.get(name);
    if (code === undefined) {
      if (name.length > longestName) throw tooLong(name);
      code = this.#names.length;
      this.#names.push(name);
      this.#index.set(name, code);
    }
    this.#codes[row] = code;
  }

  finish(): Coded {
    return { names: this.#names, codes: this.#codes };
  }
}

function tooLong(name: string): RunError {
  return new RunError(
    `a text of ${name.length.toLocaleString('en')} characters is not the name of a class or a slice: ` +
      `${JSON.stringify(name.slice(0, 40))}…; is the column the right one?`,
  );
}

/**
 * A number as the label it stands for: 1.0 and 1 are the same class, as in scikit-learn and in ONNX's
 * float labels.
 */
export function numberLabel(value: number): string {
  return Object.is(value, -0) ? '0' : String(value);
}

/** Rows of each code, in file order: a counting sort, so that a slice is a view into one array. */
export function rowsByCode(coded: Coded): Int32Array[] {
  const counts = new Int32Array(coded.names.length);
  for (const code of coded.codes) counts[code] = (counts[code] as number) + 1;
  const rows = Array.from(counts, (count) => new Int32Array(count));
  const next = new Int32Array(coded.names.length);
  coded.codes.forEach((code, row) => {
    const at = next[code] as number;
    (rows[code] as Int32Array)[at] = row;
    next[code] = at + 1;
  });
  return rows;
}

/** The order of scikit-learn's `classes_`: by value when all are numbers, else by code point. */
export function sortClasses(names: Iterable<string>): string[] {
  const unique = [...new Set(names)];
  const numeric = unique.every((name) => name.trim() !== '' && Number.isFinite(Number(name)));
  return unique.sort(numeric ? (a, b) => Number(a) - Number(b) : compareCodePoints);
}

function compareCodePoints(a: string, b: string): number {
  const left = Array.from(a);
  const right = Array.from(b);
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const difference = ((left[i] as string).codePointAt(0) ?? 0) - ((right[i] as string).codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
