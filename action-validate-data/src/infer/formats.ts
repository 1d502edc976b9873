/**
 * Which formats of JSON Schema all texts of a column have. The judge is ajv-formats, as in validation; on top of it
 * stands what keeps accidents out: almost any word is a hostname, and `key:value` is a URI.
 */

import { formatCheck } from '../schema/formats.ts';

interface Candidate {
  readonly name: string;
  /** Cheap and necessary; most columns are decided by it at their first value. */
  readonly may: (text: string) => boolean;
  readonly is: (text: string) => boolean;
}

const scheme = /^(?:[a-z][a-z0-9+.-]*:\/\/|(?:mailto|urn|tel|data):)/i;
const domain = /\.(?:[a-z]{2,}|xn--[a-z0-9-]+)\.?$/i;

/** In the order of preference where a text has several: `10.0.0.1` is an address, not a hostname. */
const candidates: readonly Candidate[] = [
  candidate('date', (text) => text.length === 10 && text[4] === '-'),
  candidate('date-time', (text) => text.length >= 20 && text.length <= 64 && text[4] === '-'),
  candidate('time', (text) => text.length >= 9 && text.length <= 32 && text[2] === ':'),
  candidate('uuid', (text) => text.length === 36 || text.length === 45),
  candidate('email', (text) => text.length <= 320 && text.includes('@')),
  candidate('ipv4', (text) => text.length <= 15 && text.includes('.')),
  candidate('ipv6', (text) => text.length <= 45 && text.includes(':')),
  candidate('uri', (text) => text.length <= 2_048 && scheme.test(text)),
  candidate('hostname', (text) => text.length <= 254 && domain.test(text)),
];

/** `1.2.3.4` is a version, too, `a::b` a name in C++, `report.pdf` a file. */
const easilyAccidental: ReadonlySet<string> = new Set(['ipv4', 'ipv6', 'hostname']);
const hostNames = /host|domain|server|dns|fqdn/i;
const fewestForAccidental = 3;

export const allFormats = (1 << candidates.length) - 1;

/** The formats among `alive` (a bit each) that the text has as well. */
export function keepFormats(alive: number, text: string): number {
  let left = alive;
  for (let bit = 0; bit < candidates.length; bit += 1) {
    const { may, is } = candidates[bit] as Candidate;
    if ((left & (1 << bit)) !== 0 && !(may(text) && is(text))) left &= ~(1 << bit);
  }
  return left;
}

/**
 * The format to name in a schema; null when none is left or what is left may well be an accident: an address needs
 * three different values, a hostname a column that is named like one as well.
 */
export function formatOf(alive: number, column: string, distinct: number): string | null {
  const found = candidates.find(
    ({ name }, bit) =>
      (alive & (1 << bit)) !== 0 &&
      (!easilyAccidental.has(name) || distinct >= fewestForAccidental) &&
      (name !== 'hostname' || hostNames.test(column)),
  );
  return found?.name ?? null;
}

function candidate(name: string, may: (text: string) => boolean): Candidate {
  return { name, may, is: formatCheck(name) };
}
