/** Texts that stand for missing values, such as NA. */

import { fieldForm, fieldText } from './scanner.ts';

/** Whether the field is one of the texts. */
export type NullTest = (bytes: Buffer, start: number, end: number, form: number) => boolean;

/** Undefined when there are no texts to look for. */
export function nullTest(texts: readonly string[], quote: number): NullTest | undefined {
  if (texts.length === 0) return undefined;
  const byLength = new Map<number, Buffer[]>();
  for (const text of texts) {
    const bytes = Buffer.from(text);
    byLength.set(bytes.length, [...(byLength.get(bytes.length) ?? []), bytes]);
  }
  const set = new Set(texts);
  return (bytes, start, end, form) => {
    if (form === fieldForm.escaped) return set.has(fieldText(bytes, start, end, form, quote));
    const candidates = byLength.get(end - start);
    return candidates?.some((text) => text.compare(bytes, start, end) === 0) === true;
  };
}
