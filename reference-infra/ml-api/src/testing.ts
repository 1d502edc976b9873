/** What tests of several parts share. */

import type { Logger } from './types.ts';

/** Lines as `level message {fields}`. */
export function listeningLogger(): Logger & { readonly lines: string[] } {
  const lines: string[] = [];
  const at = (level: string) => (fields: object, message: string) => {
    lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
  };
  return { lines, info: at('info'), warn: at('warn'), error: at('error') };
}

/** Asks again until it holds; the tests' own time limit ends it. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
}
