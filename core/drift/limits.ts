/** When a change is worth an alarm, unless the user says otherwise. */

import type { DriftMethod } from './types.ts';

/**
 * Bounds on what is left of a distance when the noise floor is taken off. A shift of a normal column by a tenth of its
 * standard deviation gives 0.1 for `wasserstein` and 0.04 for `ks`; half of ten points of a category's share is 0.05 of
 * `total_variation`; 0.1 for `psi`, `jensen_shannon`, `hellinger` and `cramers_v` is what their users hold them against.
 */
export const effectLimits: Readonly<
  Record<Exclude<DriftMethod, 'chi_square' | 'anderson_darling' | 'energy'>, number>
> = {
  ks: 0.04,
  wasserstein: 0.1,
  psi: 0.1,
  jensen_shannon: 0.1,
  hellinger: 0.1,
  total_variation: 0.05,
  cramers_v: 0.1,
};

/** Energy distance of a normal and the same normal shifted by `shift` standard deviations: shift / pi^(1/4), times the root of the standard deviation. */
export const energyLimit = (deviation: number): number => (0.1 / Math.PI ** 0.25) * Math.sqrt(deviation);

/** Chi-square that Cramér's V of 0.1 gives. */
export const chiSquareLimit = (rows: number): number => rows * effectLimits.cramers_v ** 2;

/**
 * The integral of phi^3 / (Phi (1 - Phi)): by it and the square of a small shift grows the Anderson-Darling integral of
 * a normal column.
 */
const andersonDarlingSlope = 0.48053796;

/** Of Anderson-Darling's statistic where nothing differs and rows are many. */
const andersonDarlingDeviation = Math.sqrt(2 * (Math.PI ** 2 / 3 - 3));

/** `by`, a difference of Anderson-Darling's statistic itself, in the units of the standardised one. */
export const standardised = (by: number): number => by / andersonDarlingDeviation;

/** Anderson-Darling's standardised statistic for a shift of 0.1 standard deviations of a normal. */
export const andersonDarlingLimit = (n: number, m: number): number =>
  standardised(0.1 ** 2 * andersonDarlingSlope * ((n * m) / (n + m)));

/** Points that the share of missing values may move either way. */
export const missingLimit = 0.02;
/** Share of values in categories that the other side does not have. */
export const categoryLimit = 0.01;

/** Numbers with so few different values, all whole, are categories. */
export const fewValues = 5;
