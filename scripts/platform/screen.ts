/** Lines that stay, and one below them that is written over; without a terminal all of them are lines. */

import type { Writable } from 'node:stream';

export class Screen {
  readonly #out: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  #live = false;

  constructor(out: Writable & { readonly isTTY?: boolean; readonly columns?: number }) {
    this.#out = out;
  }

  line(text: string): void {
    this.#out.write(`${this.#live ? '\r\u001b[K' : ''}${text}\n`);
    this.#live = false;
  }

  /** Cut to the width of the terminal: a line that wraps could not be written over. */
  live(text: string): void {
    if (this.#out.isTTY !== true) {
      this.line(text);
      return;
    }
    this.#out.write(`\r\u001b[K${text.slice(0, (this.#out.columns || 80) - 1)}`);
    this.#live = true;
  }
}
