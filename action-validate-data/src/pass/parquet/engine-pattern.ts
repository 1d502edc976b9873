/**
 * Regular expressions of a schema in the syntax of RE2, which the engine runs. Only what both surely read alike is
 * taken: characters, classes, groups, alternatives, counts, `^` and `$` (not `m`: ends of the text). Every character
 * is written by its number and every class by its ranges, so nothing hangs on what else the two syntaxes mean.
 */

/** RE2 takes counts up to 1,000 and multiplies nested ones. */
const mostRepeats = 1000;
const longest = 1000;
const deepest = 50;

/** The same expression for `regexp_matches`; null: it has something else, and the engine cannot tell. */
export function enginePattern(source: string): string | null {
  if (source.length > longest) return null;
  try {
    return new Reader([...source]).whole();
  } catch (error) {
    if (error instanceof Untranslatable) return null;
    throw error;
  }
}

class Untranslatable extends Error {}

interface Part {
  readonly text: string;
  /** Characters that it stands for, counts multiplied. */
  readonly size: number;
  /** Holds `^` or `$`. */
  readonly anchored: boolean;
}

type Range = readonly [from: number, to: number];

const digits: readonly Range[] = [[0x30, 0x39]];
const wordRanges: readonly Range[] = [...digits, [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a]];
/** WhiteSpace and LineTerminator of ECMAScript; RE2 knows those of ASCII only. */
const spaces: readonly Range[] = [
  ...([
    [0x09, 0x0d],
    [0x20, 0x20],
    [0xa0, 0xa0],
    [0x1680, 0x1680],
    [0x2000, 0x200a],
    [0x2028, 0x2029],
  ] as const),
  ...([
    [0x202f, 0x202f],
    [0x205f, 0x205f],
    [0x3000, 0x3000],
    [0xfeff, 0xfeff],
  ] as const),
];
const lineEnds: readonly Range[] = [
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
];
const classes: Readonly<Record<string, readonly Range[]>> = { d: digits, w: wordRanges, s: spaces };
const controls: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13 };

class Reader {
  private readonly source: readonly string[];
  private at = 0;
  private depth = 0;

  /** @param source by code points */
  constructor(source: readonly string[]) {
    this.source = source;
  }

  whole(): string {
    const part = this.alternatives();
    if (this.at < this.source.length) throw new Untranslatable();
    return part.text;
  }

  private alternatives(): Part {
    this.depth += 1;
    if (this.depth > deepest) throw new Untranslatable();
    const parts = [this.sequence()];
    while (this.take('|')) parts.push(this.sequence());
    this.depth -= 1;
    return joined(parts, '|');
  }

  private sequence(): Part {
    const parts: Part[] = [];
    while (this.at < this.source.length && !this.sees('|') && !this.sees(')')) parts.push(this.repeated());
    return joined(parts, '');
  }

  private repeated(): Part {
    const atom = this.atom();
    const count = this.count();
    if (count === null) return atom;
    // What an anchor in a loop means has been read differently.
    if (atom.anchored) throw new Untranslatable();
    const [least, most] = count;
    const size = atom.size * Math.max(1, most ?? least);
    if (size > mostRepeats) throw new Untranslatable();
    return { text: `(?:${atom.text}){${least},${most ?? ''}}`, size, anchored: false };
  }

  private atom(): Part {
    const char = this.next();
    switch (char) {
      case '^':
        return { text: '\\A', size: 0, anchored: true };
      case '$':
        return { text: '\\z', size: 0, anchored: true };
      case '.':
        return ofClass(lineEnds, true);
      case '[':
        return this.class();
      case '(':
        return this.group();
      case '\\':
        return this.escaped();
      case '*':
      case '+':
      case '?':
      case '{':
      case '}':
      case ']':
      case ')':
        throw new Untranslatable();
      default:
        return ofClass([single(codeOf(char))], false);
    }
  }

  private group(): Part {
    if (this.take('?')) {
      if (this.take('<')) {
        if (this.sees('=') || this.sees('!')) throw new Untranslatable();
        while (this.next() !== '>');
      } else if (!this.take(':')) throw new Untranslatable();
    }
    const inner = this.alternatives();
    if (!this.take(')')) throw new Untranslatable();
    return { ...inner, text: `(?:${inner.text})` };
  }

