/** Checks and violations as JUnit XML: a test case for each check, and one for each rule that rows break. */

import type { Judged } from '../../../core/gate/types.ts';
import {
  counted,
  fairShares,
  formatCount,
  type JunitCase,
  type JunitOutcome,
  shorten,
  writeJunit,
} from '../../../core/report/index.ts';
import type { Violation, ViolationGroup } from '../types.ts';
import { type CheckOutcome, levelOfGroup, placeText, rowCount, ruleName } from './words.ts';

/** Places listed of one rule, and of all: a file of hundreds of megabytes is read by no viewer. */
const mostPlaces = 1000;
const mostPlacesInAll = 20_000;
const messageLimit = 200;

const suiteName = 'Data gate';

export interface JunitParts {
  readonly groups: readonly ViolationGroup[];
  /** Groups beyond those. */
  readonly groupsLeft: number;
  readonly judged: readonly Pick<Judged, 'check' | 'verdict' | 'reason'>[];
}

/** Reads `violations` until it has the places that are listed. */
export async function writeDataJunit(
  target: string,
  { groups, groupsLeft, judged }: JunitParts,
  violations: AsyncIterable<Violation> | Iterable<Violation>,
): Promise<void> {
  const outcomes = judged.map(({ check, verdict }) => ({ ...check, verdict }));
  const places = await placesOf(groups, violations);
  await writeJunit(target, {
    name: suiteName,
    cases: [
      ...judged.map(checkCase),
      ...groups.map((group) => groupCase(group, outcomes, places.get(keyOf(group)) ?? [])),
      ...(groupsLeft === 0 ? [] : [restCase(groupsLeft, outcomes)]),
    ],
  });
}

function keyOf({ column, rule }: Pick<Violation, 'column' | 'rule'>): string {
  return JSON.stringify([column, rule]);
}

/** The first places of each group, as lines. */
async function placesOf(
  groups: readonly ViolationGroup[],
  violations: AsyncIterable<Violation> | Iterable<Violation>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const wanted = fairShares(
    new Map(groups.map((group) => [keyOf(group), Math.min(group.rows, mostPlaces)])),
    mostPlacesInAll,
  );
  let open = [...wanted.values()].reduce((sum, count) => sum + count, 0);
  const places = new Map<string, string[]>();
  if (open === 0) return places;
  for await (const violation of violations) {
    const key = keyOf(violation);
    const list = places.get(key) ?? [];
    if (list.length >= (wanted.get(key) ?? 0)) continue;
    list.push(`${placeText(violation)}: ${shorten(violation.message, messageLimit)}`);
    places.set(key, list);
    open -= 1;
    if (open === 0) break;
  }
  return places;
}

function checkCase({ check, verdict, reason }: JunitParts['judged'][number]): JunitCase {
  const outcome: JunitOutcome =
    verdict === 'pass'
      ? { kind: 'passed', output: [reason] }
      : check.severity === 'warn'
        ? { kind: 'passed', output: [`warning: ${reason}`] }
        : { kind: 'failed', type: verdict, message: reason, text: [reason] };
  return { classname: `${suiteName}.checks`, name: check.id, place: null, outcome };
}

function groupCase(
  group: ViolationGroup,
  checks: readonly CheckOutcome[],
  places: readonly string[],
): JunitCase {
  const [first] = group.examples;
  const where =
    first === undefined ? '' : `, first ${placeText(first)}: ${shorten(first.message, messageLimit)}`;
  const message = `${rowCount(group.rows)}${where}`;
  const left = group.rows - places.length;
  const lines = left > 0 ? [...places, `… and ${counted(left, 'more row')}`] : places;
  return {
    classname: `${suiteName}.violations`,
    name: ruleName(group),
    place: first === undefined ? null : { file: first.file, line: first.line },
    outcome:
      levelOfGroup(group, checks) === 'error'
        ? { kind: 'failed', type: group.rule, message, text: lines }
        : { kind: 'passed', output: [`warning: ${message}`, ...lines] },
  };
}

/** Beyond the groups that are known one by one. */
function restCase(left: number, checks: readonly CheckOutcome[]): JunitCase {
  const message = `${formatCount(left)} more rules on columns are broken; the file of violations has them all`;
  const failed = checks.some(({ severity, verdict }) => severity === 'fail' && verdict !== 'pass');
  return {
    classname: `${suiteName}.violations`,
    name: 'more rules',
    place: null,
    outcome: failed
      ? { kind: 'failed', type: 'fail', message, text: [message] }
      : { kind: 'passed', output: [`warning: ${message}`] },
  };
}
