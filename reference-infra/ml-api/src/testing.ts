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

const longestWaitMs = 30_000;

/** Asks again until it holds. @throws Error when it never does; `tell` says what was found instead. */
export async function until(holds: () => boolean | Promise<boolean>, tell?: () => unknown): Promise<void> {
  const deadline = performance.now() + longestWaitMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`it never held: ${holds}\n${String(tell?.() ?? '')}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
