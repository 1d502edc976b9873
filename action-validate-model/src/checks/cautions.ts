/** What a reader of a verdict should know before trusting it; nothing here changes the verdict. */

import { rangeOf } from '../../../core/gate/index.ts';
import type { Check, Comparison, GateResult } from '../../../core/gate/types.ts';
import { modelCatalogue } from '../../../core/metrics/index.ts';
import { listed } from '../predictions/settle-task.ts';

export interface CautionParts {
  readonly checks: readonly Check[];
  readonly rows: number;
  /** Below this many rows a slice is not judged; of the whole data it is said. */
  readonly minSliceSize: number;
  readonly data: { readonly name: string; readonly sha256: string };
  readonly classes: readonly string[];
  /** The baseline when it is an earlier result document. */
  readonly recorded: GateResult | null;
}

export function cautions(parts: CautionParts): string[] {
  return [...fewRows(parts), ...checksThatAlwaysHold(parts), ...otherData(parts), ...otherClasses(parts)];
}

function fewRows({ rows, minSliceSize, checks }: CautionParts): string[] {
  if (rows >= minSliceSize || checks.every(({ confidence }) => confidence !== null)) return [];
  const counted = rows === 1 ? '1 row of data is' : `${rows} rows of data are`;
  return [`${counted} few (min-slice-size ${minSliceSize}): add \`at 95%\` to judge by the interval`];
}

/** `accuracy >= 0` holds for any model: green, and nothing was judged. */
function checksThatAlwaysHold({ checks }: CautionParts): string[] {
  return checks.filter(alwaysHolds).map(({ id }) => `\`${id}\` holds for every model: it decides nothing`);
}

function alwaysHolds({ metric, condition }: Check): boolean {
  const definition = modelCatalogue.get(metric);
  const range = definition === undefined ? undefined : rangeOf(definition);
  if (range === undefined) return false;
  const holds = (operator: Comparison, bound: number): boolean =>
    (operator === '>=' && bound <= range[0]) || (operator === '<=' && bound >= range[1]);
  if (condition.kind === 'compare') {
    return condition.bound.kind === 'number' && holds(condition.operator, condition.bound.value);
  }
  if (condition.kind === 'holds') return false;
  const { low, high } = condition;
  return low.kind === 'number' && high.kind === 'number' && holds('>=', low.value) && holds('<=', high.value);
}

function otherData({ recorded, data }: CautionParts): string[] {
  if (recorded === null) return [];
  const { configuration } = recorded.predicate;
  if (configuration.some(({ digest }) => digest.sha256 === data.sha256)) return [];
  const [theirs] = configuration;
  const named = theirs === undefined ? 'data that it does not name' : `\`${theirs.name}\``;
  return [
    `the baseline document was made on other data: ${named}` +
      `${theirs === undefined ? '' : ` (sha256 ${theirs.digest.sha256.slice(0, 12)}…)`}, this run on \`${data.name}\` ` +
      `(${data.sha256.slice(0, 12)}…); a difference may come from the data`,
  ];
}

function otherClasses({ recorded, classes }: CautionParts): string[] {
  const theirs: unknown = recorded?.predicate.gate.details.classes;
  if (!Array.isArray(theirs) || !theirs.every((name) => typeof name === 'string')) return [];
  const same = theirs.length === classes.length && classes.every((name) => theirs.includes(name));
  if (same) return [];
  return [`the baseline document speaks of the classes ${listed(theirs)}, this run of ${listed(classes)}`];
}
