/**
 * Patterns of paths: `*`, `?`, `[ab]`, `[!ab]`, `{a,b}` within a name, `**` for any number of folders. A name that
 * begins with a dot is matched only by a part that does, as in a shell.
 */

/** Alternatives that braces may spell, at most. */
const mostAlternatives = 1000;

export type GlobPart =
  | { readonly is: 'name'; readonly name: string }
  | { readonly is: 'pattern'; readonly matches: (name: string) => boolean }
  | { readonly is: 'folders' };

export function hasWildcards(text: string): boolean {
  return /[*?[{]/.test(text);
}

/** The parts of a pattern without braces; its separator is `/`. */
export function parseGlob(pattern: string): GlobPart[] {
  return pattern
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .map(parsePart);
}

/**
 * `a{b,c{d,e}}` as `ab`, `acd`, `ace`; braces without a comma stand for themselves.
 * @throws RangeError when they spell more than a thousand.
 */
export function expandBraces(pattern: string): string[] {
  let done: string[] = [];
  let open = [pattern];
  while (open.length > 0) {
    const next: string[] = [];
    for (const text of open) {
      const parts = firstBraces(text);
      if (parts === undefined) done = [...done, text];
      else next.push(...parts.choices.map((choice) => parts.before + choice + parts.after));
    }
    open = next;
    if (open.length + done.length > mostAlternatives)
      throw new RangeError(`more than ${mostAlternatives} alternatives`);
  }
  return done;
}

/** The innermost braces that come first and hold a comma. */
function firstBraces(text: string): { before: string; choices: string[]; after: string } | undefined {
  for (const match of text.matchAll(/\{([^{}]*)\}/g)) {
    const inside = match[1] ?? '';
    if (!inside.includes(',')) continue;
    const after = text.slice(match.index + match[0].length);
    return { before: text.slice(0, match.index), choices: inside.split(','), after };
  }
  return undefined;
}

function parsePart(part: string): GlobPart {
  if (part === '**') return { is: 'folders' };
  if (!/[*?[]/.test(part)) return { is: 'name', name: part };
  const tokens = tokensOf(part);
  const hidden = part.startsWith('.');
  return { is: 'pattern', matches: (name) => (hidden || !name.startsWith('.')) && matches(tokens, name) };
}

/** Any run of characters, or a test of one. */
type Token = 'run' | ((character: string) => boolean);

function tokensOf(part: string): Token[] {
  return Array.from(part.matchAll(/\*+|\?|\[([!^]?)(\]?[^\]]+)\]|./gsu), (match): Token => {
    const [token, negated = '', set] = match;
    if (token.startsWith('*')) return 'run';
    if (token === '?') return () => true;
    if (set === undefined) return (character) => character === token;
    const ranges = Array.from(set.matchAll(/(.)-(.)|(.)/gsu), ([, low, high, one = '']) => [
      low ?? one,
      high ?? one,
    ]);
    return (character) =>
      ranges.some(([low = '', high = '']) => low <= character && character <= high) === (negated === '');
  });
}

/** Goes back to the last run only, which suffices, so the time is at most the product of the two lengths. */
function matches(tokens: readonly Token[], name: string): boolean {
  const characters = Array.from(name);
  let token = 0;
  let at = 0;
  let run = -1;
  let runAt = 0;
  while (at < characters.length) {
    const test = tokens[token];
    if (test === 'run') {
      run = token;
      runAt = at;
      token += 1;
    } else if (test?.(characters[at] as string) === true) {
      token += 1;
      at += 1;
    } else if (run !== -1) {
      runAt += 1;
      at = runAt;
      token = run + 1;
    } else return false;
  }
  return tokens.slice(token).every((rest) => rest === 'run');
}
