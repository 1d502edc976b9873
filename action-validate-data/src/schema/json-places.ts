/** Where things stand in a JSON text: `JSON.parse` says neither the place of each mistake nor the line of a key. */

export interface JsonMistake {
  readonly line: number;
  readonly column: number;
  /** `a comma or } is expected here, not "`. */
  readonly message: string;
}

export interface JsonPlaces {
  readonly mistake: JsonMistake | null;
  /** Line, from 1, of each value by its JSON pointer; of a member it is the line of its key. */
  readonly lines: ReadonlyMap<string, number>;
  /** Pointers of keys that an object has twice: the last one counts. */
  readonly duplicates: readonly { readonly pointer: string; readonly line: number }[];
}

/** Deeper nesting would not be read by a person, and overflows the stack of whoever walks it. */
export const deepest = 400;

/** Reads the whole text by RFC 8259, up to its first mistake. */
export function readPlaces(text: string): JsonPlaces {
  const scanner = new Scanner(text);
  return { mistake: scanner.run(), lines: scanner.lines, duplicates: scanner.duplicates };
}

/** One step of a JSON pointer (RFC 6901). */
export function pointerStep(key: string | number): string {
  return `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

class Mistake extends Error {}

const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** A turn of a repeated group for each escape, not for each character: V8 keeps every turn on a stack. */
const stringPattern = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;
const wordPattern = /[A-Za-z_]+|./uy;

class Scanner {
  readonly lines = new Map<string, number>();
  readonly duplicates: { pointer: string; line: number }[] = [];
  private readonly text: string;
  private at = 0;
  private line = 1;
  private lineStart = 0;

  constructor(text: string) {
    this.text = text;
  }

  run(): JsonMistake | null {
    try {
      this.space();
      this.value('', 0);
      this.space();
      if (this.at < this.text.length) this.fail('the end of the file is expected');
      return null;
    } catch (error) {
      if (!(error instanceof Mistake)) throw error;
      return { line: this.line, column: this.at - this.lineStart + 1, message: error.message };
    }
  }

  private value(pointer: string, depth: number): void {
    if (depth > deepest) throw new Mistake(`nested deeper than ${deepest} levels`);
    if (!this.lines.has(pointer)) this.lines.set(pointer, this.line);
    const character = this.text[this.at];
    if (character === '{') this.object(pointer, depth);
    else if (character === '[') this.array(pointer, depth);
    else if (character === '"') this.string();
    else if (!this.match(numberPattern) && !this.literal()) this.fail('a value is expected');
  }

  private object(pointer: string, depth: number): void {
    const seen = new Set<string>();
    this.at += 1;
    this.space();
    if (this.takes('}')) return;
    for (;;) {
      if (this.text[this.at] !== '"') this.fail('a key in double quotes is expected');
      const { line } = this;
      const key = this.string();
      const inner = pointer + pointerStep(key);
      if (seen.has(key)) this.duplicates.push({ pointer: inner, line });
      seen.add(key);
      this.lines.set(inner, line);
      this.space();
      if (!this.takes(':')) this.fail('a colon is expected');
      this.space();
      this.value(inner, depth + 1);
      this.space();
      if (this.takes('}')) return;
      if (!this.takes(',')) this.fail('a comma or } is expected');
      this.space();
      if (this.text[this.at] === '}') this.fail('a key is expected after a comma');
    }
  }

  private array(pointer: string, depth: number): void {
    this.at += 1;
    this.space();
    if (this.takes(']')) return;
    for (let index = 0; ; index += 1) {
      this.value(pointer + pointerStep(index), depth + 1);
      this.space();
      if (this.takes(']')) return;
      if (!this.takes(',')) this.fail('a comma or ] is expected');
      this.space();
      if (this.text[this.at] === ']') this.fail('a value is expected after a comma');
    }
  }

  private string(): string {
    const start = this.at;
    if (!this.match(stringPattern)) this.failInString();
    return JSON.parse(this.text.slice(start, this.at)) as string;
  }

  /** Points at the character that no string may hold. */
  private failInString(): never {
    const valid = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*/y;
    valid.lastIndex = this.at;
    valid.exec(this.text);
    this.at = valid.lastIndex;
    const character = this.text[this.at];
    if (character === undefined) throw new Mistake('the file ends inside of a string');
    if (character === '\\')
      throw new Mistake(`\`${this.text.slice(this.at, this.at + 2)}\` is no escape of JSON`);
    throw new Mistake('a line break or control character stands in a string; write it as \\n or \\u00XX');
  }

  private literal(): boolean {
    return this.match(/true|false|null/y);
  }

  private match(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    if (!pattern.test(this.text)) return false;
    this.at = pattern.lastIndex;
    return true;
  }

  private takes(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  private space(): void {
    for (; this.at < this.text.length; this.at += 1) {
      const character = this.text[this.at];
      if (character === '\n') {
        this.line += 1;
        this.lineStart = this.at + 1;
      } else if (character !== ' ' && character !== '\t' && character !== '\r') return;
    }
  }

  private fail(expected: string): never {
    wordPattern.lastIndex = this.at;
    const [found] = wordPattern.exec(this.text) ?? [];
    if (found === undefined) throw new Mistake(`${expected}, but the file ends here`);
    if (found === '/' && /\/[/*]/y.test(this.text.slice(this.at, this.at + 2))) {
      throw new Mistake(`${expected}; JSON has no comments`);
    }
    throw new Mistake(`${expected}, not ${found}`);
  }
}
