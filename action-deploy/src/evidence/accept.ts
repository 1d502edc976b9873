/** Whether a document counts for what is to be deployed. */

import type { GateResult } from '../../../core/gate/types.ts';

export interface Wanted {
  /** Null: not known. */
  readonly commit: string | null;
  /** `sha256:…` of the image. */
  readonly imageDigest: string;
  /** Older documents do not count. */
  readonly maxAgeMs: number;
  readonly now: Date;
}

export interface Acceptance {
  readonly accepted: boolean;
  /** Follows the path. */
  readonly reason: string;
}

/** Clocks of runners differ by seconds. */
const skewMs = 5 * 60_000;

/** The first thing that speaks against it. */
export function accept({ subject, predicate: { gate } }: GateResult, wanted: Wanted): Acceptance {
  const refused = (reason: string): Acceptance => ({ accepted: false, reason });
  if (gate.verdict !== 'pass') return refused(`did not pass: ${verdictOf(gate)}`);
  const ofCommit = wanted.commit !== null && gate.commit === wanted.commit;
  const ofImage = subject.some(({ digest }) => `sha256:${digest.sha256}` === wanted.imageDigest);
  if (!ofCommit && !ofImage) return refused(foreign(gate.commit, wanted.commit));
  const ageMs = wanted.now.getTime() - Date.parse(gate.finishedAt);
  if (ageMs < -skewMs) return refused(`is of the future: it was finished at ${gate.finishedAt}`);
  if (ageMs > wanted.maxAgeMs)
    return refused(
      `is too old: it was finished ${duration(ageMs)} ago, and at most ${duration(wanted.maxAgeMs)} are allowed`,
    );
  const what = ofImage ? 'this image' : 'this commit';
  const count = gate.checks.length;
  return {
    accepted: true,
    reason: `${gate.action} passed with ${count} check${count === 1 ? '' : 's'} for ${what}`,
  };
}

function verdictOf({ verdict, checks }: GateResult['predicate']['gate']): string {
  const first = checks.find((check) => check.severity === 'fail' && check.verdict === verdict);
  return first === undefined ? verdict : `${verdict} of ${first.id}: ${first.reason}`;
}

function foreign(theirs: string | null, ours: string | null): string {
  const commit = theirs === null ? 'names no commit' : `is of commit ${short(theirs)}`;
  const wanted = ours === null ? 'the commit of this run is not known' : `this is ${short(ours)}`;
  return `is of something else: it ${commit}, ${wanted}, and the image is not among its subjects`;
}

function short(commit: string): string {
  return commit.slice(0, 12);
}

/** `3 d`, `5 h`, `12 min` */
function duration(milliseconds: number): string {
  const units: readonly (readonly [string, number])[] = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1000],
  ];
  const [name, size] = units.find(([, each]) => milliseconds >= each) ?? ['s', 1000];
  return `${Math.floor(milliseconds / size)} ${name}`;
}
