/** What the tests of the prediction log share. */

import type { Logger, PredictionEntry } from '../types.ts';

/** Lines as `level message {fields}`. */
export function listeningLogger(): Logger & { readonly lines: string[] } {
  const lines: string[] = [];
  const at = (level: string) => (fields: object, message: string) => {
    lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
  };
  return { lines, info: at('info'), warn: at('warn'), error: at('error') };
}

/** One row of age 40, predicted as 1. */
export function makeEntry(given: Partial<PredictionEntry> = {}): PredictionEntry {
  return {
    time: new Date('2026-11-29T12:00:00.123Z'),
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    requestId: 'r-1',
    model: 'fraud',
    version: '3',
    route: '/predict',
    latencyMs: 1.5,
    rows: 1,
    inputs: { age: [40] },
    outputs: { label: [1] },
    ...given,
  };
}

/** Asks again until it holds; the tests' own time limit ends it. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
}
