/** Text from containers and from ECS, made fit for one line. */

import { shorten, visible } from '../../../core/report/index.ts';

/** Colours and cursor movements of terminals. ECMA-48, 5.4 */
const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\^_])/g;
/** Twelve digits tell an image as well as 64 do. */
const digests = /(sha256:[0-9a-f]{12})[0-9a-f]{52}/g;
/** In characters. */
const longestLine = 300;
const mostLines = 10;

/** @param longest in characters */
export function cleanLine(text: string, longest = longestLine): string {
  const bare = text.replace(escapes, '').replace(digests, '$1…').trim();
  return shorten(visible(bare), longest);
}

/** The last lines, oldest first; empty ones are left out. */
export function cleanLines(messages: readonly string[]): readonly string[] {
  return messages
    .flatMap((message) => message.split(/\r\n|\r|\n/))
    .map((line) => cleanLine(line))
    .filter((line) => line !== '')
    .slice(-mostLines);
}
