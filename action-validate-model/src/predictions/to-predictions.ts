/** From what a model said to what metrics read: class indices and scores in the order of the classes. */

import { RunError } from '../../../core/inputs/errors.ts';
import type { ClassPredictions, NumberPredictions } from '../../../core/metrics/types.ts';
import { type Coded, numberLabel, sortClasses } from './codes.ts';
import type { Collected } from './collect.ts';
import { areProbabilities } from './row-scores.ts';
import { listed, type Source } from './settle-task.ts';

export function toNumberPredictions(source: Source, actual: Float64Array): NumberPredictions {
  const predicted = regressionOutput(source.collected);
  if (predicted === null) {
    throw new RunError(`${source.name} gives class labels, not numbers: this is not a regression model`);
  }
  return { task: 'regression', actual, predicted };
}

function regressionOutput({ predictedValues, scores }: Collected): Float64Array | null {
  if (predictedValues !== null) return predictedValues;
  return scores?.width === 1 ? scores.values : null;
}

export interface ClassContext {
  readonly task: 'binary' | 'multiclass';
  readonly classes: readonly string[];
  /** Coded labels of the data. */
  readonly labels: Coded;
  /** Index of the positive class when binary. */
  readonly positive: number | null;
}

export function toClassPredictions(
  source: Source,
  context: ClassContext,
  notices: string[],
): ClassPredictions {
  const { classes, labels, positive } = context;
  const actual = remap(labels, classes);
  const said = scoresOf(source.collected);
  const columns = said === null ? null : scoreColumns(source, said, context, notices);
  const probabilities = said === null ? 'the source gives no scores' : areProbabilities(said);
  const stated = predictedClasses(source, classes);
  if (stated === null && source.collected.predictedValues !== null && source.collected.scores !== null) {
    notices.push(`${source.name}: the predictions are no classes but fractions; the scores decide the class`);
  }
  const predicted = stated ?? decide(source, said, columns, context, probabilities, notices);
  if (stated !== null && said !== null && columns !== null) {
    const best = decide(source, said, columns, context, probabilities, []);
    const agreeing = stated.reduce((count, code, row) => count + (code === best[row] ? 1 : 0), 0);
    if (2 * agreeing < stated.length) {
      notices.push(
        `${source.name}: the predicted class has the highest score in only ${agreeing.toLocaleString('en')} of ` +
          `${stated.length.toLocaleString('en')} rows: are the scores those of other classes?`,
      );
    }
  }
  const scores = said === null || columns === null ? null : arrange(said, columns, context, probabilities);
  return {
    task: context.task,
    classes,
    actual,
    predicted,
    scores,
    probabilities:
      scores === null && said !== null ? 'the scores could not be assigned to classes' : probabilities,
    positive,
  };
}

/** One number a row beside class labels is a score; without labels it may be the only output. */
function scoresOf({ scores, predictedValues, predictedLabels }: Collected): Scores | null {
  if (scores !== null) return scores;
  if (predictedValues === null) return null;
  const labelsInDisguise = predictedLabels === null && predictedValues.every(Number.isInteger);
  return labelsInDisguise ? null : { values: predictedValues, width: 1 };
}

interface Scores {
  readonly values: Float64Array;
  readonly width: number;
}

function predictedClasses({ collected }: Source, classes: readonly string[]): Int32Array | null {
  if (collected.predictedLabels !== null) return remap(collected.predictedLabels, classes);
  const values = collected.predictedValues;
  if (values === null || !values.every(Number.isInteger)) return null;
  const index = new Map(classes.map((name, i) => [name, i]));
  return Int32Array.from(values, (value) => {
    const found = index.get(numberLabel(value));
    if (found === undefined) throw new RunError(`predicted class \`${value}\` is not a class of the data`);
    return found;
  });
}

function remap(coded: Coded, classes: readonly string[]): Int32Array {
  const index = new Map(classes.map((name, i) => [name, i]));
  const to = Int32Array.from(coded.names, (name) => index.get(name) ?? -1);
  return coded.codes.map((code) => to[code] as number);
}

