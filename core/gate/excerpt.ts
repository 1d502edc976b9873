/** A line of the user's input with a caret under the place of a mistake. */

const indent = '    ';
const windowWidth = 96;

/** Controls, format characters (zero-width, bidirectional) and lone surrogates would hide or reorder the text. */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;
const blank = /[\t\p{Zs}]/u;
const combining = /\p{M}/u;
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

/**
 * Two indented lines: the text, and `^` under the character at `offset` (UTF-16 index into `line`; its length
 * points behind the end). Tabs become one blank, invisible characters are shown escaped, and a long line is cut
 * to a window around the caret.
 */
export function excerpt(line: string, offset: number): string {
  const cells: { text: string; width: number }[] = [];
  let caretCell = -1;
  let at = 0;
  for (const character of line) {
    if (caretCell < 0 && at >= offset) caretCell = cells.length;
    cells.push(cell(character));
    at += character.length;
  }
  if (caretCell < 0) caretCell = cells.length;
  const lead = cells.findIndex((each) => each.text !== ' ');
  let from = Math.min(Math.max(lead, 0), caretCell);
  let to = cells.length;
  while (to > caretCell && cells[to - 1]?.text === ' ') to--;

  const widthOf = (start: number, end: number): number =>
    cells.slice(start, end).reduce((sum, each) => sum + each.width, 0);
  if (widthOf(from, to) > windowWidth) {
    let before = caretCell;
    for (
      let room = Math.floor(windowWidth / 2);
      before > from && room > 0;
      room -= cells[before]?.width ?? 0
    ) {
      before--;
    }
    from = before;
    let after = from;
    for (let room = windowWidth; after < to && room > 0; room -= cells[after - 1]?.width ?? 0) after++;
    to = after;
  }
  const head = from > Math.max(lead, 0) ? '…' : '';
  const tail = to < cells.length && cells.slice(to).some((each) => each.text !== ' ') ? '…' : '';
  const shown = cells
    .slice(from, to)
    .map((each) => each.text)
    .join('');
  return `${indent}${head}${shown}${tail}\n${indent}${' '.repeat(head.length + widthOf(from, caretCell))}^`;
}

/** Text for a one-line message: invisible characters escaped, cut to a readable length. */
export function visible(text: string, limit = 60): string {
  const characters = [...text];
  const shown = characters.slice(0, limit).map((character) => cell(character).text);
  return shown.join('') + (characters.length > limit ? '…' : '');
}

function cell(character: string): { text: string; width: number } {
  if (blank.test(character)) return { text: ' ', width: 1 };
  if (invisible.test(character)) {
    const text = `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
    return { text, width: text.length };
  }
  if (combining.test(character)) return { text: character, width: 0 };
  return { text: character, width: wide.test(character) ? 2 : 1 };
}
