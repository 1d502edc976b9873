/** Texts with `*` and `?`, and with variables, against the text of a request. */

/** What a pattern is made of. `colons`: whether the wildcard goes over a colon. */
export type Token =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'one'; readonly colons: boolean }
  | { readonly is: 'any'; readonly colons: boolean };

/** `*` is any text, `?` one character; every other character is itself. */
export function wildcards(text: string): Token[] {
  return [...text].map((character): Token => {
    if (character === '*') return { is: 'any', colons: true };
    if (character === '?') return { is: 'one', colons: true };
    return { is: 'text', text: character };
  });
}

export function literal(text: string): Token[] {
  return [...text].map((character): Token => ({ is: 'text', text: character }));
}

/**
 * Whether the tokens make up the whole text. Time is the product of their lengths, whatever the pattern: a pattern of many
 * stars would take a regular expression for ever.
 */
export function matchesTokens(tokens: readonly Token[], text: string): boolean {
  const characters = [...text];
  // Which beginnings of the text the tokens so far can be.
  let reached: boolean[] = [true, ...characters.map(() => false)];
  for (const token of tokens) {
    const next: boolean[] = characters.map(() => false);
    next.push(false);
    if (token.is === 'any') next[0] = reached[0] === true;
    characters.forEach((character, index) => {
      const before = reached[index] === true;
      if (token.is === 'text') next[index + 1] = before && character === token.text;
      else {
        const may = token.colons || character !== ':';
        const goesOn = token.is === 'any' && next[index] === true && may;
        const ends = token.is === 'any' ? reached[index + 1] === true : before && may;
        next[index + 1] = goesOn || ends;
      }
    });
    reached = next;
  }
  return reached[characters.length] === true;
}

/**
 * Wildcards within one of the first five parts of an ARN stay within it, but a `*` at the end of a part goes over colons; in the
 * last part, which may hold colons itself, all do.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function withinParts(tokens: readonly Token[]): Token[] {
  let part = 0;
  return tokens.map((token, index): Token => {
    if (token.is === 'text') {
      if (token.text === ':') part += 1;
      return token;
    }
    const next = tokens[index + 1];
    const endsPart = next === undefined || (next.is === 'text' && next.text === ':');
    return { is: token.is, colons: part >= 5 || (token.is === 'any' && endsPart) };
  });
}

/** `ecs:Describe*` and `ECS:DescribeServices`: names of services and actions know no case. */
export function matchesAction(pattern: string, action: string): boolean {
  return matchesTokens(wildcards(pattern.toLowerCase()), action.toLowerCase());
}
