/** How a registry wants to be asked: the header WWW-Authenticate. RFC 9110, 11.6.1. */

export interface Challenge {
  /** In lower case: `bearer`, `basic`. */
  readonly scheme: string;
  /** Names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
/** One parameter, or the scheme of the next challenge; what stands between is commas and blanks. */
const part = new RegExp(
  `[\\s,]*(?:(${token})[ \\t]*=[ \\t]*(?:"((?:[^"\\\\]|\\\\.)*)"|(${token}))|(${token})(?=[\\s,]|$))`,
  'y',
);

/** All challenges of a header, which may hold several; what cannot be read ends it. */
export function parseChallenges(header: string): readonly Challenge[] {
  const found: { scheme: string; parameters: Map<string, string> }[] = [];
  part.lastIndex = 0;
  for (;;) {
    const match = part.exec(header);
    if (match === null) return found;
    const [, name, quotedValue, value, scheme] = match;
    if (scheme !== undefined) found.push({ scheme: scheme.toLowerCase(), parameters: new Map() });
    else if (name !== undefined) {
      const text = quotedValue?.replaceAll(/\\(.)/gs, '$1') ?? value ?? '';
      found.at(-1)?.parameters.set(name.toLowerCase(), text);
    }
  }
}
