/** The different values of a column while they are few, with how often each occurs. */

/** What is known of one value; `kind` and `number` spare a second look at a text cell. */
export interface Choice {
  count: number;
  /** Of a text cell: its class, and its value when it is a number. */
  kind: number;
  number: number;
}

/** So many different values can stand in an `enum`; a longer list is data, not a schema. */
export const mostChoices = 20;
const longestChoice = 100;

/**
 * Rule for `enum`, which claims that no other value will ever come: at least 2 and at most 20 different values,
 * at most one in twenty rows (a column of 40 rows may have two), and each occurs at least 5 times: where a value was
 * seen once or twice in the data, others wait that were not seen (Good 1953). One value alone is no list.
 */
export const enumRule = { fewestValues: 2, share: 0.05, fewestOccurrences: 5 } as const;

export class Choices {
  /** Null once there are too many, or a long one. */
  #entries: Map<string | number, Choice> | null = new Map();
  /** Different values; once counting has stopped, at least so many. */
  #distinct = 0;

  /** Counts the value; null when it was not among those kept. */
  known(value: string | number): Choice | null {
    const entry = this.#entries?.get(value);
    if (entry === undefined) return null;
    entry.count += 1;
    return entry;
  }

  /** Keeps a value that is not among those kept. */
  add(value: string | number, kind: number, number: number): void {
    if (this.#entries === null) return;
    this.#distinct += 1;
    if (this.#distinct > mostChoices || (typeof value === 'string' && value.length > longestChoice)) {
      this.#entries = null;
    } else {
      this.#entries.set(typeof value === 'string' ? detached(value) : value, { count: 1, kind, number });
    }
  }

  get distinct(): number {
    return this.#distinct;
  }

  /** Whether there are more values than a list would hold. */
  get many(): boolean {
    return this.#distinct > mostChoices;
  }

  /** Value and count of each; null when they are not few. */
  get entries(): ReadonlyMap<string | number, Choice> | null {
    return this.#entries;
  }
}

/** A part of a long text keeps all of it in memory (V8's sliced strings); a copy does not. */
export function detached(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}

const byName = new Intl.Collator('en', { numeric: true });

/** In the order of a dictionary, numbers inside by size: `size 9`, `size 10`. */
export function sortTexts(texts: Iterable<string>): string[] {
  return [...texts].sort((a, b) => byName.compare(a, b) || (a < b ? -1 : 1));
}

/** Periods and versions go on: `2024-Q1`, `03/2024`, `v1.2`. */
const goesOn = /(?:^|\D)(?:19|20)\d\d(?:\D|$)|^v?\d+(?:\.\d+)+$/i;

export type EnumReading =
  | { readonly values: readonly string[] }
  | {
      readonly values: null;
      /** A value that is too rare for the rule, when the values are few otherwise. */
      readonly rare: { readonly value: string; readonly count: number } | null;
    };

/** The texts that an `enum` may list, by `enumRule`; `total` is how many texts were seen. */
export function enumOfTexts(
  entries: ReadonlyMap<string | number, Choice> | null,
  total: number,
): EnumReading {
  const none = { values: null, rare: null };
  if (entries === null || entries.size < enumRule.fewestValues || entries.size > enumRule.share * total) {
    return none;
  }
  const texts = [...entries.keys()].filter((value) => typeof value === 'string');
  if (texts.length !== entries.size || texts.every((text) => goesOn.test(text))) return none;
  for (const [value, { count }] of entries) {
    if (count < enumRule.fewestOccurrences) return { values: null, rare: { value: String(value), count } };
  }
  return { values: sortTexts(texts) };
}

const mostCodes = 5;
const smallestCodeShare = 0.05;

/**
 * Whole numbers that are codes, and so may be listed: 0/1, or up to five in a row from 0 or 1, each in at least 5% of
 * the values. Counts of things are rare at their upper end; gaps and large numbers are for `minimum` and `maximum`.
 */
export function enumOfCodes(
  entries: ReadonlyMap<string | number, Choice> | null,
  total: number,
): readonly number[] | null {
  if (entries === null) return null;
  const counts = new Map<number, number>();
  for (const [value, { count }] of entries) {
    counts.set(Number(value), (counts.get(Number(value)) ?? 0) + count);
  }
  const codes = [...counts.keys()].sort((a, b) => a - b);
  const first = codes[0] ?? Number.NaN;
  const inRow = codes.every((code, index) => code === first + index);
  if (!inRow || (first !== 0 && first !== 1)) return null;
  if (codes.length < enumRule.fewestValues || codes.length > Math.min(mostCodes, enumRule.share * total))
    return null;
  const fewest = Math.max(enumRule.fewestOccurrences, smallestCodeShare * total);
  return [...counts.values()].every((count) => count >= fewest) ? codes.map((code) => code + 0) : null;
}
