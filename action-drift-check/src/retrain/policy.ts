/** When a retraining is due. Pure. */

import type { RetrainConfig } from '../issue/inputs.ts';
import { type DriftMemory, driftedSinceRetraining, type RunNote } from '../issue/memory.ts';
import { moment } from '../issue/text.ts';

export type Due =
  | { readonly due: true; readonly drifted: number }
  /** In words; null: nothing to say. */
  | { readonly due: false; readonly why: string | null };

/**
 * After `after` drifted runs in a row, of which none counts twice: a retraining starts the count anew, so that what it
 * led to can show before the next one; and not before the cooldown is over.
 */
export function isDue(
  memory: DriftMemory,
  note: RunNote,
  dismissed: boolean,
  { after, cooldown }: RetrainConfig,
  now: Date,
): Due {
  if (note.verdict !== 'fail') return { due: false, why: null };
  if (dismissed) {
    return {
      due: false,
      why: 'somebody closed the issue, which holds back retraining until this drift has ended',
    };
  }
  const { retrained } = memory;
  const drifted = driftedSinceRetraining(memory);
  const free = retrained === null ? null : new Date(Date.parse(retrained.at) + cooldown * 1000);
  if (retrained !== null && free !== null && now < free) {
    const last =
      retrained.run === null
        ? `the last request is not known and taken for ${moment(retrained.at)}`
        : `the last request was on ${moment(retrained.at)}`;
    return { due: false, why: `${last}, and \`retrain-cooldown\` lasts until ${moment(free)}` };
  }
  if (drifted < after) {
    const since = retrained === null ? '' : ' since the last retraining';
    return { due: false, why: `${drifted} of ${after} drifted runs in a row${since} (\`retrain-after\`)` };
  }
  return { due: true, drifted };
}
