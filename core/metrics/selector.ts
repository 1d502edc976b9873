/** What may stand between the parentheses of the model gate's metrics. */

import type { SelectorReading } from '../gate/types.ts';

export const averages = ['macro', 'micro', 'weighted'] as const;

/** Before the classes of the data are known: a class by name. */
export type VariantName =
  | { readonly kind: 'average'; readonly average: (typeof averages)[number] }
  | { readonly kind: 'class'; readonly name: string };

export interface SliceTerm {
  readonly column: string;
  readonly value: string;
}

/** `f1(macro, region=EU)`: the macro average on the rows whose region is EU. */
export interface MetricSelector {
  readonly variant: VariantName | null;
  /** Fairness metrics: the column whose values are the groups; else null. */
  readonly group: string | null;
  readonly slice: readonly SliceTerm[];
}

type Refusal = Extract<SelectorReading, { ok: false }>;
export type SelectorResult = ({ readonly ok: true; readonly canonical: string } & MetricSelector) | Refusal;

interface Token {
  readonly text: string;
  readonly quoted: boolean;
  readonly offset: number;
}

/** One argument: `name` or `name=value`. */
interface Argument {
  readonly name: Token;
  readonly value: Token | null;
}

/**
 * Reads `macro`, `fraud`, `"class, quoted"`, `region=EU`, or several of these with commas: at most one average or
 * class, any number of slice terms. A quoted word is always a class or a value, never an average. Inside quotes
 * `\"` stands for a quote and `\\` for a backslash. Whether the class and the columns exist is for the gate to say.
 */
export function readMetricSelector(text: string): SelectorResult {
  const read = readArguments(text);
  if ('ok' in read) {
    return read;
  }
  let variant: VariantName | null = null;
  const slice: SliceTerm[] = [];
  for (const { name, value } of read.arguments) {
    if (value !== null) {
      if (slice.some((term) => term.column === name.text)) {
        return refuse(`column ${name.text} stands twice`, name.offset, 'each slice column once');
      }
      slice.push({ column: name.text, value: value.text });
    } else if (variant !== null) {
      return refuse(
        `a second average or class: ${name.text}`,
        name.offset,
        'one of macro, micro, weighted or a class; then slices as column=value',
      );
    } else {
      const average = averages.find((word) => !name.quoted && word === name.text);
      variant = average === undefined ? { kind: 'class', name: name.text } : { kind: 'average', average };
    }
  }
  return accept({ variant, group: null, slice });
}

/** Selector of the fairness metrics: the column whose values are the groups; then slices, if any. */
export function readFairnessSelector(text: string): SelectorResult {
  const read = readArguments(text);
  if ('ok' in read) {
    return read;
  }
  const [first, second] = read.arguments.filter((argument) => argument.value === null);
  const slice = read.arguments.flatMap(({ name, value }) =>
    value === null ? [] : [{ column: name.text, value: value.text }],
  );
  if (first === undefined) {
    return refuse('the column whose values are the groups is missing', 0, 'a column name');
  }
  if (second !== undefined) {
    return refuse(`a second column: ${second.name.text}`, second.name.offset, 'one column name');
  }
  return accept({ variant: null, group: first.name.text, slice });
}

function accept(selector: MetricSelector): SelectorResult {
  return { ok: true, canonical: writeSelector(selector), ...selector };
}

/** The canonical spelling; reading it gives the same selector. */
export function writeSelector({ variant, group, slice }: MetricSelector): string {
  const parts = slice.map((term) => `${writeWord(term.column)}=${writeWord(term.value)}`);
  if (variant !== null) {
    parts.unshift(writeVariant(variant));
  }
  if (group !== null) {
    parts.unshift(writeWord(group));
  }
  return parts.join(', ');
}

function writeVariant(variant: VariantName): string {
  if (variant.kind === 'average') {
    return variant.average;
  }
  const { name } = variant;
  return averages.some((average) => average === name) ? `"${name}"` : writeWord(name);
}

function writeWord(word: string): string {
  if (word !== '' && word === word.trim() && !/[",=()\\#']|^\//.test(word)) {
    return word;
  }
  return `"${word.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

function refuse(message: string, offset: number, allowed?: string): Refusal {
  return allowed === undefined ? { ok: false, message, offset } : { ok: false, message, offset, allowed };
}

/** Splits at commas and at the first `=` of each argument, outside quotes. */
function readArguments(text: string): { readonly arguments: readonly Argument[] } | Refusal {
  const found: Argument[] = [];
  let at = 0;
  for (;;) {
    const name = readToken(text, at, ',=');
    if ('ok' in name) {
      return name;
    }
    at = name.end;
    let value: Token | null = null;
    if (text[at] === '=') {
      const read = readToken(text, at + 1, ',');
      if ('ok' in read) {
        return read;
      }
      value = read.token;
      at = read.end;
    }
    if (name.token.text === '' && !name.token.quoted) {
      const missing = value === null ? 'nothing stands here' : 'the column name before = is missing';
      return refuse(missing, name.token.offset, 'an average, a class or column=value');
    }
    if (value !== null && value.text === '' && !value.quoted) {
      return refuse('the value after = is missing', value.offset, 'a value; "" for an empty one');
    }
    found.push({ name: name.token, value });
    if (at >= text.length) {
      return { arguments: found };
    }
    at += 1;
  }
}

/** From `start` to one of `stops` or the end: a quoted word, or plain text with the blanks around it taken off. */
function readToken(text: string, start: number, stops: string): { token: Token; end: number } | Refusal {
  let at = start;
  while (text[at] === ' ' || text[at] === '\t') {
    at++;
  }
  const offset = at;
  if (text[at] !== '"') {
    while (at < text.length && !stops.includes(text[at] as string)) {
      if (text[at] === '"') {
        return refuse('a quote in the middle of a word', at, 'the whole word in quotes');
      }
      at++;
    }
    return { token: { text: text.slice(offset, at).trim(), quoted: false, offset }, end: at };
  }
  let word = '';
  at++;
  while (at < text.length && text[at] !== '"') {
    if (text[at] === '\\' && (text[at + 1] === '"' || text[at + 1] === '\\')) {
      at++;
    }
    word += text[at];
    at++;
  }
  if (at >= text.length) {
    return refuse('the quote opened here is never closed', offset);
  }
  at++;
  while (text[at] === ' ' || text[at] === '\t') {
    at++;
  }
  if (at < text.length && !stops.includes(text[at] as string)) {
    return refuse('text follows the closing quote', at, stops === ',' ? 'a comma' : 'a comma or =');
  }
  return { token: { text: word, quoted: true, offset }, end: at };
}
