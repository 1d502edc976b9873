/** Where there is no verdict on a row: it must pass neither for valid nor for invalid, so the run ends. */

import { RunError } from '../../../core/inputs/errors.ts';

/** Its message has no place: whoever knows the file and the line puts them before it. */
export class Unjudgeable extends RunError {}

/**
 * Runs an expression over a text. V8 keeps the ways back of an expression on a stack: a repeated group, `(a|b)*`, needs an
 * entry for every turn, and some ten million do not fit.
 * @param what of which the expression is: `the pattern ^(a|b)*$`
 * @throws Unjudgeable when they do not
 */
export function judgeText(what: string, test: (text: string) => boolean, text: string): boolean {
  try {
    return test(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const length = text.length.toLocaleString('en-US');
    throw new Unjudgeable(`${what} needs more memory than there is for a text of ${length} characters`);
  }
}
