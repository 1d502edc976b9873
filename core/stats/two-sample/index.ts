/** Two samples: how far they are apart, how far chance alone would put them, and whether that can be chance. */

export { andersonDarlingP } from './anderson-darling.ts';
export { chiSquareTail } from './chi-square.ts';
export { compareOrdered, type OrderedComparison } from './compare-ordered.ts';
export { compareSorted, type SortedComparison } from './compare-sorted.ts';
export {
  type CategoryCounts,
  type ChiSquareTest,
  chiSquareTest,
  cramersV,
  mergeRareCategories,
} from './contingency.ts';
export { type CountDistances, countDistances } from './count-distances.ts';
export { type CountNoiseFloors, countNoiseFloors } from './count-noise-floor.ts';
export { exclusiveCategoryP } from './exclusive-category.ts';
export { fisherExact } from './fisher.ts';
export { ksPValue } from './kolmogorov-smirnov.ts';
export { energyNoiseFloor, ksNoiseFloor, wassersteinNoiseFloor } from './noise-floor.ts';
export { ksRowsNeeded, shareRowsNeeded } from './power.ts';
export { type TieStructure, tieStructure } from './ties.ts';
