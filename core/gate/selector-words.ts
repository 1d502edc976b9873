/** Names between the parentheses of a rule: bare or in double quotes, and their one canonical spelling. */

/** What is wrong in a selector; `offset` is where the caret goes, from the start of the selector's text. */
export class SelectorMistake extends Error {
  override readonly name = 'SelectorMistake';
  readonly offset: number;
  readonly hints: { readonly allowed?: string; readonly nearest?: string };

  constructor(offset: number, message: string, hints: { allowed?: string; nearest?: string } = {}) {
    super(message);
    this.offset = offset;
    this.hints = hints;
  }
}

const nameHelp = 'a column name; in double quotes when it has commas, parentheses, = or blanks at its ends';

/** Reads a selector from left to right. */
export class SelectorReader {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get done(): boolean {
    this.skipBlanks();
    return this.at >= this.text.length;
  }

  skipBlanks(): void {
    while (/\s/.test(this.text[this.at] ?? '')) this.at += 1;
  }

  /** Takes what matches at the current place (a sticky expression); null: it does not stand here. */
  take(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined) return null;
    this.at += found.length;
    return found;
  }

  /**
   * A name up to what `stop` (a sticky expression) matches, or the end. Inside quotes `\"` and `""` stand for a
   * quote and `\\` for a backslash; a bare name is taken without the blanks around it.
   */
  name(stop: RegExp, what = 'a column name'): string {
    this.skipBlanks();
    return this.text[this.at] === '"' ? this.#quoted(stop) : this.#bare(stop, what);
  }

  #bare(stop: RegExp, what: string): string {
    const start = this.at;
    for (; this.at < this.text.length && !this.stopsHere(stop); this.at += 1) {
      const character = this.text[this.at] as string;
      if (character === '"') {
        throw new SelectorMistake(this.at, 'a quote in the middle of a name', {
          allowed: 'the whole name in quotes, with "" for a quote in it',
        });
      }
      if ('(),='.includes(character)) {
        throw new SelectorMistake(this.at, `a name with \`${character}\` needs quotes`, {
          allowed: nameHelp,
        });
      }
    }
    const name = this.text.slice(start, this.at).trim();
    if (name === '') throw new SelectorMistake(start, `${what} is missing`, { allowed: nameHelp });
    return name;
  }

  #quoted(stop: RegExp): string {
    const open = this.at;
    let name = '';
    this.at += 1;
    for (;;) {
      const character = this.text[this.at];
      const next = this.text[this.at + 1];
      if (character === undefined) {
        throw new SelectorMistake(open, 'the quote opened here is never closed');
      }
      if (character === '"' && next !== '"') break;
      const escaped = character === '"' || (character === '\\' && (next === '"' || next === '\\'));
      name += escaped ? next : character;
      this.at += escaped ? 2 : 1;
    }
    this.at += 1;
    const end = this.at;
    this.skipBlanks();
    if (this.at < this.text.length && !this.stopsHere(stop)) {
      this.at = end;
      if (!this.stopsHere(stop)) {
        this.skipBlanks();
        throw new SelectorMistake(this.at, 'text follows the closing quote', { allowed: 'a comma' });
      }
    }
    return name;
  }

  stopsHere(stop: RegExp): boolean {
    stop.lastIndex = this.at;
    return stop.test(this.text);
  }
}

/** The name as canonical selectors spell it: bare where that reads back as the same name. */
export function writeName(name: string): string {
  const plain = name !== '' && name === name.trim() && !/[",=()\\#':]|^\/|\s(?:in|on)(?:\s|$)/i.test(name);
  return plain ? name : `"${name.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/**
 * Where a name stands in the line that a person wrote, for the caret: as a word of its own from `start` on, else
 * anywhere, else `start`.
 */
export function placeOfName(line: string, start: number, name: string): number {
  const spellings = [name, name.replaceAll('"', '""'), name.replaceAll('\\', '\\\\').replaceAll('"', '\\"')];
  const isWord = (character: string | undefined): boolean =>
    character !== undefined && /[\p{L}\p{N}_]/u.test(character);
  for (const spelling of spellings) {
    for (let at = line.indexOf(spelling, start); at >= 0; at = line.indexOf(spelling, at + 1)) {
      if (!isWord(line[at - 1]) && !isWord(line[at + spelling.length])) return at;
      if (spelling === '') break;
    }
  }
  const anywhere = line.indexOf(name, start);
  return anywhere < 0 ? start : anywhere;
}
