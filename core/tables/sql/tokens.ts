/** The words, numbers, texts and signs of an SQL expression, each with its place. */

export interface Token {
  /** `word`: as written; `quoted`: a name in double quotes, its text unquoted; `string`: a text in single quotes, unquoted. */
  readonly type: 'word' | 'quoted' | 'string' | 'number' | 'sign' | 'end';
  readonly text: string;
  /** UTF-16 index into the expression. */
  readonly offset: number;
}

/** What is wrong with an expression, and where. */
export interface ExpressionProblem {
  readonly message: string;
  /** UTF-16 index into the expression, for a caret. */
  readonly offset: number;
  /** The nearest valid spelling, as it would stand in the expression. */
  readonly nearest?: string;
}

/** Thrown inside this folder; `bindExpression` returns its problem. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: ExpressionProblem;

  constructor(message: string, offset: number, nearest?: string) {
    super(message);
    this.problem = nearest === undefined ? { message, offset } : { message, offset, nearest };
  }
}

const patterns: readonly (readonly [Token['type'] | 'blank', RegExp])[] = [
  ['blank', /\s+/uy],
  ['word', /[\p{L}_][\p{L}\p{M}\p{N}_]*/uy],
  ['number', /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/uy],
  ['string', /'(?:[^']|'')*'/uy],
  ['quoted', /"(?:[^"]|"")*"/uy],
  ['sign', /<=|>=|<>|!=|==|\|\||::|\/\/|[=<>+\-*/%(),]/uy],
];

/** @throws ProblemError for what cannot stand in an expression over one row. */
export function tokenize(text: string): Token[] {
  const nul = text.indexOf('\0');
  if (nul >= 0) throw new ProblemError('a NUL character cannot stand here', nul);
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    refuse(text, at);
    const found = next(text, at);
    if (found.type === 'number' && /^[\p{L}_]/u.test(text.slice(found.end))) {
      throw new ProblemError('a number is written as 1000, 0.5 or 1e3', at);
    }
    if (found.type !== 'blank') tokens.push({ type: found.type, text: unquote(found), offset: at });
    at = found.end;
  }
  tokens.push({ type: 'end', text: '', offset: text.length });
  return tokens;
}

interface Found {
  readonly type: Token['type'] | 'blank';
  readonly text: string;
  readonly end: number;
}

function next(text: string, at: number): Found {
  for (const [type, pattern] of patterns) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) return { type, text: match[0], end: at + match[0].length };
  }
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  if (character === "'") throw new ProblemError("the text that begins here has no closing '", at);
  if (character === '"') throw new ProblemError('the name that begins here has no closing "', at);
  const hint = hints.get(character);
  throw new ProblemError(`${JSON.stringify(character)} cannot stand here${hint ?? ''}`, at);
}

const hints: ReadonlyMap<string, string> = new Map([
  ['&', '; write `and`'],
  ['|', '; write `or`'],
  ['!', '; write `not`'],
  ['`', '; a column name stands in double quotes'],
  ['.', '; a column name with other characters than letters, digits and _ stands in double quotes'],
  ['$', '; a column name with other characters than letters, digits and _ stands in double quotes'],
  ['~', '; write regexp_matches(column, pattern)'],
]);

function refuse(text: string, at: number): void {
  if (text.startsWith('--', at)) {
    throw new ProblemError('a comment cannot stand here; between two minus signs write a blank', at);
  }
  if (text.startsWith('/*', at)) throw new ProblemError('a comment cannot stand here', at);
  if (text[at] === ';') throw new ProblemError('one expression only: `;` cannot stand here', at);
}

function unquote({ type, text }: Found): string {
  if (type === 'string') return text.slice(1, -1).replaceAll("''", "'");
  return type === 'quoted' ? text.slice(1, -1).replaceAll('""', '"') : text;
}
