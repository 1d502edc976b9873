/** The checks of a run: those of `thresholds`, and accuracy where nothing else names it. */

import type { Check } from '../../../core/gate/types.ts';
import { InputError } from '../../../core/inputs/errors.ts';
import { type Config, defaultMinAccuracy } from '../inputs.ts';
import type { Task } from '../predictions/settle-task.ts';
import { type SelectedCheck, selectChecks } from './selected-checks.ts';

/** `min-accuracy` stands for `accuracy >= …` on all rows, unless `thresholds` names that accuracy itself; a slice's is another. */
export function completeChecks(
  config: Pick<Config, 'minAccuracy' | 'task'>,
  selected: readonly SelectedCheck[],
  task: Task,
): readonly SelectedCheck[] {
  // An auto task is known only here.
  const guessed = config.task === 'auto' ? ' (read so from the labels; set `task` if it is another)' : '';
  if (task === 'regression' && config.minAccuracy !== defaultMinAccuracy) {
    throw new InputError([
      {
        input: 'min-accuracy',
        message: `regression has no accuracy${guessed}`,
        allowed: 'thresholds such as `rmse <= 3.5`',
      },
    ]);
  }
  const named = selected.some(({ check, slice }) => check.metric === 'accuracy' && slice.length === 0);
  const checks =
    task === 'regression' || named
      ? selected
      : [...selectChecks([accuracyCheck(config.minAccuracy)]), ...selected];
  if (!checks.some(({ check }) => check.severity === 'fail')) {
    throw new InputError([
      {
        input: 'thresholds',
        message: `nothing is judged: a ${task} model${guessed} needs at least one check that can fail`,
        allowed:
          task === 'regression'
            ? 'for example `rmse <= 3.5` or `r2 >= 0.8`'
            : 'for example `accuracy >= 0.85`',
      },
    ]);
  }
  return checks;
}

function accuracyCheck(bound: number): Check {
  return {
    id: `accuracy >= ${bound}`,
    metric: 'accuracy',
    selector: null,
    condition: {
      kind: 'compare',
      operator: '>=',
      bound: { kind: 'number', value: bound, text: String(bound) },
    },
    confidence: null,
    severity: 'fail',
    place: null,
  };
}

/** True when a check speaks of latency or throughput, so that the model must be timed often enough. */
export function asksForSpeed(checks: readonly SelectedCheck[]): boolean {
  return checks.some(({ check }) => ['latency_p50', 'latency_p95', 'rows_per_second'].includes(check.metric));
}
