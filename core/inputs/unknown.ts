/** Inputs that nobody reads: a misspelt `threshold` must not pass for no thresholds. */

import { nearest } from '../gate/index.ts';
import type { InputProblem } from './errors.ts';

/**
 * Under GitHub: problems for `INPUT_*` variables that no known input stands behind. The runner writes a name in
 * upper case with blanks as `_`, and keeps hyphens.
 */
export function unknownInputs(
  environment: Readonly<Record<string, string | undefined>>,
  known: readonly string[],
): InputProblem[] {
  const names = new Set(known.map((name) => name.toUpperCase().replaceAll(' ', '_')));
  return Object.keys(environment)
    .filter((variable) => /^INPUT_./i.test(variable))
    .map((variable) => variable.slice('INPUT_'.length))
    .filter((name) => !names.has(name.toUpperCase()))
    .sort()
    .map((name) => unknown(name.toLowerCase(), 'input', known, ''));
}

/** On the command line: problems for flags (without `--`) that no known input stands behind. */
export function unknownFlags(flags: Iterable<string>, known: readonly string[]): InputProblem[] {
  return [...new Set(flags)]
    .filter((flag) => !known.includes(flag))
    .map((flag) => unknown(flag, 'flag', known, '--'));
}

function unknown(name: string, what: string, known: readonly string[], dashes: string): InputProblem {
  const guess = nearest(name, known);
  return {
    input: `${dashes}${name}`,
    message: `unknown ${what}`,
    ...(guess === undefined
      ? { allowed: known.map((each) => `${dashes}${each}`).join(', ') }
      : { nearest: `${dashes}${guess}` }),
  };
}
