/** A user's expression over the columns of a row, made safe to stand in SQL of ours. */

import { nearest } from '../../gate/index.ts';
import { ExpressionParser, type Part } from './parser.ts';
import { type ExpressionProblem, ProblemError } from './tokens.ts';

export interface BoundExpression {
  /** The expression as SQL, with what `ref` gives for each column name in its place. */
  readonly sql: (ref: (name: string) => string) => string;
  /** The columns that it uses, each once, in the order of their first use. */
  readonly columns: readonly string[];
}

const longest = 10_000;

/**
 * Binds an expression such as `start <= end` or `"unit price" * qty = total` to column names: the exact name first,
 * else the only one that differs in case. The grammar decides what a word is: where a value is expected it is a
 * column even if SQL reserves it (`end`, `order`, `from`), where an operator is expected it is a keyword; only the
 * words NOT, CASE, NULL, TRUE and FALSE need double quotes to be a column. Allowed are comparisons, arithmetic, AND,
 * OR, NOT, IN, BETWEEN, LIKE, IS, CASE, casts, literals, and the functions of `scalarFunctions`: no query, no
 * aggregate, nothing that reads a file or the clock.
 */
export function bindExpression(
  text: string,
  columns: readonly string[],
): BoundExpression | { readonly problem: ExpressionProblem } {
  if (text.trim() === '') return { problem: { message: 'an expression is missing', offset: 0 } };
  if (text.length > longest) {
    return { problem: { message: `longer than ${longest} characters`, offset: longest } };
  }
  try {
    const parts = new ExpressionParser(text, resolver(columns)).parse();
    const used = parts.flatMap((part) => (typeof part === 'string' ? [] : [part.column]));
    return { sql: (ref) => render(parts, ref), columns: [...new Set(used)] };
  } catch (error) {
    if (error instanceof ProblemError) return { problem: error.problem };
    throw error;
  }
}

function render(parts: readonly Part[], ref: (name: string) => string): string {
  return parts
    .map((part) => {
      if (typeof part === 'string') return part;
      const sql = ref(part.column);
      return /^\w+$/.test(sql) ? sql : `(${sql})`;
    })
    .join(' ');
}

function resolver(columns: readonly string[]): (word: string, offset: number) => string {
  const exact = new Set(columns);
  return (word, offset) => {
    if (exact.has(word)) return word;
    const folded = word.toLowerCase();
    const alike = columns.filter((name) => name.toLowerCase() === folded);
    const [only, other] = alike;
    if (other !== undefined) {
      const spellings = alike.map((name) => JSON.stringify(name)).join(', ');
      throw new ProblemError(`${JSON.stringify(word)} could be each of the columns ${spellings}`, offset);
    }
    if (only !== undefined) return only;
    const near = nearest(word, columns);
    throw new ProblemError(
      `no column ${JSON.stringify(word)}`,
      offset,
      near === undefined ? undefined : asName(near),
    );
  };
}

/** A column name as it stands in an expression. */
function asName(name: string): string {
  return /^[\p{L}_][\p{L}\p{M}\p{N}_]*$/u.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
