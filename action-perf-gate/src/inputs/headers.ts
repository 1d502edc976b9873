/** Headers as a request may carry them. No message ever shows a value: it may be a secret. */

import { quote } from '../../../core/inputs/index.ts';

export type Header = readonly [name: string, value: string];

export interface Mistake {
  readonly message: string;
  readonly allowed?: string;
  readonly nearest?: string;
}

export type HeaderReading =
  | { readonly ok: true; readonly header: Header }
  | { readonly ok: false; readonly mistake: Mistake };

/** RFC 9110, 5.6.2: the characters of a token. */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** RFC 9110, 5.5: visible characters, blanks and tabs, and bytes above 127. */
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/;

/** What frames a message or belongs to the connection: the generator's. */
const managed = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Values that say nothing about who is asking. All others are taken for secrets. */
const publicHeaders = new Set([
  'accept',
  'accept-charset',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'content-encoding',
  'content-language',
  'content-type',
  'host',
  'pragma',
  'user-agent',
]);

export function isSecretHeader(name: string): boolean {
  return !publicHeaders.has(name.toLowerCase());
}

export function readHeader(name: string, value: string): HeaderReading {
  const wrong = (message: string, allowed?: string): HeaderReading => ({
    ok: false,
    mistake: allowed === undefined ? { message } : { message, allowed },
  });
  if (!token.test(name)) {
    return wrong(
      name === ''
        ? 'a header without a name'
        : 'the name of a header holds a character that no name may hold',
      'letters, digits and - in the name',
    );
  }
  if (managed.has(name.toLowerCase())) {
    return wrong(`the header ${quote(name)} is set by the gate itself`);
  }
  if (/[\r\n\0]/.test(value)) {
    return wrong(`the value of the header ${quote(name)} holds a line end`, 'a value on one line');
  }
  if (!fieldValue.test(value)) {
    return wrong(
      `the value of the header ${quote(name)} holds a character that a header cannot carry`,
      'characters of Latin-1 without control characters',
    );
  }
  return { ok: true, header: [name, value.trim()] };
}

/** `Name: value`, one a line. */
export function readHeaderLine(line: string): HeaderReading {
  const colon = line.indexOf(':');
  if (colon < 0) {
    return {
      ok: false,
      mistake: { message: 'is no header: it has no colon', allowed: '`Name: value`, one a line' },
    };
  }
  return readHeader(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
}

/** Those of `over` in the place of those of `under` with the same name. */
export function mergeHeaders(under: readonly Header[], over: readonly Header[]): readonly Header[] {
  const names = new Set(over.map(([name]) => name.toLowerCase()));
  return [...under.filter(([name]) => !names.has(name.toLowerCase())), ...over];
}

export function hasHeader(headers: readonly Header[], wanted: string): boolean {
  return headers.some(([name]) => name.toLowerCase() === wanted);
}
