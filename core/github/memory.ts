/** What an issue or comment remembers from one run to the next: one line of JSON that readers do not see. */

import { createHash } from 'node:crypto';

export type Memory =
  | { readonly kept: true; readonly value: unknown }
  /** The line is missing, or somebody changed it. */
  | { readonly kept: false };

const frame = /^<!-- ml-gates-memory: (.*) ([0-9a-f]{16}) -->\s*$/;

/**
 * The value as one line of Markdown that renders to nothing: an HTML comment, with a checksum that tells whether it
 * came back as it was written. Anybody who may edit the text may forge it; it guards against accidents.
 */
export function writeMemory(value: unknown): string {
  // Only strings of JSON can hold these; there, the escape means the same. `-->` would end the comment, `@name` and
  // `#1` mean something to GitHub.
  const json = JSON.stringify(value)
    .replace(/[<>@#&]|[^\x20-\x7e]/g, unicodeEscape)
    .replace(/--/g, '-\\u002d');
  return `<!-- ml-gates-memory: ${json} ${checksum(json)} -->`;
}

/** The first such line of the text. */
export function readMemory(text: string | null | undefined): Memory {
  for (const line of (text ?? '').split(/\r?\n/)) {
    const match = frame.exec(line);
    if (match === null) continue;
    const [, json = '', sum] = match;
    if (checksum(json) !== sum) return { kept: false };
    try {
      return { kept: true, value: JSON.parse(json) as unknown };
    } catch {
      return { kept: false };
    }
  }
  return { kept: false };
}

/** Of one UTF-16 unit. */
function unicodeEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function checksum(json: string): string {
  return createHash('sha256').update(json, 'utf8').digest('hex').slice(0, 16);
}
