/**
 * Terraform's language with all that is not code blanked out: comments, and texts but for what is interpolated in them. Positions
 * stay as they are. https://developer.hashicorp.com/terraform/language/syntax/configuration
 */

export function masked(text: string): string {
  let out = '';
  let at = 0;
  const keep = (count: number): void => {
    out += text.slice(at, at + count);
    at += count;
  };
  const blank = (count: number): void => {
    out += text.slice(at, at + count).replaceAll(/[^\n]/g, ' ');
    at += count;
  };
  /** Up to the brace that closes an interpolation, or to the end of the file. */
  const code = (isWithin: boolean): void => {
    let depth = 0;
    while (at < text.length) {
      const rest = text.slice(at, at + 2);
      const heredoc = /^<<-?([A-Za-z_][\w-]*)[ \t]*\r?\n/.exec(text.slice(at, at + 120));
      if (rest[0] === '#' || rest === '//') blank(lengthTo('\n', at));
      else if (rest === '/*') blank(lengthTo('*/', at + 2) + 4);
      else if (rest[0] === '"') {
        blank(1);
        quoted();
      } else if (heredoc?.[1] !== undefined) {
        blank(heredoc[0].length);
        document(heredoc[1]);
      } else {
        if (rest[0] === '{') depth += 1;
        if (rest[0] === '}') depth -= 1;
        if (isWithin && depth < 0) return;
        keep(1);
      }
    }
  };
  const interpolation = (): boolean => {
    const two = text.slice(at, at + 2);
    const isEscaped = /^(?:\$\$|%%)\{/.test(text.slice(at, at + 3));
    if (isEscaped) blank(3);
    if (isEscaped || (two !== '${' && two !== '%{')) return isEscaped;
    blank(2);
    code(true);
    blank(1);
    return true;
  };
  const quoted = (): void => {
    while (at < text.length) {
      const one = text[at] ?? '';
      if (one === '\\') blank(2);
      else if (one === '"' || one === '\n') {
        blank(1);
        return;
      } else if (!interpolation()) blank(1);
    }
  };
  const document = (word: string): void => {
    let isLineStart = true;
    while (at < text.length) {
      if (
        isLineStart &&
        new RegExp(`^[ \\t]*${word}[ \\t]*(?:\\r?\\n|$)`).test(text.slice(at, at + word.length + 200))
      ) {
        blank(lengthTo('\n', at));
        return;
      }
      isLineStart = text[at] === '\n';
      if (!interpolation()) blank(1);
    }
  };
  const lengthTo = (end: string, from: number): number => {
    const found = text.indexOf(end, from);
    return (found < 0 ? text.length : found) - from;
  };
  code(false);
  return out;
}
