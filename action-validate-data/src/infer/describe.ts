/** The `description` of a column: what was seen, in a few words. */

import { formatApart } from '../../../core/gate/index.ts';
import { counted, formatCount, formatPercent } from '../../../core/report/index.ts';
import type { JsonType } from './json-types.ts';
import type { ValueFacts } from './value-facts.ts';

const longestConstant = 40;
/** Fewer values that all agree are no news. */
const fewestForConstant = 2;

/**
 * `18 to 93; 3.2% missing`, `4 distinct values in 50,000 rows`, `always "EUR"`; null when there is nothing to say.
 * @param holders rows, or objects that could have had the value
 */
export function describe(facts: ValueFacts, types: readonly JsonType[], holders: number): string | null {
  const missing = holders - facts.present;
  if (facts.present === 0) return 'no values';
  if (facts.nulls === facts.present) return join(['always null', share(missing, holders, 'missing')]);
  return join([
    values(facts, types),
    share(facts.foreign, facts.present, 'NaN or infinite'),
    share(facts.nulls, holders, 'null'),
    share(missing, holders, 'missing'),
  ]);
}

function join(parts: readonly (string | null)[]): string | null {
  const said = parts.filter((part) => part !== null);
  return said.length === 0 ? null : said.join('; ');
}

function values(facts: ValueFacts, types: readonly JsonType[]): string | null {
  if (types.length > 1) return mixture(facts);
  const present = facts.present - facts.nulls - facts.foreign;
  const [type] = types;
  if (type === 'object' && facts.members?.overflow) return 'many different keys';
  if (type === 'array') return lengths(facts);
  if (type === undefined || type === 'object' || type === 'boolean') return null;
  const constant = constantText(facts, type);
  if (constant !== null && present >= fewestForConstant) return `always ${constant}`;
  if (type !== 'string') return extremes(facts);
  const { choices } = facts;
  if (choices.entries === null || choices.distinct === present) return null;
  const where = counted(present, facts.depth === 0 ? 'row' : 'value');
  return `${formatCount(choices.distinct)} distinct values in ${where}`;
}

function constantText({ choices }: ValueFacts, type: JsonType): string | null {
  if (choices.entries?.size !== 1) return null;
  const [value = ''] = choices.entries.keys();
  const text = type === 'string' ? JSON.stringify(value) : String(value);
  return text.length > longestConstant ? null : text;
}

function extremes({ numbers }: ValueFacts): string | null {
  if (numbers === null) return null;
  if (numbers.wide && !numbers.fractions) return 'whole numbers beyond 2^53';
  if (numbers.low === numbers.high) return null;
  const [low, high] = formatApart([numbers.low, numbers.high], 'number');
  return `${low} to ${high}`;
}

function lengths({ shortestArray, longestArray }: ValueFacts): string {
  return shortestArray === longestArray
    ? counted(shortestArray, 'element')
    : `${formatCount(shortestArray)} to ${counted(longestArray, 'element')}`;
}

function mixture(facts: ValueFacts): string {
  const numbers = facts.numbers?.count ?? 0;
  const texts = facts.texts?.count ?? 0;
  const booleans = facts.booleans + (facts.cells?.booleans ?? 0);
  const parts: [number, string][] = [
    [numbers, 'number'],
    [texts, 'text'],
    [booleans, 'boolean'],
    [facts.arrays, 'array'],
    [facts.objects, 'object'],
  ];
  return parts
    .filter(([count]) => count > 0)
    .map(([count, word]) => counted(count, word))
    .join(', ');
}

/** `3.2% missing`; never `0%` or `100%` unless it is. */
function share(part: number, whole: number, word: string): string | null {
  if (part === 0 || whole === 0) return null;
  const percent = formatPercent(Number((part / whole).toPrecision(2)));
  return percent === '100%' && part < whole ? `over 99% ${word}` : `${percent} ${word}`;
}
