/** What a run found, as far as the issue and a retraining tell it. */

import type { GateResult } from '../../../core/gate/types.ts';
import type { DriftDetails } from '../types.ts';
import type { RunNote } from './memory.ts';

export interface Findings {
  /** Drifted columns, the farthest over its threshold first. */
  readonly columns: readonly { readonly name: string; readonly sentence: string }[];
  /** How many columns were compared. */
  readonly compared: number;
  /** What else changed, or why the run failed where no column has drifted. */
  readonly others: readonly string[];
}

export function findingsOf(result: GateResult<DriftDetails>): Findings {
  const { details, checks } = result.predicate.gate;
  const drifted = details.columns.filter(({ drifted: has }) => has);
  const worse = details.performance.filter((metric) => metric.worse).map(({ sentence }) => sentence);
  const reasons = checks
    .filter(({ verdict, severity }) => verdict !== 'pass' && severity === 'fail')
    .map(({ id, reason }) => `${id}: ${reason}`);
  return {
    columns: drifted.map(({ column, sentence }) => ({ name: column, sentence })),
    compared: details.columns.length,
    others: worse.length > 0 || drifted.length > 0 ? worse : reasons,
  };
}

export function noteOf(
  result: GateResult<DriftDetails>,
  run: { readonly id: number; readonly attempt: number },
): RunNote {
  const { details, startedAt, verdict } = result.predicate.gate;
  return {
    run: run.id,
    attempt: run.attempt,
    at: startedAt,
    verdict,
    score: Math.max(0, ...details.columns.map(({ score }) => score).filter(Number.isFinite)),
    columns: details.columns.filter(({ drifted }) => drifted).length,
  };
}
