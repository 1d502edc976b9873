/** Scanning one line of thresholds: what stands in parentheses, and the words and numbers after it. */

/** A mistake within one line; `at` is the UTF-16 index where the caret goes. */
export class Mistake extends Error {
  override readonly name = 'Mistake';
  readonly at: number;
  readonly hints: { readonly allowed?: string; readonly nearest?: string };

  constructor(at: number, message: string, hints: { allowed?: string; nearest?: string } = {}) {
    super(message);
    this.at = at;
    this.hints = hints;
  }
}

/**
 * The index of the parenthesis that closes the one at `open`. In between, parentheses balance; `"…"` (with `\"`),
 * `'…'` as SQL writes strings, and `/regex/` where an argument begins hide theirs. `#` is plain text there.
 */
export function closingParenthesis(line: string, open: number): number {
  const opened: number[] = [];
  for (let i = open; i < line.length; i++) {
    const character = line[i];
    if (character === '(') {
      opened.push(i);
    } else if (character === ')') {
      opened.pop();
      if (opened.length === 0) return i;
    } else if (character === '"') {
      const end = closingQuote(line, i);
      if (end < 0)
        throw new Mistake(i, 'the quote opened here is never closed', {
          allowed: '"…", with \\" for a quote',
        });
      i = end;
    } else if (character === "'" && !isWord(line[i - 1])) {
      // An apostrophe in a word, or one without a partner, is plain text.
      const end = line.indexOf("'", i + 1);
      if (end > 0) i = end;
    } else if (character === '/' && /[(,]\s*$/.test(line.slice(Math.max(0, i - 64), i))) {
      const end = closingSlash(line, i);
      if (end > 0) i = end;
    }
  }
  throw new Mistake(opened[0] ?? open, 'the parenthesis opened here is never closed');
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}_]/u.test(character);
}

function closingQuote(line: string, open: number): number {
  for (let i = open + 1; i < line.length; i++) {
    if (line[i] === '\\') i++;
    else if (line[i] === '"') return i;
  }
  return -1;
}

/** A slash in a character class or after a backslash does not end a regular expression. */
function closingSlash(line: string, open: number): number {
  let inClass = false;
  for (let i = open + 1; i < line.length; i++) {
    if (line[i] === '\\') i++;
    else if (line[i] === '[') inClass = true;
    else if (line[i] === ']') inClass = false;
    else if (line[i] === '/' && !inClass) return i;
  }
  return -1;
}

export interface Token {
  readonly kind: 'word' | 'number' | 'operator' | 'symbol' | 'end';
  readonly text: string;
  readonly at: number;
  readonly end: number;
}

const patterns: readonly (readonly ['word' | 'number' | 'operator' | 'symbol', RegExp])[] = [
  ['number', /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?:[,_'’]\d+(?:\.\d+)?)*/y],
  ['word', /[\p{L}_][\p{L}\p{M}\p{N}_]*/uy],
  ['operator', /[<>=!~≥≤≠⩾⩽≧≦＜＞＝]+/uy],
  ['symbol', /\/\s?[a-z]+|./suy],
];

/** The tokens of the rest of a line from `start`; a `#` begins a comment. The last token is the end. */
export function tokenize(line: string, start: number): Token[] {
  const tokens: Token[] = [];
  let at = start;
  let end = start;
  while (at < line.length) {
    const character = line[at] as string;
    if (character === '#') break;
    if (/\s/.test(character)) {
      at++;
      continue;
    }
    for (const [kind, pattern] of patterns) {
      pattern.lastIndex = at;
      const text = pattern.exec(line)?.[0];
      if (text === undefined || text === '') continue;
      end = at + text.length;
      tokens.push({ kind, text, at, end });
      at = end;
      break;
    }
  }
  tokens.push({ kind: 'end', text: '', at: end, end });
  return tokens;
}
