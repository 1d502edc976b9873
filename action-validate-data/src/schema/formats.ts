/** The formats that are asserted, from ajv-formats in its full mode. */

import type { Ajv, Format } from 'ajv';
import addFormatsModule from 'ajv-formats';
import { fullFormats } from 'ajv-formats/dist/formats.js';

const addFormats = addFormatsModule as unknown as (ajv: Ajv) => Ajv;

export const formatNames: readonly string[] = Object.keys(fullFormats);

export function addFormatsTo(ajv: Ajv): void {
  addFormats(ajv);
}

/** Whether a text is of the format; formats of numbers, and unknown ones, hold for every text. */
export function formatCheck(name: string): (text: string) => boolean {
  const format: Format | undefined = Object.hasOwn(fullFormats, name)
    ? (fullFormats as Readonly<Record<string, Format>>)[name]
    : undefined;
  if (format === undefined || format === true) return () => true;
  if (format instanceof RegExp) return (text) => format.test(text);
  if (typeof format === 'function') return (text) => format(text);
  if (typeof format !== 'object' || ('type' in format && format.type === 'number')) return () => true;
  const { validate } = format;
  if (validate instanceof RegExp) return (text) => validate.test(text);
  if (typeof validate === 'function') return (text) => (validate as (data: string) => boolean)(text);
  return () => false;
}
