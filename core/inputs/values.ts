/** The texts of single values: booleans, numbers, times, URLs. */

import { convert } from '../gate/index.ts';

export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string; readonly allowed?: string; readonly nearest?: string };

export interface Range {
  readonly minimum?: number;
  readonly maximum?: number;
  /** The ends themselves are not allowed. */
  readonly exclusive?: boolean;
}

/** The spellings of YAML 1.2's core schema, which GitHub's own `getBooleanInput` takes as well. */
export function parseBoolean(text: string): Reading<boolean> {
  if (/^(?:true|True|TRUE)$/.test(text)) return { ok: true, value: true };
  if (/^(?:false|False|FALSE)$/.test(text)) return { ok: true, value: false };
  const usual: Readonly<Record<string, string>> = {
    yes: 'true',
    on: 'true',
    1: 'true',
    no: 'false',
    off: 'false',
    0: 'false',
  };
  const guess = usual[text.toLowerCase()];
  return {
    ok: false,
    message: `${show(text)} is not a boolean`,
    allowed: 'true, false',
    ...(guess === undefined ? {} : { nearest: guess }),
  };
}

export function parseInteger(text: string, range: Range = {}): Reading<number> {
  const value = Number(text);
  const allowed = describeRange(range, 'whole numbers', String);
  if (!/^[+-]?\d+$/.test(text) || !Number.isSafeInteger(value)) {
    return { ok: false, message: `${show(text)} is not a whole number`, allowed };
  }
  if (!isWithin(value, range)) return { ok: false, message: `${show(text)} is out of range`, allowed };
  return { ok: true, value };
}

/** `95%` or `0.95` as 0.95; from 0 to 1 unless the range says otherwise. */
export function parseFraction(text: string, given: Range = {}): Reading<number> {
  const range = { minimum: 0, maximum: 1, ...given };
  const match = /^((?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)\s*(%?)$/.exec(text);
  const allowed = describeRange(range, 'percentages or fractions', (value) => `${value * 100}%`);
  if (match === null)
    return { ok: false, message: `${show(text)} is neither a percentage nor a fraction`, allowed };
  const [mantissa = '', exponent = '0'] = (match[1] ?? '').toLowerCase().split('e');
  // Shifting the decimal text rounds once: 99.9% is 0.999 exactly.
  const value = Number(`${mantissa}e${Number(exponent) - (match[2] === '%' ? 2 : 0)}`);
  if (isWithin(value, range)) return { ok: true, value };
  const forgotten = match[2] === '' && value > 1 && isWithin(value / 100, range);
  const problem = { ok: false as const, message: `${show(text)} is out of range`, allowed };
  return forgotten ? { ...problem, nearest: `${text}%` } : problem;
}

/** `24h`, `90 m` or `1.5d` in seconds, with the units of thresholds; `name` is that of the input. */
export function parseDuration(text: string, name: string): Reading<number> {
  const match = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(text);
  if (match === null) {
    return {
      ok: false,
      message: `${show(text)} is not a time`,
      allowed: 'a number with its unit: 30s, 15m, 24h, 7d',
    };
  }
  const [, magnitude = '', unit = ''] = match;
  return convert(String(Number(magnitude)), unit, 'seconds', name);
}

export function parseUrl(text: string): Reading<URL> {
  const allowed = 'http:// and https:// URLs';
  if (!URL.canParse(text)) return { ok: false, message: `${show(redactUrl(text))} is not a URL`, allowed };
  const value = new URL(text);
  if (value.protocol === 'http:' || value.protocol === 'https:') return { ok: true, value };
  const scheme = value.protocol.slice(0, -1);
  // `user:password@host` is a URL of the scheme `user`.
  if (text.includes('@') && !text.includes('://')) {
    return {
      ok: false,
      message: 'the address lacks its scheme',
      allowed,
      nearest: `https://${text.replace(/^.*@/, '')}`,
    };
  }
  return { ok: false, message: `${show(redactUrl(text))} has the scheme ${scheme}`, allowed };
}

/** A URL for display: without user name and password. Text that is no URL keeps all but what looks like them. */
export function redactUrl(url: string | URL): string {
  const text = String(url);
  return text.replaceAll(/([A-Za-z][A-Za-z0-9+.-]*:[/\\]{2,})[^\s/\\?#]*@/g, '$1');
}

function isWithin(value: number, { minimum, maximum, exclusive }: Range): boolean {
  if (!Number.isFinite(value)) return false;
  if (exclusive === true) return value > (minimum ?? -Infinity) && value < (maximum ?? Infinity);
  return value >= (minimum ?? -Infinity) && value <= (maximum ?? Infinity);
}

function describeRange(
  { minimum, maximum, exclusive }: Range,
  kind: string,
  write: (value: number) => string,
): string {
  const low = minimum === undefined ? '' : ` ${exclusive ? 'above' : 'from'} ${write(minimum)}`;
  const high = maximum === undefined ? '' : ` ${exclusive ? 'below' : 'to'} ${write(maximum)}`;
  return `${kind}${low}${low !== '' && high !== '' && exclusive ? ' and' : ''}${high}`;
}

function show(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);
}
