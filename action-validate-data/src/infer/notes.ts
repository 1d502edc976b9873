/** What a person should know about an inferred schema, in sentences; the first some dozens, the rest counted. */

import { counted, shorten, visible } from '../../../core/report/index.ts';

const mostNotes = 30;
const longestName = 80;

export class Notes {
  readonly #kept: string[] = [];
  #more = 0;

  add(note: string): void {
    if (this.#kept.length < mostNotes) this.#kept.push(note);
    else this.#more += 1;
  }

  list(): readonly string[] {
    return this.#more === 0 ? this.#kept : [...this.#kept, `… and ${counted(this.#more, 'more note')}`];
  }
}

/** A column or path in backquotes, harmless in a terminal. */
export function named(path: string): string {
  return `\`${shown(path, longestName)}\``;
}

export function quoted(text: string): string {
  return `"${shown(text, 40)}"`;
}

function shown(text: string, limit: number): string {
  return visible(shorten(text, limit));
}