  private escaped(): Part {
    const char = this.source[this.at] ?? '';
    const known = classes[char.toLowerCase()];
    if (known === undefined) return ofClass([single(this.escapedCharacter())], false);
    this.at += 1;
    return ofClass(known, char !== char.toLowerCase());
  }

  /** After the backslash, one character. */
  private escapedCharacter(): number {
    const char = this.next();
    const control = controls[char];
    if (control !== undefined) return control;
    if (char === 'x') return this.hexadecimal(2);
    if (char === 'u') {
      if (!this.take('{')) return this.hexadecimal(4);
      let text = '';
      for (let digit = this.next(); digit !== '}'; digit = this.next()) text += digit;
      return fromHexadecimal(text);
    }
    // Letters and digits have meanings of their own: `\b`, `\p{…}`, `\1`.
    if (/[A-Za-z0-9]/.test(char)) throw new Untranslatable();
    return codeOf(char);
  }

  private hexadecimal(length: number): number {
    let text = '';
    for (let i = 0; i < length; i += 1) text += this.next();
    return fromHexadecimal(text);
  }

  private class(): Part {
    const negated = this.take('^');
    const ranges: Range[] = [];
    while (!this.take(']')) {
      const item = this.classItem();
      if (typeof item !== 'number') ranges.push(...item);
      else if (!this.take('-')) ranges.push(single(item));
      else if (this.sees(']')) ranges.push(single(item), single(0x2d));
      else {
        const end = this.classItem();
        if (typeof end !== 'number' || end < item) throw new Untranslatable();
        ranges.push([item, end]);
      }
    }
    // `[]` matches nothing and `[^]` everything; in RE2 both go on.
    if (ranges.length === 0) throw new Untranslatable();
    return ofClass(ranges, negated);
  }

  private classItem(): number | readonly Range[] {
    const char = this.next();
    if (char !== '\\') return codeOf(char);
    const known = classes[this.source[this.at] ?? ''];
    if (known === undefined) return this.escapedCharacter();
    this.at += 1;
    return known;
  }

  /** A quantifier, greedy or not: which one does not change what matches. Null: there is none. */
  private count(): readonly [least: number, most: number | null] | null {
    const count = this.bounds();
    if (count !== null) this.take('?');
    return count;
  }

  private bounds(): readonly [least: number, most: number | null] | null {
    if (this.take('*')) return [0, null];
    if (this.take('+')) return [1, null];
    if (this.take('?')) return [0, 1];
    if (!this.take('{')) return null;
    let text = '';
    for (let char = this.next(); char !== '}'; char = this.next()) text += char;
    const found = /^(\d+)(,?)(\d*)$/.exec(text);
    if (found === null) throw new Untranslatable();
    const [, least = '', comma, most = ''] = found;
    if (comma === '') return [Number(least), Number(least)];
    return [Number(least), most === '' ? null : Number(most)];
  }

  private sees(char: string): boolean {
    return this.source[this.at] === char;
  }

  private take(char: string): boolean {
    if (!this.sees(char)) return false;
    this.at += 1;
    return true;
  }

  private next(): string {
    const char = this.source[this.at];
    if (char === undefined) throw new Untranslatable();
    this.at += 1;
    return char;
  }
}

function joined(parts: readonly Part[], between: string): Part {
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  if (size > mostRepeats) throw new Untranslatable();
  return {
    text: parts.map(({ text }) => text).join(between),
    size,
    anchored: parts.some(({ anchored }) => anchored),
  };
}

function ofClass(ranges: readonly Range[], negated: boolean): Part {
  const inner = ranges
    .map(([from, to]) => (from === to ? numbered(from) : `${numbered(from)}-${numbered(to)}`))
    .join('');
  return { text: `[${negated ? '^' : ''}${inner}]`, size: 1, anchored: false };
}

const numbered = (code: number): string => `\\x{${code.toString(16)}}`;
const single = (code: number): Range => [code, code];

function codeOf(char: string): number {
  const code = char.codePointAt(0) ?? Number.NaN;
  return valid(code);
}

function fromHexadecimal(text: string): number {
  return valid(/^[0-9A-Fa-f]{1,8}$/.test(text) ? Number.parseInt(text, 16) : Number.NaN);
}

/** Half of a surrogate pair is no character to RE2. */
function valid(code: number): number {
  if (!(code <= 0x10ffff) || (code >= 0xd800 && code <= 0xdfff)) throw new Untranslatable();
  return code;
}
