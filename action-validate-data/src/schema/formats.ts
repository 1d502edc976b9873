/** The formats that are asserted, from ajv-formats in its full mode. */

import type { Ajv, Format } from 'ajv';
import addFormatsModule from 'ajv-formats';
import { fullFormats } from 'ajv-formats/dist/formats.js';

const addFormats = addFormatsModule as unknown as (ajv: Ajv) => Ajv;

export const formatNames: readonly string[] = Object.keys(fullFormats);

export function addFormatsTo(ajv: Ajv): void {
  addFormats(ajv);
}

/** Formats of numbers: OpenAPI's `int32`, `int64`, `float`, `double`. They say nothing of texts. */
export function isNumberFormat(name: string): boolean {
  const format = formatNamed(name);
  return typeof format === 'object' && 'type' in format && format.type === 'number';
}

/** Whether ajv judges texts by this format: it knows the name, and the name is more than a hint to an editor. */
export function isTextFormat(name: string): boolean {
  const format = formatNamed(name);
  return format !== undefined && format !== true && !isNumberFormat(name);
}

/** Whether a text is of the format; formats of numbers, and unknown ones, hold for every text. */
export function formatCheck(name: string): (text: string) => boolean {
  const format = formatNamed(name);
  if (format === undefined || format === true || isNumberFormat(name)) return () => true;
  const test = typeof format === 'object' && 'validate' in format ? format.validate : format;
  if (test instanceof RegExp) return (text) => test.test(text);
  if (typeof test === 'function') return (text) => (test as (data: string) => boolean)(text);
  return () => false;
}

function formatNamed(name: string): Format | undefined {
  return Object.hasOwn(fullFormats, name)
    ? (fullFormats as Readonly<Record<string, Format>>)[name]
    : undefined;
}
