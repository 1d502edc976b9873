/** What was seen of each service: its requests, all and by name, and what it used. */

import { InputError } from '../../../core/inputs/index.ts';
import { requestNameOf } from '../catalogue.ts';
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
  /** Those that checks name and the most frequent of the others, the most frequent first. */
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
  return {
    windows,
    all: subject(null),
    byName: new Map(namesToRead(config, windows).map(([name, at]) => [name, subject(at)])),
  };
}

/** Each name is read by itself: a corpus of thousands of paths must not take as many passes over all requests. */
const mostNames = 50;

function namesToRead(
  { requests, checks }: Config,
  windows: readonly Window[],
): readonly (readonly [name: string, places: ReadonlySet<number>])[] {
  const places = placesByName(requests.templates.map(({ name }) => name));
  const due = new Float64Array(requests.templates.length);
  for (const { samples, target } of windows) {
    const { schedule } = samples;
    for (let i = 0; i < schedule.request.length; i++) {
      const request = schedule.request[i] ?? 0;
      if (schedule.target[i] === target) due[request] = (due[request] ?? 0) + 1;
    }
  }
  const dueOf = (at: ReadonlySet<number>): number =>
    [...at].reduce((sum, place) => sum + (due[place] ?? 0), 0);
  const named = new Set(checks.flatMap(({ selector }) => (selector === null ? [] : requestNameOf(selector))));
  return [...places]
    .map(([name, at]) => ({ name, at, due: dueOf(at), wanted: named.has(name) }))
    .sort((a, b) => Number(b.wanted) - Number(a.wanted) || b.due - a.due)
    .slice(0, Math.max(mostNames, named.size))
    .sort((a, b) => b.due - a.due)
    .map(({ name, at }) => [name, at] as const);
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
