/** What the command lines of this folder share: how options are read, and how a failure is told. */

import { type ParseArgsConfig, parseArgs } from 'node:util';
import { nearest } from '../../core/gate/index.ts';
import { isUserFacing, quote, RunError } from '../../core/inputs/index.ts';
import { escapeTerminal } from '../../core/report/index.ts';

/** @throws RunError that names an option which is not known, or has no value. */
export function readArguments<const Options extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    const name = /'--?([^'\s]+)/.exec(error instanceof Error ? error.message : '')?.[1] ?? '';
    if (Object.keys(options).includes(name)) throw new RunError(`--${name} needs a value; --help tells more`);
    const near = nearest(name, Object.keys(options));
    throw new RunError(
      `unknown option ${quote(`--${name}`)}${near === undefined ? '' : `; did you mean --${near}?`}; --help tells more`,
    );
  }
}

/** For standard error; what is no mistake of the user's comes with its stack. */
export function failureText(error: unknown): string {
  const text = isUserFacing(error)
    ? error.message
    : error instanceof Error
      ? (error.stack ?? '')
      : String(error);
  return `${text.split('\n').map(escapeTerminal).join('\n')}\n`;
}
