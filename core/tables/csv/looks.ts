/** What text cells of a column look like, to say why a column that a person takes for numbers is text. */

import { cell } from './cell.ts';

/** Only so many rows are looked at. */
export const looksAtRows = 10_000;
const longest = 40;
/** Of a cell, which may be long, so many bytes tell. */
export const looksAtBytes = 4 * (longest + 1);
const mostNotes = 20;

type Look = 'number' | 'boolean' | 'absent' | 'other';

/**
 * Decimal commas, grouped digits, leading zeros, a plus, blanks around, a bare point, hexadecimal, infinities:
 * what spreadsheets and other languages write for numbers.
 */
const numberLike =
  /^[+-]?(?:(?:\d+|\d{1,3}(?:[,.'_\s]\d{3})+)(?:[.,]\d*)?(?:e[+-]?\d+)?|[.,]\d+|inf(?:inity)?|0x[\da-f]+)$/i;
/** As other languages write them; `yes` and `no` are categories like any others. */
const booleanLike = /^(?:true|false)$/i;
const absentLike = /^(?:n\/?a|#n\/a|<na>|nan|null|none|nil|nat|missing|\\n|-+|\?)$/i;

function lookOf(text: string): Look {
  const trimmed = text.length > longest ? '' : text.trim();
  if (absentLike.test(trimmed)) return 'absent';
  if (numberLike.test(trimmed)) return 'number';
  return booleanLike.test(trimmed) ? 'boolean' : 'other';
}

interface Example {
  readonly text: string;
  readonly line: number;
  count: number;
}

export class ColumnLooks {
  private readonly examples = new Map<Look, Example>();
  private numbers = 0;
  private booleans = 0;

  /** A cell that is a number or a boolean. */
  addValue(kind: number): void {
    if (kind === cell.boolean) this.booleans += 1;
    else this.numbers += 1;
  }

  addText(text: string, line: number): void {
    const look = lookOf(text);
    const example = this.examples.get(look);
    if (example === undefined) this.examples.set(look, { text: text.slice(0, longest), line, count: 1 });
    else example.count += 1;
  }

  /** Why the column is text, where a person would wonder. */
  note(name: string, hasOptions: boolean): string | undefined {
    const { number, boolean, absent, other } = Object.fromEntries(this.examples);
    const column = `column ${JSON.stringify(name)}`;
    const because = (what: string, example: Example, advice = ''): string => {
      const shown = JSON.stringify(example.text);
      return `${column} has ${what} ${shown} (line ${example.line}); it is read as text${advice}`;
    };
    if (other !== undefined) {
      return this.numbers > other.count ? because('numbers and other text, such as', other) : undefined;
    }
    if (absent !== undefined && boolean === undefined && number === undefined) {
      if (this.numbers + this.booleans === 0) return undefined;
      const values = this.booleans === 0 ? 'numbers' : this.numbers === 0 ? 'booleans' : 'values';
      const advice = hasOptions ? `; null=${absent.text} in csv-options makes such cells missing` : '';
      return because(`${values} and`, absent, advice);
    }
    if (number !== undefined) return because('values that look like numbers and are none, such as', number);
    if (boolean !== undefined)
      return because('values that look like booleans and are none, such as', boolean);
    return this.numbers > 0 && this.booleans > 0
      ? `${column} mixes numbers and booleans; it is read as text`
      : undefined;
  }
}

/** At most a few dozen notes, also for a file of thousands of columns. */
export function fewNotes(notes: readonly string[]): string[] {
  const more = notes.length - mostNotes;
  return more <= 0 ? [...notes] : [...notes.slice(0, mostNotes), `and so in ${more} more columns`];
}
