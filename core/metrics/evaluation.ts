/** What the report draws: bounded in length, whatever the number of rows. */

import { aucWithPlacements } from '../stats/index.ts';
import { confusionMatrix } from './confusion.ts';
import { curvePoints, thin } from './curves.ts';
import { calibrationBins, calibrationOf, type Scored } from './probability.ts';
import { ClassSample } from './sample.ts';
import { positiveOf } from './samples.ts';
import type { ClassPredictions, Evaluation, NumberPredictions, Predictions } from './types.ts';

const residualBins = 30;
const residualSample = 500;
const curvePointLimit = 200;

export function evaluate(predictions: Predictions): Evaluation {
  return predictions.task === 'regression' ? evaluateNumbers(predictions) : evaluateClasses(predictions);
}

function evaluateClasses(predictions: ClassPredictions): Evaluation {
  const { scores, classes, task } = predictions;
  const scored: Scored | null = scores === null ? null : { ...predictions, scores };
  const roc: Evaluation['roc'][number][] = [];
  const precisionRecall: Evaluation['precisionRecall'][number][] = [];
  if (scored !== null) {
    const sample = new ClassSample(scored, null, { draws: 0, seed: 0 });
    const indices = task === 'binary' ? [positiveOf(scored)] : classes.map((_, k) => k);
    for (const k of indices) {
      const className = classes[k] ?? '';
      const ranked = sample.ranked(scored, k);
      const negatives = sample.rows - ranked.positives;
      if (ranked.positives === 0 || negatives === 0) {
        roc.push({ className, auc: null, points: [] });
        precisionRecall.push({ className, averagePrecision: null, points: [] });
        continue;
      }
      const curve = curvePoints(ranked);
      roc.push({
        className,
        auc: aucWithPlacements(ranked.scores, ranked.isPositive, ranked.order).value,
        points: thin(curve.falsePositiveRate, curve.truePositiveRate, curvePointLimit),
      });
      precisionRecall.push({
        className,
        averagePrecision: sample.averagePrecision(scored, k).value,
        points: thin(curve.recall, curve.precision, curvePointLimit),
      });
    }
  }
  return {
    confusion: confusionMatrix(predictions),
    roc,
    precisionRecall,
    calibration: scored !== null && predictions.probabilities === true ? calibrationTable(scored) : [],
    residuals: null,
  };
}

function calibrationTable(predictions: Scored): Evaluation['calibration'] {
  const { bin, score, outcome } = calibrationOf(predictions);
  const rows = new Float64Array(calibrationBins);
  const scores = new Float64Array(calibrationBins);
  const outcomes = new Float64Array(calibrationBins);
  for (let i = 0; i < bin.length; i++) {
    const b = bin[i] as number;
    rows[b] = (rows[b] as number) + 1;
    scores[b] = (scores[b] as number) + (score[i] as number);
    outcomes[b] = (outcomes[b] as number) + (outcome[i] as number);
  }
  return Array.from(rows, (n, b) => ({
    low: b / calibrationBins,
    high: (b + 1) / calibrationBins,
    n,
    meanScore: (scores[b] as number) / n,
    observed: (outcomes[b] as number) / n,
  })).filter(({ n }) => n > 0);
}

function evaluateNumbers({ actual, predicted }: NumberPredictions): Evaluation {
  const n = actual.length;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < n; i++) {
    const residual = (actual[i] as number) - (predicted[i] as number);
    least = Math.min(least, residual);
    most = Math.max(most, residual);
  }
  const bins = n === 0 ? 0 : least === most ? 1 : residualBins;
  const width = (most - least) / bins;
  const counts = new Array<number>(bins).fill(0);
  for (let i = 0; i < n; i++) {
    const residual = (actual[i] as number) - (predicted[i] as number);
    const bin = width > 0 ? Math.min(Math.floor((residual - least) / width), bins - 1) : 0;
    counts[bin] = (counts[bin] as number) + 1;
  }
  const taken = Math.min(n, residualSample);
  return {
    confusion: null,
    roc: [],
    precisionRecall: [],
    calibration: [],
    residuals: {
      histogram: counts.map((count, b) => ({
        low: least + b * width,
        high: b === bins - 1 ? most : least + (b + 1) * width,
        count,
      })),
      sample: Array.from({ length: taken }, (_, i): [number, number] => {
        const row = Math.floor((i * n) / taken);
        return [predicted[row] as number, actual[row] as number];
      }),
    },
  };
}
