/** The grammar of expressions over one row, by recursive descent; what it accepts is written out again token by token. */

import { nearest } from '../../gate/index.ts';
import { sqlText } from '../duck/start.ts';
import { castTypes, intervalUnits, literalTypes, scalarFunctions } from './functions.ts';
import { ProblemError, type Token, tokenize } from './tokens.ts';

export type Part = string | { readonly column: string };

const comparisons = new Set(['=', '==', '<>', '!=', '<', '<=', '>', '>=']);
const queryWords = new Set(
  `select from with exists insert update delete copy attach install load pragma set call describe show create drop
   alter values table`.split(/\s+/),
);
/** Deeper nesting is no rule that a person wrote, and would exhaust the stack. */
const deepest = 100;

export class ExpressionParser {
  private readonly tokens: readonly Token[];
  private readonly column: (word: string, offset: number) => string;
  private readonly parts: Part[] = [];
  private at = 0;
  private depth = 0;

  constructor(text: string, column: (word: string, offset: number) => string) {
    this.tokens = tokenize(text);
    this.column = column;
  }

  /** @throws ProblemError */
  parse(): readonly Part[] {
    this.expression();
    if (this.peek().type !== 'end') this.unexpected();
    return this.parts;
  }

  private expression(): void {
    if (++this.depth > deepest) throw new ProblemError('nested too deeply', this.peek().offset);
    do this.negation();
    while (this.takeWord('and') || this.takeWord('or'));
    this.depth -= 1;
  }

  private negation(): void {
    while (this.takeWord('not'));
    this.sum();
    this.predicate();
  }

  /** What may follow a value to make it true or false. */
  private predicate(): void {
    let compared = false;
    for (;;) {
      const token = this.peek();
      if (token.type === 'sign' && comparisons.has(token.text)) {
        if (compared) throw new ProblemError('two comparisons in a row; join them with `and`', token.offset);
        compared = true;
        this.copy();
        this.sum();
      } else if (this.takeWord('is')) this.afterIs();
      else if (!this.match()) return;
    }
  }

  private afterIs(): void {
    this.takeWord('not');
    if (this.takeWord('distinct')) {
      if (!this.takeWord('from')) this.expected('`from`');
      this.sum();
    } else if (!this.takeWord('null') && !this.takeWord('true') && !this.takeWord('false')) {
      this.expected('null, true, false or distinct from');
    }
  }

  /** [NOT] IN, BETWEEN, LIKE, ILIKE. */
  private match(): boolean {
    const negated = this.isWord('not');
    const keyword = this.word(negated ? 1 : 0);
    if (!['in', 'between', 'like', 'ilike'].includes(keyword)) return false;
    if (negated) this.takeWord('not');
    this.takeWord(keyword);
    if (keyword === 'in') {
      if (!this.isSign('(')) this.expected('a list in parentheses');
      this.arguments();
      return true;
    }
    this.sum();
    if (keyword === 'between') {
      if (!this.takeWord('and')) this.expected('`and`');
      this.sum();
    } else if (this.takeWord('escape')) {
      if (this.peek().type !== 'string') this.expected("a text such as '!'");
      this.primary();
    }
    return true;
  }

  /** Values joined by arithmetic; the order in which they are computed is the engine's. */
  private sum(): void {
    do {
      while (this.takeSign('-') || this.takeSign('+'));
      this.primary();
      while (this.takeSign('::')) this.type();
    } while (['+', '-', '*', '/', '//', '%', '||'].some((sign) => this.takeSign(sign)));
  }

  private primary(): void {
    const token = this.peek();
    if (token.type === 'number') this.copy();
    else if (token.type === 'string') this.emit(sqlText(token.text));
    else if (this.takeSign('(')) this.closing();
    else if (token.type === 'quoted') this.reference(token);
    else if (token.type === 'word') this.wordValue(token);
    else this.expected('a column or a value');
  }

  private wordValue(token: Token): void {
    const word = token.text.toLowerCase();
    const follower = this.peek(1);
    if (['null', 'true', 'false'].includes(word)) this.takeWord(word);
    else if (this.takeWord('case')) this.branches();
    else if (word === 'not') this.expected('a column or a value');
    else if (literalTypes.has(word) && follower.type === 'string') {
      this.takeWord(word);
      this.primary();
    } else if (word === 'interval' && (follower.type === 'string' || follower.type === 'number'))
      this.interval();
    else if (follower.type === 'sign' && follower.text === '(') this.call(token, word);
    else this.reference(token);
  }

