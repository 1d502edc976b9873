/** What `matches` may ask for: a format of JSON Schema, or a regular expression. */

import { nearest, SelectorMistake } from '../../../core/gate/index.ts';

/** Each format with the words of a message: `"x" is not an email address`. */
export const formatWords = {
  email: 'an email address',
  uuid: 'a UUID',
  date: 'a date (YYYY-MM-DD)',
  'date-time': 'a date and time with its zone (RFC 3339)',
  time: 'a time with its zone (RFC 3339)',
  uri: 'a URI',
  ipv4: 'an IPv4 address',
  ipv6: 'an IPv6 address',
  hostname: 'a host name',
} as const;

export type FormatName = keyof typeof formatWords;
export const formatNames = Object.keys(formatWords) as readonly FormatName[];

export type Pattern =
  | { readonly kind: 'format'; readonly format: FormatName }
  /** In the syntax of RE2, which takes time linear in the text; found anywhere in it unless anchored. */
  | { readonly kind: 'regex'; readonly source: string; readonly flags: string };

const regexHelp = `${formatNames.join(', ')} or /regular expression/, with the flags i, m, s`;

/** Reads what stands after the comma of `matches`; `offset` is where `text` begins, for the caret. */
export function readPattern(text: string, offset: number): Pattern {
  if (text.startsWith('/')) return readRegex(text, offset);
  const format = formatNames.find((name) => name === text);
  if (format !== undefined) return { kind: 'format', format };
  const near = nearest(text, formatNames);
  if (text === '') throw new SelectorMistake(offset, 'a format is missing', { allowed: regexHelp });
  throw new SelectorMistake(offset, `\`${text}\` is no format`, {
    allowed: regexHelp,
    ...(near === undefined ? {} : { nearest: near }),
  });
}

export function writePattern(pattern: Pattern): string {
  return pattern.kind === 'format' ? pattern.format : `/${pattern.source}/${pattern.flags}`;
}

/** As DuckDB takes it: flags stand inside, because its own option `m` means something else. */
export function regexForEngine({ source, flags }: Extract<Pattern, { kind: 'regex' }>): string {
  return flags === '' ? source : `(?${flags})${source}`;
}

function readRegex(text: string, offset: number): Pattern {
  const end = closingSlash(text);
  if (end < 0) throw new SelectorMistake(offset, 'the regular expression that begins here has no closing /');
  const source = text.slice(1, end);
  const flags = [...text.slice(end + 1).trim()].sort().join('');
  if (source === '') throw new SelectorMistake(offset, 'an empty regular expression matches every text');
  if (/[^ims]|(.)\1/.test(flags)) {
    throw new SelectorMistake(offset + end + 1, `unknown flags \`${text.slice(end + 1).trim()}\``, {
      allowed: 'i (any case), m (^ and $ at line ends), s (. matches line ends)',
    });
  }
  refuseUnsupported(source, offset + 1);
  return { kind: 'regex', source, flags };
}

/** A slash in a character class or after a backslash does not end the expression. */
function closingSlash(text: string): number {
  let inClass = false;
  for (let i = 1; i < text.length; i += 1) {
    if (text[i] === '\\') i += 1;
    else if (text[i] === '[') inClass = true;
    else if (text[i] === ']') inClass = false;
    else if (text[i] === '/' && !inClass) return i;
  }
  return -1;
}

/** What JavaScript has and RE2 has not; everything else that is wrong RE2 says itself. */
function refuseUnsupported(source: string, offset: number): void {
  let inClass = false;
  for (let i = 0; i < source.length; i += 1) {
    const rest = source.slice(i, i + 4);
    if (!inClass && /^\(\?(?:<?[=!])/.test(rest)) {
      throw new SelectorMistake(offset + i, 'lookahead and lookbehind are not available', {
        allowed: 'the syntax of RE2, which takes linear time',
      });
    }
    if (rest[0] === '\\') {
      if (!inClass && /^\\(?:[1-9]|k<)/.test(rest)) {
        throw new SelectorMistake(offset + i, 'references back to a group are not available', {
          allowed: 'the syntax of RE2, which takes linear time',
        });
      }
      if (rest[1] === 'u') {
        throw new SelectorMistake(offset + i, '`\\u` is not available', {
          allowed: '`\\x{…}`, as in \\x{e9}',
        });
      }
      i += 1;
    } else if (rest[0] === '[') inClass = true;
    else if (rest[0] === ']') inClass = false;
  }
}
