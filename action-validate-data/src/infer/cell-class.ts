/** The class of a CSV cell that is at hand as text, by the rule of `core/tables`. */

import { cell, classifyCell } from '../../../core/tables/csv/index.ts';

let scratch = new Uint8Array(64);

/** One of `cell`; the text is not empty. */
export function classOfText(text: string): number {
  const first = text.charCodeAt(0);
  if (first !== 45 && (first < 48 || first > 57)) {
    return text === 'true' || text === 'false' ? cell.boolean : cell.text;
  }
  if (text.length > scratch.length) {
    // A text such as `2 apples, …` of megabytes is told without copying it.
    if (!/^[-+.0-9eE]*$/.test(text)) return cell.text;
    scratch = new Uint8Array(text.length * 2);
  }
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 57 && code !== 69 && code !== 101) return cell.text;
    scratch[at] = code;
  }
  return classifyCell(scratch, 0, text.length);
}
