/** The schema of one column, property or element from what was seen of it. */

import { counted, formatCount } from '../../../core/report/index.ts';
import { enumOfCodes, enumOfTexts } from './choices.ts';
import { describe } from './describe.ts';
import { formatOf } from './formats.ts';
import { type JsonType, typesOf } from './json-types.ts';
import { type Notes, named, quoted } from './notes.ts';
import { isIdentifierName, rangeOf } from './numbers.ts';
import type { Schema, SchemaValue } from './types.ts';
import type { ValueFacts } from './value-facts.ts';

/** Fewer values do not tell a range, a list or a pattern from chance. */
export const fewestValues = 30;

/** The schema of nested objects, which object-schema.ts gives: it builds on this file. */
type OfObject = (facts: ValueFacts, path: string) => Schema;

export interface Context {
  readonly notes: Notes;
  readonly ofObject: OfObject;
}

/** @param holders rows, or objects that could have had the value; @param path for notes: `address.city` */
export function valueSchema(facts: ValueFacts, path: string, holders: number, context: Context): Schema {
  const types = typesOf(facts);
  const said = describe(facts, types, holders);
  const [type] = types;
  addNotes(facts, types, path, context.notes);
  const description = said === null ? {} : { description: said };
  // What is not JSON is of no type, and NaN is within no range; what was always null may be anything.
  if (type === undefined || facts.foreign > 0) return description;
  return {
    ...description,
    type: typeValue(types, facts.nulls > 0),
    ...(types.length === 1 ? constraints(facts, type, path, context) : {}),
  };
}

function typeValue(types: readonly JsonType[], nullable: boolean): SchemaValue {
  const all: readonly string[] = nullable ? [...types, 'null'] : types;
  const [only] = all;
  return all.length === 1 && only !== undefined ? only : all;
}

function constraints(facts: ValueFacts, type: JsonType, path: string, context: Context): Schema {
  switch (type) {
    case 'integer':
    case 'number':
      return numberConstraints(facts, type);
    case 'string':
      return textConstraints(facts, path, context.notes);
    case 'array':
      return arrayConstraints(facts, path, context);
    case 'object':
      return context.ofObject(facts, path);
    case 'boolean':
      return {};
  }
}

function numberConstraints(facts: ValueFacts, type: 'integer' | 'number'): Schema {
  const { numbers, name } = facts;
  if (numbers === null || numbers.count < fewestValues) return {};
  if (type === 'integer' && !isIdentifierName(name)) {
    const codes = enumOfCodes(facts.choices.entries, numbers.count);
    if (codes !== null) return { enum: withNull(codes, facts) };
  }
  const { minimum, maximum } = rangeOf(numbers, name);
  return { ...(minimum === null ? {} : { minimum }), ...(maximum === null ? {} : { maximum }) };
}

function withNull(values: readonly SchemaValue[], facts: ValueFacts): SchemaValue {
  return facts.nulls > 0 ? [...values, null] : values;
}

/**
 * One of: a format, a list, a pattern, a fixed length; else, for JSON, that it is not empty. Length limits that only
 * repeat the longest text seen are left out: they would reject the next longer one, and say nothing.
 */
function textConstraints(facts: ValueFacts, path: string, notes: Notes): Schema {
  const { texts, cells, choices, name } = facts;
  const total = facts.present - facts.nulls;
  const onlyTexts = (cells?.numbers ?? 0) === 0 && (cells?.booleans ?? 0) === 0;
  const format = texts === null || !onlyTexts ? null : formatOf(texts.formats, name, choices.distinct);
  if (format !== null) return { format };
  if (total < fewestValues) return {};
  if (!isIdentifierName(name)) {
    const reading = enumOfTexts(choices.entries, total);
    if (reading.values !== null) return { enum: withNull(reading.values, facts) };
    if (reading.rare !== null) {
      const { value, count } = reading.rare;
      notes.add(
        `${named(path)} has ${choices.distinct} values in ${counted(total, 'row')}, but ${quoted(value)} occurs only ` +
          `${count === 1 ? 'once' : `${count} times`}: they are not listed as an \`enum\``,
      );
    }
  }
  const code = choices.many ? codeConstraints(facts) : null;
  if (code !== null) return code;
  return cells === null && texts?.empty === 0 ? { minLength: 1 } : {};
}

function codeConstraints({ texts, cells }: ValueFacts): Schema | null {
  if (texts === null || texts.empty > 0 || (cells?.booleans ?? 0) > 0) return null;
  if (cells !== null && cells.numbers > 0) {
    if (!cells.digitsOnly) return null;
    texts.shape.addDigits(cells.shortest, cells.longest);
  }
  const pattern = texts.shape.pattern();
  if (pattern !== null) return { pattern };
  const { length } = texts.shape;
  return length === null ? null : { minLength: length, maxLength: length };
}

function arrayConstraints(facts: ValueFacts, path: string, context: Context): Schema {
  const { elements, shortestArray, longestArray, arrays } = facts;
  const fixed = arrays >= fewestValues && shortestArray === longestArray && longestArray >= 2;
  return {
    ...(elements === null ? {} : { items: valueSchema(elements, `${path}[]`, elements.present, context) }),
    ...(fixed ? { minItems: shortestArray, maxItems: longestArray } : {}),
  };
}

const wordsForMissing = /^(?:na|n\/a|#n\/a|nan|null|none|nil|missing|unknown|-|--|\?|\.)$/i;

function addNotes(facts: ValueFacts, types: readonly JsonType[], path: string, notes: Notes): void {
  const { cells, texts } = facts;
  if (facts.foreign > 0) {
    notes.add(
      `${named(path)} holds NaN or infinite numbers (${formatCount(facts.foreign)}), which are of no type of JSON ` +
        'Schema: nothing is asked of it',
    );
  }
  if (types.length > 1) notes.add(`${named(path)} is of several types: ${types.join(', ')}`);
  if (cells === null || texts === null || cells.numbers === 0 || cells.texts === 0) return;
  // Ids such as 007 between others, and columns that are text anyway, are no slips.
  if (cells.texts > 0.1 * facts.present || /^\d+$/.test(texts.example)) return;
  const hint = wordsForMissing.test(texts.example)
    ? `; \`null=${texts.example}\` in \`csv-options\` reads it as missing`
    : '';
  notes.add(
    `${named(path)} has numbers, but is a column of text because of ${formatCount(cells.texts)} of ` +
      `${counted(facts.present, 'cell')}, the first is ${quoted(texts.example)}${hint}`,
  );
}
