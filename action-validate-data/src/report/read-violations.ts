/** The violations file, line by line: what SARIF and JUnit are written from. */

import { createReadStream } from 'node:fs';
import type { Violation } from '../types.ts';

/**
 * Only a line feed ends a line: `readline` also splits at U+2028 and U+2029, which JSON lets stand in texts. Memory
 * stays at a block and a line, and a line is short, since texts in it are cut.
 */
export async function* readViolations(path: string): AsyncGenerator<Violation> {
  let rest = '';
  for await (const block of createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 18 })) {
    const lines = `${rest}${block}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield JSON.parse(line) as Violation;
  }
  if (rest !== '') yield JSON.parse(rest) as Violation;
}
