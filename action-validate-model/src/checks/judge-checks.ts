/** A verdict for each check, with its numbers in the metric's unit and its rows called by what they are. */

import { judge } from '../../../core/gate/index.ts';
import type { Judged, Measurement } from '../../../core/gate/types.ts';
import { modelCatalogue } from '../../../core/metrics/index.ts';
import type { Settled } from '../predictions/settle.ts';
import type { BoundCheck } from './selected-checks.ts';

export function judgeChecks(
  checks: readonly BoundCheck[],
  measurements: readonly Measurement[],
  confidence: number,
  settled: Settled,
): Judged[] {
  return checks.map((bound, i) =>
    judge(bound.check, measurements[i] as Measurement, {
      confidence,
      unit: modelCatalogue.get(bound.check.metric)?.unit ?? 'number',
      samples: samplesOf(bound, settled),
    }),
  );
}

/** What `n` counts: recall and precision of a class are measured on that class's rows only. */
function samplesOf({ check, variant }: BoundCheck, { classes, positiveClass }: Settled): string {
  const name =
    variant.kind === 'class' ? classes[variant.index] : variant.kind === 'default' ? positiveClass : null;
  if (name === null || name === undefined) return 'rows';
  if (check.metric === 'recall') return `rows of class \`${name}\``;
  return check.metric === 'precision' ? `rows predicted as \`${name}\`` : 'rows';
}
