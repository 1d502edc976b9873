/** The formats that are asserted, from ajv-formats in its full mode. */

import type { Ajv, Format, FormatDefinition } from 'ajv';
import addFormatsModule from 'ajv-formats';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import { judgeText } from './unjudgeable.ts';

const addFormats = addFormatsModule as unknown as (ajv: Ajv) => Ajv;

export const formatNames: readonly string[] = Object.keys(fullFormats);

/** The numbers by which a watch knows formats begin here; those below are of patterns. */
const firstFormat = 1 << 20;

/** The format that a watch was told of; null: it was a pattern. */
export function watchedFormat(index: number): string | null {
  return formatNames[index - firstFormat] ?? null;
}

/** `run`: told of each format that runs on a text, by its number, with the work. */
export function addFormatsTo(ajv: Ajv, run?: (index: number, work: () => boolean) => boolean): void {
  addFormats(ajv);
  for (const [place, name] of formatNames.entries()) {
    if (!isTextFormat(name)) continue;
    const judge = formatJudge(name);
    const validate =
      run === undefined ? judge : (text: string): boolean => run(firstFormat + place, () => judge(text));
    const format = formatNamed(name);
    // Without the order of dates, `formatMinimum` and its like would not compile.
    const order = typeof format === 'object' && 'compare' in format ? { compare: format.compare } : {};
    ajv.addFormat(name, { ...order, validate } as FormatDefinition<string>);
  }
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

/** The expression of `url` takes time that grows with the square of the text: 20 ms for this many characters. */
const longestSure = 4000;

/**
 * Whether a text is surely of the format; formats of numbers, and unknown ones, hold for every text. Of a text longer
 * than `longestSure` nothing is sure: ajv judges it, under the watch.
 */
export function formatCheck(name: string): (text: string) => boolean {
  const judge = formatJudge(name);
  return (text) => text.length <= longestSure && judge(text);
}

/** Whether a text is of the format, as ajv-formats says. The judge throws Unjudgeable for texts of many megabytes. */
export function formatJudge(name: string): (text: string) => boolean {
  const format = formatNamed(name);
  if (format === undefined || format === true || isNumberFormat(name)) return () => true;
  const test = typeof format === 'object' && 'validate' in format ? format.validate : format;
  const what = `the format ${name}`;
  if (test instanceof RegExp) return (text) => judgeText(what, (each) => test.test(each), text);
  if (typeof test === 'function') return (text) => judgeText(what, test as (data: string) => boolean, text);
  return () => false;
}

function formatNamed(name: string): Format | undefined {
  return Object.hasOwn(fullFormats, name)
    ? (fullFormats as Readonly<Record<string, Format>>)[name]
    : undefined;
}
