/** The metrics of the new pods are judged once they alone have served for a while: before that they are the former ones'. */

import { RunError } from '../../../../core/inputs/index.ts';
import type { Analysis, AnalysisRound, RollingWorld } from '../../types.ts';

export interface Baked {
  readonly round: AnalysisRound;
  /** The deadline came before the bake time was over. */
  readonly isCutShort: boolean;
}

/**
 * Waits for the bake time, and judges; where the deadline comes earlier a moment is left to judge in, and the round is cut
 * short, which never promotes. @param judgingMs that moment
 * @throws RunError when the signal ends it
 */
export async function bakeAndJudge(
  analysis: Analysis,
  world: RollingWorld,
  judgingMs: number,
): Promise<Baked> {
  const { bakeMs, deadline, clock, sleep, signal, tell } = world;
  if (bakeMs === 0)
    return { round: await analysis.judge('when all new pods are ready', world), isCutShort: false };
  const left = Math.max(0, deadline.getTime() - clock().getTime() - judgingMs);
  const isCutShort = left < bakeMs;
  tell({
    kind: 'step',
    subject: '',
    text: `all new pods are ready; they are watched for ${timeText(bakeMs)}`,
  });
  await sleep(Math.min(bakeMs, left), signal);
  // Some pod has died, or the job was cancelled: that says more than what is measured of it.
  if (signal.aborted) throw new RunError('the bake time was ended');
  const why = `after ${timeText(left)} of a bake time of ${timeText(bakeMs)}`;
  const stage = 'after the bake time';
  const round = await (isCutShort ? analysis.judge(stage, world, why) : analysis.judge(stage, world));
  return { round, isCutShort };
}

function timeText(milliseconds: number): string {
  return milliseconds >= 60_000 && milliseconds % 60_000 === 0
    ? `${milliseconds / 60_000} min`
    : `${Math.round(milliseconds / 100) / 10} s`;
}
