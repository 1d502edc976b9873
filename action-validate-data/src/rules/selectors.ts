/** What stands between the parentheses of each rule, read into what it means. */

import { SelectorMistake, SelectorReader, writeName } from '../../../core/gate/index.ts';
import type { SelectorReading } from '../../../core/gate/types.ts';
import { type Pattern, readPattern, writePattern } from './patterns.ts';

export type RuleSelector =
  /** The table as a whole. */
  | { readonly kind: 'table' }
  | { readonly kind: 'columns'; readonly columns: readonly string[] }
  | { readonly kind: 'quantile'; readonly column: string; readonly quantile: number }
  | { readonly kind: 'exists'; readonly column: string; readonly path: string; readonly otherColumn: string }
  /** `columns` null: whole rows. */
  | { readonly kind: 'overlap'; readonly path: string; readonly columns: readonly string[] | null }
  | { readonly kind: 'matches'; readonly column: string; readonly pattern: Pattern }
  | { readonly kind: 'holds'; readonly expression: string };

const comma = /,/y;
const inWord = /\s+in(?=[\s"])/iy;
const onWord = /\s+on(?=[\s"])/iy;
/** The colon before the last name: a path may hold colons, and so may a column in quotes. */
const lastColon = /:(?=\s*(?:"(?:[^"\\]|\\.|"")*"|[^:"]*)\s*$)/y;
const never = /(?!)/y;

/** Readers by metric; a metric that is not here takes no parentheses. */
const readers: Readonly<Record<string, (reader: SelectorReader) => RuleSelector>> = {
  null_fraction: oneColumn,
  unique: someColumns,
  duplicate_fraction: someColumns,
  distinct_count: oneColumn,
  min: oneColumn,
  max: oneColumn,
  mean: oneColumn,
  stddev: oneColumn,
  median: oneColumn,
  quantile: readQuantile,
  freshness: oneColumn,
  exists: readExists,
  overlap: readOverlap,
  matches: readMatches,
  correlation: twoColumns,
  holds: ({ text }) => ({ kind: 'holds', expression: text.trim() }),
};

/**
 * What a rule's selector means; null text is the table as a whole.
 * @throws SelectorMistake
 */
export function parseSelector(metric: string, text: string | null): RuleSelector {
  const read = Object.hasOwn(readers, metric) ? readers[metric] : undefined;
  if (text === null || read === undefined) return { kind: 'table' };
  return read(new SelectorReader(text));
}

/** For the catalogue: the canonical spelling, or what is wrong. */
export function readSelector(metric: string, text: string): SelectorReading {
  try {
    return { ok: true, canonical: writeSelector(parseSelector(metric, text)) };
  } catch (error) {
    if (!(error instanceof SelectorMistake)) throw error;
    return { ok: false, message: error.message, offset: error.offset, ...error.hints };
  }
}

/** Reading it gives the same selector. */
function writeSelector(selector: RuleSelector): string {
  switch (selector.kind) {
    case 'table':
      return '';
    case 'columns':
      return selector.columns.map(writeName).join(', ');
    case 'quantile':
      return `${writeName(selector.column)}, ${selector.quantile}`;
    case 'exists':
      return `${writeName(selector.column)} in ${writeName(selector.path)}:${writeName(selector.otherColumn)}`;
    case 'overlap': {
      const { path, columns } = selector;
      return columns === null
        ? writeName(path)
        : `${writeName(path)} on ${columns.map(writeName).join(', ')}`;
    }
    case 'matches':
      return `${writeName(selector.column)}, ${writePattern(selector.pattern)}`;
    case 'holds':
      return selector.expression;
  }
}

/** Names separated by commas up to the end, each once. */
function names(reader: SelectorReader): string[] {
  const found: string[] = [];
  for (;;) {
    reader.skipBlanks();
    const start = reader.at;
    const name = reader.name(comma);
    if (found.includes(name)) throw new SelectorMistake(start, `column \`${name}\` stands twice`);
    found.push(name);
    if (reader.done) return found;
    reader.take(comma);
  }
}

function oneColumn(reader: SelectorReader): RuleSelector {
  const column = reader.name(comma);
  if (!reader.done)
    throw new SelectorMistake(reader.at, 'one column is enough', { allowed: 'a column name' });
  return { kind: 'columns', columns: [column] };
}

function twoColumns(reader: SelectorReader): RuleSelector {
  const columns = names(reader);
  if (columns.length !== 2) {
    throw new SelectorMistake(0, `two columns are needed, not ${columns.length}`, {
      allowed: '`height, weight`',
    });
  }
  return { kind: 'columns', columns };
}

function someColumns(reader: SelectorReader): RuleSelector {
  return { kind: 'columns', columns: names(reader) };
}

function readQuantile(reader: SelectorReader): RuleSelector {
  const column = reader.name(comma);
  const allowed = 'a column and a number from 0 to 1: `latency, 0.95`';
  if (reader.done) throw new SelectorMistake(reader.at, 'which quantile is missing', { allowed });
  reader.take(comma);
  reader.skipBlanks();
  const start = reader.at;
  const text = reader.text.slice(start).trim();
  const [, digits, percent] = /^(\d+(?:\.\d*)?|\.\d+)\s*(%?)$/.exec(text) ?? [];
  // 95% by its decimal digits: 95 / 100 is exact, and 99.9 / 100 would not be 0.999.
  const quantile = digits === undefined ? Number.NaN : Number(percent === '' ? digits : `${digits}e-2`);
  if (!(quantile >= 0 && quantile <= 1)) {
    throw new SelectorMistake(
      start,
      text === '' ? 'which quantile is missing' : `\`${text}\` is no quantile`,
      {
        allowed,
        ...(quantile > 1 && quantile <= 100 ? { nearest: `${text}%` } : {}),
      },
    );
  }
  return { kind: 'quantile', column, quantile };
}

function readExists(reader: SelectorReader): RuleSelector {
  const allowed = 'a column, a file and its column: `customer_id in customers.csv:id`';
  const column = reader.name(inWord);
  if (reader.take(inWord) === null) {
    throw new SelectorMistake(reader.at, 'the file is missing', { allowed });
  }
  const path = reader.name(lastColon, 'the file');
  if (reader.take(/\s*:/y) === null) {
    throw new SelectorMistake(reader.at, 'the column of the file is missing', { allowed });
  }
  const otherColumn = reader.name(never, 'the column of the file');
  return { kind: 'exists', column, path, otherColumn };
}

function readOverlap(reader: SelectorReader): RuleSelector {
  const path = reader.name(onWord, 'the file');
  if (reader.take(onWord) === null) return { kind: 'overlap', path, columns: null };
  return { kind: 'overlap', path, columns: names(reader) };
}

function readMatches(reader: SelectorReader): RuleSelector {
  const column = reader.name(comma);
  const missing = reader.done;
  reader.take(comma);
  reader.skipBlanks();
  const text = reader.text.slice(reader.at).trim();
  return { kind: 'matches', column, pattern: readPattern(missing ? '' : text, reader.at) };
}
