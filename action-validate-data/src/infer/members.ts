/** The properties of objects: rows of a table, or objects inside them. */

import type { ValueFacts } from './value-facts.ts';

/** How many more properties of nested objects may be kept, over the whole table. */
export interface Room {
  left: number;
}

export const roomOfTable = 50_000;
/** Beyond, the keys of a nested object are data themselves, such as ids, and no properties. */
export const mostNestedKeys = 200;
/** Of the rows of JSON files, whose keys are not known beforehand. */
export const mostColumns = 20_000;

type Make = (name: string, depth: number, room: Room) => ValueFacts;

export class Members {
  readonly #depth: number;
  readonly #room: Room;
  readonly #make: Make;
  readonly #places = new Map<string, number>();
  #facts: ValueFacts[] = [];
  /** Objects seen. */
  count = 0;
  /** There were more keys than are kept: of rows those that came first are, of nested objects none. */
  overflow = false;

  /** @param depth of the properties; 0 for the columns of rows */
  constructor(depth: number, room: Room, make: Make) {
    this.#depth = depth;
    this.#room = room;
    this.#make = make;
  }

  /** In the order in which the keys were first seen. */
  get facts(): readonly ValueFacts[] {
    return this.#facts;
  }

  /** Columns that a file has, whether or not they have values. */
  declare(columns: readonly string[]): void {
    for (const column of columns) this.#place(column, true);
  }

  /** An object with JSON values. */
  add(object: Readonly<Record<string, unknown>>): void {
    this.count += 1;
    let expected = 0;
    for (const key of Object.keys(object)) {
      const place = this.#facts[expected]?.name === key ? expected : this.#place(key, false);
      if (place === -1) continue;
      this.#facts[place]?.add(object[key]);
      expected = place + 1;
    }
  }

  /** A row of a CSV file: its cells as texts. */
  addCells(row: Readonly<Record<string, unknown>>): void {
    this.count += 1;
    let expected = 0;
    for (const key of Object.keys(row)) {
      const place = this.#facts[expected]?.name === key ? expected : this.#place(key, false);
      if (place === -1) continue;
      const text = row[key];
      if (typeof text === 'string') this.#facts[place]?.addCell(text);
      expected = place + 1;
    }
  }

  /** -1: not kept. */
  #place(key: string, declared: boolean): number {
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    if (this.overflow) return -1;
    if (!declared && !this.#hasRoom()) {
      this.overflow = true;
      if (this.#depth > 0) {
        this.#facts = [];
        this.#places.clear();
      }
      return -1;
    }
    this.#places.set(key, this.#facts.length);
    return this.#facts.push(this.#make(key, this.#depth, this.#room)) - 1;
  }

  #hasRoom(): boolean {
    if (this.#depth === 0) return this.#facts.length < mostColumns;
    this.#room.left -= 1;
    return this.#room.left >= 0 && this.#facts.length < mostNestedKeys;
  }
}