/** Which class each score column speaks of; null when that cannot be known. */
function scoreColumns(
  source: Source,
  { width }: Scores,
  context: ClassContext,
  notices: string[],
): readonly number[] | null {
  const { classes, labels } = context;
  if (width === 1) {
    if (context.task !== 'binary' || context.positive === null) return null;
    const stated = source.scoreClasses?.length === 1 ? classes.indexOf(source.scoreClasses[0] as string) : -1;
    return [stated < 0 ? context.positive : stated];
  }
  const named = source.scoreClasses ?? unnamedClasses(source, width, labels, notices);
  if (named === null || named.length !== width) {
    notices.push(
      `${source.name} gives ${width} scores a row for ${named?.length ?? classes.length} classes: ` +
        'they are left out, and metrics that need scores are undefined',
    );
    return null;
  }
  return named.map((name) => classes.indexOf(name));
}

/** A bare score tensor: column k is class k where labels are 0..k-1, else the k-th label in sort order. */
function unnamedClasses(source: Source, width: number, labels: Coded, notices: string[]): string[] | null {
  const numbered = Array.from({ length: width }, (_, k) => String(k));
  if (labels.names.every((name) => numbered.includes(name))) return numbered;
  if (labels.names.length !== width) {
    if (source.collected.predictedLabels !== null) return null;
    throw new RunError(
      `${source.name} gives ${width} scores a row without class names, and the data holds ${labels.names.length} ` +
        `classes (${listed(sortClasses(labels.names))}): give labels 0 to ${width - 1}, or export the model with its class labels`,
    );
  }
  const sorted = sortClasses(labels.names);
  notices.push(`${source.name} gives scores without class names: read in sort order, ${listed(sorted)}`);
  return sorted;
}

/** The class with the highest score; ties go to the first class, as with numpy's argmax over `classes_`. */
function decide(
  source: Source,
  said: Scores | null,
  columns: readonly number[] | null,
  context: ClassContext,
  probabilities: true | string,
  notices: string[],
): Int32Array {
  if (said === null || columns === null) {
    throw new RunError(`${source.name} gives neither class labels nor one score per class`);
  }
  const rows = said.values.length / said.width;
  if (said.width === 1) {
    const threshold = probabilities === true ? 0.5 : 0;
    if (probabilities !== true) {
      notices.push(
        `${source.name}: scores outside [0, 1] are read as logits; above 0 is \`${context.classes[columns[0] ?? 1]}\``,
      );
    }
    const positive = columns[0] as number;
    const negative = positive === 0 ? 1 : 0;
    return Int32Array.from(said.values, (score) => (score > threshold ? positive : negative));
  }
  const predicted = new Int32Array(rows);
  // By class, not by column: the order in which `score-columns` names them must not decide ties.
  const byClass = columns.map((_, k) => k).sort((a, b) => (columns[a] as number) - (columns[b] as number));
  for (let row = 0; row < rows; row++) {
    let best = byClass[0] as number;
    for (const k of byClass) {
      const higher =
        (said.values[row * said.width + k] as number) > (said.values[row * said.width + best] as number);
      if (higher) best = k;
    }
    predicted[row] = columns[best] as number;
  }
  return predicted;
}

function arrange(
  said: Scores,
  columns: readonly number[],
  context: ClassContext,
  probabilities: true | string,
): Float64Array | null {
  const rows = said.values.length / said.width;
  if (context.task === 'binary') {
    if (said.width === 1 && columns[0] === context.positive) return said.values;
    // The one score speaks of the negative class: its complement speaks of the positive one.
    if (said.width === 1) return said.values.map((score) => (probabilities === true ? 1 - score : -score));
    const at = columns.indexOf(context.positive ?? -1);
    if (at < 0) return null;
    return Float64Array.from({ length: rows }, (_, row) => said.values[row * said.width + at] as number);
  }
  const k = context.classes.length;
  const inOrder = said.width === k && columns.every((column, i) => column === i);
  if (inOrder) return said.values;
  const arranged = new Float64Array(rows * k);
  for (let row = 0; row < rows; row++) {
    columns.forEach((column, i) => {
      arranged[row * k + column] = said.values[row * said.width + i] as number;
    });
  }
  return arranged;
}
