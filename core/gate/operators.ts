/** The operators of thresholds, and what else people write for them. */

import { visible } from './excerpt.ts';
import { nearest } from './nearest.ts';
import { Mistake, type Token } from './scan.ts';
import type { Comparison } from './types.ts';

export const comparisons: readonly string[] = ['>=', '>', '<=', '<', '==', '!='] satisfies Comparison[];
export const operatorHelp = '`>=`, `>`, `<=`, `<`, `==`, `!=`, `between … and …`';

/** What phones, mathematics and other languages write. */
const operatorSpellings: Readonly<Record<string, Comparison>> = {
  '≥': '>=',
  '⩾': '>=',
  '≧': '>=',
  '=>': '>=',
  '＞＝': '>=',
  '≤': '<=',
  '⩽': '<=',
  '≦': '<=',
  '=<': '<=',
  '＜＝': '<=',
  '≠': '!=',
  '<>': '!=',
  '!==': '!=',
  '~=': '!=',
  '=!': '!=',
  '=': '==',
  '===': '==',
  '＝': '==',
  '＜': '<',
  '＞': '>',
  '>>': '>',
  '<<': '<',
};

/** What is wrong with a token that stands where an operator should. */
export function unknownOperator(token: Token): Mistake {
  const spelled =
    operatorSpellings[token.text] ?? (token.kind === 'word' ? nearest(token.text, ['between']) : undefined);
  return new Mistake(
    token.at,
    token.kind === 'operator'
      ? `unknown operator \`${token.text}\``
      : `an operator is expected, not \`${visible(token.text)}\``,
    spelled === undefined ? { allowed: operatorHelp } : { allowed: operatorHelp, nearest: spelled },
  );
}
