/** Intervals, tests and the distributions behind them. Pure: no I/O, no clock; randomness comes from a seed. */

export {
  accelerationOf,
  basicInterval,
  bcaInterval,
  drawQuantile,
  effectiveRows,
  type InfluenceMoments,
  influenceInterval,
  influenceMoments,
  percentileInterval,
  symmetricInterval,
} from './bootstrap.ts';
export {
  type ClusteredInterval,
  clusteredQuantileInterval,
  clusteredShareInterval,
  designEffect,
} from './clustered.ts';
export {
  type Auc,
  aucInterval,
  aucWithPlacements,
  delongVariance,
  logitInterval,
  newcombeAuc,
} from './delong.ts';
export {
  betaQuantile,
  binomialCdf,
  binomialPmf,
  criticalValue,
  logFactorial,
  normalCdf,
  normalQuantile,
} from './distributions.ts';
export { type McNemar, mcnemar } from './mcnemar.ts';
export { type Located, moverDifference } from './mover.ts';
export { benjaminiHochberg } from './multiple-testing.ts';
export {
  minimalSample,
  orderStatisticRanks,
  quantileInterval,
  type RankBounds,
  type Sides,
  sampleQuantile,
} from './order-statistic.ts';
export { type OrderedNumbers, orderBoth, orderNumbers } from './ordered-numbers.ts';
export { newcombePaired, type PairedCounts, wilson } from './proportion.ts';
export { Random } from './random.ts';
export { proportionSampleSize, scaledSampleSize } from './sample-size.ts';
export { fewestForSignedRank, hodgesLehmann } from './signed-rank.ts';
export { argsort } from './sort.ts';
export { sortNumbers } from './sort-numbers.ts';
export { countBelow, countUpTo } from './sorted-search.ts';
export { meanWithError, studentCriticalValue, studentInterval } from './student.ts';
export * from './two-sample/index.ts';
