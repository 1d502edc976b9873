/** The common shape of the texts of a column, as a pattern that a person can read: `^SKU-[0-9]{4}$`. */

import { detached } from './choices.ts';

const longestText = 64;
const longestHash = 128;
const shortestHash = 6;
const shortestFixed = 4;
const mostRuns = 14;
const longestLetters = 5;

type RunKind = 'digit' | 'upper' | 'lower' | 'mark';

interface Run {
  readonly kind: RunKind;
  shortest: number;
  longest: number;
  /** The text itself, while it is the same everywhere. */
  text: string | null;
}

/** Bits of the characters seen. */
const digit = 1;
const lowHex = 2;
const low = 4;
const highHex = 8;
const high = 16;
const otherMark = 32;
/** A blank, a control character, or not ASCII. */
const foreign = 64;

export class TextShape {
  /** Null: the texts have no sequence of runs in common. */
  #runs: Run[] | null = [];
  /** Null: they differ in length, or some are not plain ASCII. */
  #length: number | null = null;
  #alphabet = 0;
  #first = true;

  /** @param text not empty */
  add(text: string): void {
    if (this.#first) {
      this.#first = false;
      this.#runs = text.length > longestText ? null : runsOf(detached(text));
      this.#length = text.length > longestHash ? null : text.length;
    } else {
      if (this.#runs !== null) this.#runs = join(this.#runs, text);
      if (this.#length !== text.length) this.#length = null;
    }
    if (this.#length === null) return;
    this.#alphabet |= alphabetOf(text);
    if ((this.#alphabet & foreign) !== 0) this.#length = null;
  }

  /** Whole numbers written in digits only that stand between the texts of a column: `12345` beside `01234`. */
  addDigits(shortest: number, longest: number): void {
    if (shortest !== this.#length || longest !== this.#length) this.#length = null;
    this.#alphabet |= digit;
    const [run] = this.#runs ?? [];
    if (this.#runs?.length !== 1 || run?.kind !== 'digit') {
      this.#runs = null;
    } else {
      run.shortest = Math.min(run.shortest, shortest);
      run.longest = Math.max(run.longest, longest);
    }
  }

  /**
   * A pattern that all texts match, when they are codes: the same sequence of digits, letters of one case and
   * marks. Letters are as many everywhere (at most five, unless the same everywhere), digits may vary in one place.
   * Or: as many characters everywhere, digits and letters of one case mixed, as in a hash.
   */
  pattern(): string | null {
    return this.#runs === null || !isCode(this.#runs)
      ? this.#mixed()
      : `^${this.#runs.map(runPattern).join('')}$`;
  }

  /** The length of all texts, at least four, when they are ASCII without blanks and equally long; else null. */
  get length(): number | null {
    return this.#length !== null && this.#length >= shortestFixed ? this.#length : null;
  }

  #mixed(): string | null {
    const { length } = this;
    const alphabet = this.#alphabet;
    if (length === null || length < shortestHash || (alphabet & digit) === 0 || (alphabet & otherMark) !== 0)
      return null;
    const lower = alphabet & (lowHex | low);
    const upper = alphabet & (highHex | high);
    if ((lower !== 0) === (upper !== 0)) return null;
    const letters = lower !== 0 ? (lower & low ? 'a-z' : 'a-f') : upper & high ? 'A-Z' : 'A-F';
    return `^[0-9${letters}]{${length}}$`;
  }
}

/** Bits of the characters; only `foreign` where one is. */
function alphabetOf(text: string): number {
  let bits = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code <= 32 || code >= 127) return foreign;
    if (code >= 48 && code <= 57) bits |= digit;
    else if (code >= 97 && code <= 122) bits |= code <= 102 ? lowHex : low;
    else if (code >= 65 && code <= 90) bits |= code <= 70 ? highHex : high;
    else bits |= otherMark;
  }
  return bits;
}

function kindOf(code: number): RunKind | null {
  if (code >= 48 && code <= 57) return 'digit';
  if (code >= 97 && code <= 122) return 'lower';
  if (code >= 65 && code <= 90) return 'upper';
  return code >= 32 && code < 127 ? 'mark' : null;
}

/** Where the run that begins at `from` ends; each mark is a run of its own. */
function runEnd(text: string, from: number, kind: RunKind): number {
  let at = from + 1;
  if (kind !== 'mark') while (at < text.length && kindOf(text.charCodeAt(at)) === kind) at += 1;
  return at;
}

function runsOf(text: string): Run[] | null {
  const runs: Run[] = [];
  for (let at = 0; at < text.length; ) {
    const kind = kindOf(text.charCodeAt(at));
    if (kind === null || runs.length === mostRuns) return null;
    const end = runEnd(text, at, kind);
    runs.push({
      kind,
      shortest: end - at,
      longest: end - at,
      text: kind === 'digit' ? null : text.slice(at, end),
    });
    at = end;
  }
  return runs;
}

/** The runs widened by one more text; null when its sequence differs. */
function join(runs: Run[], text: string): Run[] | null {
  let at = 0;
  for (const run of runs) {
    if (at >= text.length || kindOf(text.charCodeAt(at)) !== run.kind) return null;
    const end = runEnd(text, at, run.kind);
    const length = end - at;
    if (run.text !== null && !(length === run.text.length && text.startsWith(run.text, at))) {
      if (run.kind === 'mark') return null;
      run.text = null;
    }
    if (length < run.shortest) run.shortest = length;
    if (length > run.longest) run.longest = length;
    at = end;
  }
  return at === text.length ? runs : null;
}

function isCode(runs: readonly Run[]): boolean {
  const blank = (run: Run | undefined) => run?.text?.trim() === '';
  if (runs.length === 0 || blank(runs[0]) || blank(runs.at(-1))) return false;
  const varying = runs.filter((run) => run.shortest !== run.longest);
  if (varying.length > 1 || varying.some((run) => run.kind !== 'digit')) return false;
  const letters = runs.filter((run) => run.kind === 'upper' || run.kind === 'lower');
  if (letters.some((run) => run.text === null && run.longest > longestLetters)) return false;
  // Without a digit, letters must be two at least in each place: codes such as `DE` and `de-DE`, not initials.
  return (
    runs.some((run) => run.kind === 'digit') ||
    (letters.length > 0 && letters.every((run) => run.shortest >= 2))
  );
}

const classes = { digit: '[0-9]', upper: '[A-Z]', lower: '[a-z]' } as const;

function runPattern(run: Run): string {
  if (run.kind === 'mark' || run.text !== null) {
    return (run.text ?? '').replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  }
  if (run.shortest !== run.longest) return `${classes[run.kind]}+`;
  return run.longest === 1 ? classes[run.kind] : `${classes[run.kind]}{${run.longest}}`;
}
