/** What reading a policy asks for again and again. */

import { nearest } from '../../core/gate/index.ts';
import { quote } from '../../core/inputs/index.ts';
import { type Json, type JsonObject, oneLine } from '../../core/kubernetes/index.ts';

/** Says what is wrong below a place. */
export type Tell = (problem: string) => void;

/** `there are a, b`, or the nearest of them. */
export function suggestion(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return near === undefined ? `there are ${known.join(', ')}` : `did you mean ${near}?`;
}

export function listOf(value: Json): readonly Json[] {
  if (Array.isArray(value)) return value;
  return value === null ? [] : [value];
}

/** Null: something in it is no text. */
export function textsOf(value: Json): readonly string[] | null {
  const list = listOf(value);
  const texts = list.filter((one) => typeof one === 'string');
  return texts.length === list.length ? texts : null;
}

export function unknownElements(value: JsonObject, known: readonly string[], tell: Tell): void {
  for (const name of Object.keys(value)) {
    if (known.includes(name)) continue;
    tell(`${quote(name)} is no element; ${suggestion(name, known)}`);
  }
}

export function shown(value: Json): string {
  return typeof value === 'string' ? quote(value) : oneLine(JSON.stringify(value), 80);
}
