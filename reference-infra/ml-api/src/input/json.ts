/** JSON bodies. */

import { malformed } from '../errors.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/** @throws RequestError when the bytes are not UTF-8. */
export function decodeText(body: Uint8Array): string {
  try {
    return decoder.decode(body);
  } catch {
    throw malformed('The body is not UTF-8 text.');
  }
}

/** Digits beyond which a BigInt would only cost time: no integer type of a model holds them. */
const longestInteger = 40;

/**
 * @param exactIntegers Whole numbers beyond 2^53 become bigints; otherwise they are rounded, as everywhere in JavaScript.
 * @throws RequestError
 */
export function parseJson(body: Uint8Array, exactIntegers: boolean): unknown {
  const text = decodeText(body);
  if (text.trim() === '') throw malformed('The body is empty; a JSON object is wanted.');
  try {
    return exactIntegers && /\d{16}/.test(text) ? JSON.parse(text, keepInteger) : JSON.parse(text);
  } catch (error) {
    if (error instanceof RangeError) throw malformed('The body is nested too deeply.');
    const near = /(?:^|[\s[,:])([+-]?(?:NaN|Infinity|nan|inf))(?:$|[\s\],}])/.exec(text)?.[1];
    if (near !== undefined) throw malformed(`The body is not JSON: JSON has no ${near}.`);
    throw malformed(`The body is not JSON: ${reasonOf(error)}.`);
  }
}

function keepInteger(_: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context?.source ?? '';
  return source.length <= longestInteger && /^-?\d+$/.test(source) ? BigInt(source) : value;
}

/** V8's sentence without the excerpt of the body, which may be long. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const place = / at position \d+(?: \(line \d+ column \d+\))?/.exec(message)?.[0];
  const what = message
    .replace(/, (?:\.\.\.)?".*$/s, '')
    .replace(/ in JSON.*$/s, '')
    .slice(0, 80);
  return `${what}${place ?? ''}`;
}
