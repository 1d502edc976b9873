/** What was seen of each service: its requests, all and by name, and what it used. */

import { InputError } from '../../../core/inputs/index.ts';
import type { Config } from '../inputs/index.ts';
import { type Outcome, outcomes, type Samples } from '../load/index.ts';
import type { Life, Runs } from '../run/index.ts';
import { canSeeProcesses } from '../service/index.ts';
import { type Subject, type UsageReading, usageBlocks } from './estimate.ts';
import { placesByName, readWindows, type Window } from './reading.ts';

/** Requests of one service. */
export interface Arm {
  readonly windows: readonly Window[];
  readonly all: Subject;
  /** In the order in which names first stand in the corpus. */
  readonly byName: ReadonlyMap<string, Subject>;
}

export function readArm(config: Config, runs: Runs, target: 0 | 1): Arm {
  const windows = runs.lives.map(({ load }) => ({ samples: load.samples, target }));
  const side = runs.duet === null || target === runs.candidate ? config.candidate : config.baseline;
  const started = side !== null && side.service !== null;
  const usage = started ? readUsage(runs.lives, target) : null;
  const noUsage = !started
    ? 'the gate did not start the service'
    : canSeeProcesses()
      ? 'no process of the start command holds the port of the service (does it run in a container?)'
      : 'this system does not tell what processes use: it takes Linux';
  const subject = (requests: ReadonlySet<number> | null): Subject => ({
    reading: readWindows(windows, requests),
    usage: requests === null ? usage : null,
    noUsage,
  });
  const places = placesByName(config.requests.templates.map(({ name }) => name));
  return {
    windows,
    all: subject(null),
    byName: new Map([...places].map(([name, at]) => [name, subject(at)])),
  };
}

export function subjectOf(arm: Arm, name: string | null): Subject {
  if (name === null) return arm.all;
  const found = arm.byName.get(name);
  if (found === undefined)
    throw new InputError([{ input: 'thresholds', message: `no request is called ${name}` }]);
  return found;
}

function readUsage(lives: readonly Life[], target: number): UsageReading | null {
  const seen = lives.flatMap(({ load, tracks }) => {
    const track = tracks[target];
    if (track === null || track === undefined) return [];
    return [
      { track, doneMs: answeredMs(load.samples, target), durationMs: load.samples.schedule.durationMs },
    ];
  });
  return seen.length < lives.length || seen.length === 0 ? null : usageBlocks(seen);
}

const answered = new Set([
  outcomes.indexOf('ok' satisfies Outcome),
  outcomes.indexOf('unexpected' satisfies Outcome),
]);

/** When responses ended, as expected or not: what processor time is spread over. */
function answeredMs({ schedule, doneMs, outcome }: Samples, target: number): Float64Array {
  return doneMs.filter((_, i) => schedule.target[i] === target && answered.has(outcome[i] ?? -1));
}