  private reference(token: Token): void {
    try {
      this.parts.push({ column: this.column(token.text, token.offset) });
    } catch (error) {
      if (token.type === 'word' && queryWords.has(token.text.toLowerCase())) this.noQuery(token);
      const near = error instanceof ProblemError ? error.problem.nearest : undefined;
      if (token.type === 'quoted' && near === undefined && error instanceof ProblemError) {
        const { message, offset } = error.problem;
        throw new ProblemError(`${message}; a text stands in single quotes`, offset);
      }
      throw error;
    }
    this.at += 1;
  }

  private branches(): void {
    if (!this.isWord('when')) this.expression();
    if (!this.isWord('when')) this.expected('`when`');
    while (this.takeWord('when')) {
      this.expression();
      if (!this.takeWord('then')) this.expected('`then`');
      this.expression();
    }
    if (this.takeWord('else')) this.expression();
    if (!this.takeWord('end')) this.expected('`end`');
  }

  private call(token: Token, word: string): void {
    if (word === 'cast' || word === 'try_cast') {
      this.emit(word.toUpperCase());
      this.takeSign('(');
      this.expression();
      if (!this.takeWord('as')) this.expected('`as` and a type');
      this.type();
      if (!this.takeSign(')')) this.expected('`)`');
    } else if (scalarFunctions.has(word)) {
      this.emit(word);
      this.arguments();
    } else if (queryWords.has(word)) this.noQuery(token);
    else {
      throw new ProblemError(
        `no function ${JSON.stringify(token.text)} of the values of one row`,
        token.offset,
        nearest(word, scalarFunctions),
      );
    }
  }

  private arguments(): void {
    this.takeSign('(');
    if (this.takeSign(')')) return;
    do this.expression();
    while (this.takeSign(','));
    if (!this.takeSign(')')) this.expected('`,` or `)`');
  }

  private closing(): void {
    this.expression();
    if (!this.takeSign(')')) this.expected('`)`');
  }

  private type(): void {
    const token = this.peek();
    const name = token.text.toLowerCase();
    if (token.type !== 'word' || !castTypes.has(name)) {
      const types = 'a type such as double, bigint, date, timestamp or varchar is expected';
      const found = token.type === 'end' ? 'the expression ends' : `found ${JSON.stringify(token.text)}`;
      throw new ProblemError(`${types}; ${found}`, token.offset, nearest(name, castTypes));
    }
    this.emit(name.toUpperCase());
    if (name !== 'decimal' && name !== 'numeric') return;
    if (!this.takeSign('(')) return;
    do {
      if (!/^\d+$/.test(this.peek().text)) this.expected('a number of digits');
      this.copy();
    } while (this.takeSign(','));
    if (!this.takeSign(')')) this.expected('`)`');
  }

  /** INTERVAL '1 day' or INTERVAL 1 DAY. */
  private interval(): void {
    this.takeWord('interval');
    if (this.peek().type === 'string') {
      this.primary();
      return;
    }
    this.copy();
    const unit = this.word(0);
    if (!intervalUnits.has(unit)) this.expected('a unit such as days');
    this.takeWord(unit);
  }

  private peek(ahead = 0): Token {
    return this.tokens[Math.min(this.at + ahead, this.tokens.length - 1)] as Token;
  }

  /** The word ahead in lower case; empty for anything else. */
  private word(ahead: number): string {
    const token = this.peek(ahead);
    return token.type === 'word' ? token.text.toLowerCase() : '';
  }

  private isWord(word: string): boolean {
    return this.word(0) === word;
  }

  private isSign(sign: string): boolean {
    const token = this.peek();
    return token.type === 'sign' && token.text === sign;
  }

  private takeWord(word: string): boolean {
    if (!this.isWord(word)) return false;
    this.emit(word.toUpperCase());
    return true;
  }

  private takeSign(sign: string): boolean {
    if (!this.isSign(sign)) return false;
    this.copy();
    return true;
  }

  private copy(): void {
    this.emit(this.peek().text);
  }

  private emit(part: string): void {
    this.parts.push(part);
    this.at += 1;
  }

  private expected(what: string): never {
    const token = this.peek();
    const found = token.type === 'end' ? 'the expression ends' : `found ${JSON.stringify(token.text)}`;
    throw new ProblemError(`${what} is expected; ${found}`, token.offset);
  }

  private unexpected(): never {
    const token = this.peek();
    if (token.type === 'word' && queryWords.has(token.text.toLowerCase())) this.noQuery(token);
    this.expected('an operator such as =, and, or, in, is null');
  }

  private noQuery({ text, offset }: Token): never {
    throw new ProblemError(
      `${text.toUpperCase()} cannot stand here: the expression is about the columns of one row`,
      offset,
    );
  }
}
