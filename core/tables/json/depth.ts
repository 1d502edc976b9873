/** A bound on nesting: whoever walks a value, or writes it as text, does so on a stack. */

/** RFC 8259, section 9, lets a parser set one. Trees of a thousand levels are no rows of a table. */
export const deepestRow = 1000;

/** Whether brackets nest deeper than `deepestRow` in a JSON text; of a text that is no JSON it says nothing. */
export function isTooDeep(text: string): boolean {
  if (text.length <= 2 * deepestRow) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 34) {
      at = endOfString(text, at);
      if (at === -1) return false;
    } else if (code === 123 || code === 91) {
      depth += 1;
      if (depth > deepestRow) return true;
    } else if (code === 125 || code === 93) depth -= 1;
  }
  return false;
}

/** Place of the quote that closes the string which opens at `open`; -1: there is none. */
function endOfString(text: string, open: number): number {
  for (let close = text.indexOf('"', open + 1); close !== -1; close = text.indexOf('"', close + 1)) {
    let before = close - 1;
    while (text.charCodeAt(before) === 92) before -= 1;
    // An even number of backslashes stands for themselves.
    if ((close - before) % 2 === 1) return close;
  }
  return -1;
}
