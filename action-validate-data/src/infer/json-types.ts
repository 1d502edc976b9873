/** Which types of JSON the values of a column have, once CSV cells are converted by the schema. */

import { cell } from '../../../core/tables/csv/index.ts';
import type { ValueFacts } from './value-facts.ts';

export type JsonType = 'integer' | 'number' | 'boolean' | 'string' | 'array' | 'object';

/**
 * Without `null`. Cells are converted to numbers only where the schema has numbers: one cell that is none makes all of
 * the column texts, and booleans beside numbers, too.
 */
export function typesOf(facts: ValueFacts): JsonType[] {
  const cells = cellType(facts);
  const valueNumbers = (facts.numbers?.count ?? 0) - (facts.cells?.numbers ?? 0);
  const valueTexts = (facts.texts?.count ?? 0) - (facts.cells?.texts ?? 0);
  const types: JsonType[] = [];
  if (cells === 'number' || valueNumbers > 0) types.push(facts.numbers?.fractions ? 'number' : 'integer');
  if (cells === 'boolean' || facts.booleans > 0) types.push('boolean');
  if (cells === 'string' || valueTexts > 0) types.push('string');
  if (facts.arrays > 0) types.push('array');
  if (facts.objects > 0) types.push('object');
  // A CSV column of text beside JSON numbers: its cells that are numbers, perhaps `1.5`, are converted after all.
  return cells === 'string' && types[0] === 'integer' ? ['number', ...types.slice(1)] : types;
}

function cellType({ cells }: ValueFacts): 'number' | 'boolean' | 'string' | null {
  if (cells === null) return null;
  if ((cells.classes & cell.text) !== 0) return 'string';
  if (cells.classes === cell.boolean) return 'boolean';
  return (cells.classes & cell.boolean) !== 0 ? 'string' : 'number';
}
