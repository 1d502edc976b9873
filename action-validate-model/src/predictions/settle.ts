/** Task, classes and predictions of candidate and baseline, in one order of classes. */

import { InputError } from '../../../core/inputs/errors.ts';
import type { Predictions } from '../../../core/metrics/types.ts';
import type { Config } from '../inputs.ts';
import type { Opened } from './open-inputs.ts';
import {
  isRegression,
  labelNames,
  numericLabels,
  type Source,
  settlePositive,
  type Task,
} from './settle-task.ts';
import { type ClassContext, toClassPredictions, toNumberPredictions } from './to-predictions.ts';
import { alignBooleans, compareSpelling, settleClasses } from './vocabulary.ts';

export interface Settled {
  readonly task: Task;
  /** In scikit-learn's order; empty for regression. */
  readonly classes: readonly string[];
  readonly positiveClass: string | null;
  readonly candidate: Predictions;
  readonly baseline: Predictions | null;
}

export function settle({ candidate, baseline }: Opened, config: Config, notices: string[]): Settled {
  const sources = baseline === null ? [candidate] : [candidate, baseline];
  if (isRegression(candidate, config.task, notices)) {
    const actual = numericLabels(candidate.collected.labels, config.labelColumn);
    return {
      task: 'regression',
      classes: [],
      positiveClass: null,
      candidate: toNumberPredictions(candidate, actual),
      baseline: baseline === null ? null : toNumberPredictions(baseline, actual),
    };
  }
  const spelt = alignBooleans(labelNames(candidate.collected.labels, config.labelColumn), sources);
  const { labels } = spelt;
  const [own, other] = spelt.sources;
  const classes = settleClasses(spelt.sources, labels, config.labelColumn);
  for (const source of spelt.sources) compareSpelling(source, labels, config.labelColumn, notices);
  const task = classTask(config.task, classes);
  const wanted = config.positiveClass === null ? null : spelt.spell(config.positiveClass);
  const positive = task === 'binary' ? settlePositive(classes, wanted, notices) : null;
  const context: ClassContext = { task, classes, labels, positive };
  return {
    task,
    classes,
    positiveClass: positive === null ? null : (classes[positive] ?? null),
    candidate: toClassPredictions(own as Source, context, notices),
    baseline: other === undefined ? null : toClassPredictions(other, context, notices),
  };
}

function classTask(wanted: Config['task'], classes: readonly string[]): 'binary' | 'multiclass' {
  if (wanted === 'multiclass' || (wanted === 'auto' && classes.length > 2)) return 'multiclass';
  if (classes.length === 2) return 'binary';
  throw new InputError([
    {
      input: 'task',
      message: `binary needs two classes, model and data have ${classes.length}: ${classes.slice(0, 20).join(', ')}`,
      allowed: 'auto or multiclass',
    },
  ]);
}
