/** What has been seen of one column, one property or the elements of one array, in memory of bounded size. */

import { cell, maxWhole } from '../../../core/tables/csv/index.ts';
import { classOfText } from './cell-class.ts';
import { Choices, detached } from './choices.ts';
import { allFormats, keepFormats } from './formats.ts';
import { Members, type Room } from './members.ts';
import { NumberFacts } from './numbers.ts';
import { TextShape } from './text-shape.ts';

/** Deeper values are taken as they are: a schema of that depth would not be read. */
const deepest = 5;
/** More than 2^64 is no identifier that lost digits, but a measurement. */
const largestIdentifier = 2 ** 64;
/** So many texts settle that a column of cells is no numeric one with a few slips. */
const settled = 1_000;

export class TextFacts {
  /** Without those that are written as numbers or booleans. */
  count = 0;
  empty = 0;
  formats = allFormats;
  readonly shape = new TextShape();
  /** For messages; the first, cut. */
  example = '';

  /** @param again the same text was added before */
  add(text: string, again: boolean): void {
    this.count += 1;
    if (text === '') this.empty += 1;
    if (again) return;
    if (this.count === 1) this.example = detached(text.slice(0, 40));
    if (this.formats !== 0) this.formats = keepFormats(this.formats, text);
    if (text !== '') this.shape.add(text);
  }
}

/** Cells that are written as numbers or booleans, in case that others make the column one of text. */
export class CellFacts {
  /** Bits of `cell`. */
  classes = 0;
  numbers = 0;
  booleans = 0;
  texts = 0;
  /** Digits and nothing else, such as `12345`. */
  digitsOnly = true;
  shortest = Number.POSITIVE_INFINITY;
  longest = 0;
  /** Whether numbers are still told from texts. */
  open = true;
}

export class ValueFacts {
  readonly name: string;
  /** 0: a column; elements of arrays count as deeper, too. */
  readonly depth: number;
  readonly #room: Room;
  /** Values that are present, nulls among them. */
  present = 0;
  nulls = 0;
  booleans = 0;
  /** NaN and infinities, which JSON has not, or what is no JSON at all. */
  foreign = 0;
  readonly choices = new Choices();
  numbers: NumberFacts | null = null;
  texts: TextFacts | null = null;
  cells: CellFacts | null = null;
  arrays = 0;
  shortestArray = Number.POSITIVE_INFINITY;
  longestArray = 0;
  elements: ValueFacts | null = null;
  objects = 0;
  members: Members | null = null;

  constructor(name: string, depth: number, room: Room) {
    this.name = name;
    this.depth = depth;
    this.#room = room;
  }

  /** A cell of a CSV file as it stands there. */
  addCell(text: string): void {
    if (text === '') return;
    this.present += 1;
    const choice = this.choices.known(text);
    this.cells ??= new CellFacts();
    const { cells } = this;
    const kind = choice?.kind ?? (cells.open ? classOfText(text) : cell.text);
    const number = choice?.number ?? ((kind & (cell.text | cell.boolean)) === 0 ? Number(text) : 0);
    if (choice === null) this.choices.add(text, kind, number);
    cells.classes |= kind;
    if (kind === cell.text) {
      cells.texts += 1;
      this.texts ??= new TextFacts();
      this.texts.add(text, choice !== null);
      if (cells.texts === settled) this.#settle(cells);
    } else if (kind === cell.boolean) {
      cells.booleans += 1;
    } else {
      this.#addNumberCell(cells, text, kind, number);
    }
  }

  /**
   * No numbers among the first thousand texts: later ones are not looked for, and stand among the texts. Where some
   * were seen, each is told apart to the end, since their share is reported.
   */
  #settle(cells: CellFacts): void {
    if (cells.numbers === 0 && cells.booleans === 0) cells.open = false;
  }

  #addNumberCell(cells: CellFacts, text: string, kind: number, number: number): void {
    cells.numbers += 1;
    if ((kind & (cell.wholeDigits | cell.wideDigits)) === 0 || number < 0) cells.digitsOnly = false;
    if (text.length < cells.shortest) cells.shortest = text.length;
    if (text.length > cells.longest) cells.longest = text.length;
    this.numbers ??= new NumberFacts();
    this.numbers.add(number);
    // `3.0` is not whole here: who writes a fraction means a number that may have one.
    if ((kind & (cell.wholeDigits | cell.wideDigits)) === 0) this.numbers.fractions = true;
  }

  /** A JSON value; also NaN, infinities and undefined (missing) as other formats give them. */
  add(value: unknown): void {
    if (value === undefined) return;
    this.present += 1;
    if (value === null) this.nulls += 1;
    else if (typeof value === 'number') this.#addNumber(value);
    else if (typeof value === 'string') this.#addText(value);
    else if (typeof value === 'boolean') this.booleans += 1;
    else if (Array.isArray(value)) this.#addArray(value);
    else if (typeof value === 'object') this.#addObject(value);
    else this.foreign += 1;
  }

  #addNumber(value: number): void {
    if (!Number.isFinite(value)) {
      this.foreign += 1;
      return;
    }
    if (this.choices.known(value) === null) this.choices.add(value, 0, value);
    this.numbers ??= new NumberFacts();
    this.numbers.add(value);
    const measured =
      value > maxWhole || value < -maxWhole ? Math.abs(value) > largestIdentifier : value % 1 !== 0;
    if (measured) this.numbers.fractions = true;
  }

  #addText(text: string): void {
    const choice = this.choices.known(text);
    if (choice === null) this.choices.add(text, cell.text, 0);
    this.texts ??= new TextFacts();
    // A cell `5` was counted as a number, and the text "5" is none.
    this.texts.add(text, choice?.kind === cell.text);
  }

  #addArray(values: readonly unknown[]): void {
    this.arrays += 1;
    this.shortestArray = Math.min(this.shortestArray, values.length);
    this.longestArray = Math.max(this.longestArray, values.length);
    if (values.length === 0 || this.depth >= deepest) return;
    this.elements ??= new ValueFacts(this.name, this.depth + 1, this.#room);
    for (const value of values) this.elements.add(value);
  }

  #addObject(value: object): void {
    this.objects += 1;
    if (this.depth >= deepest) return;
    this.members ??= new Members(this.depth + 1, this.#room, ValueFacts.make);
    this.members.add(value as Readonly<Record<string, unknown>>);
  }

  static make(this: void, name: string, depth: number, room: Room): ValueFacts {
    return new ValueFacts(name, depth, room);
  }
}
