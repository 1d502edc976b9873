/** The hypergeometric distribution: rows of one kind among those drawn without replacement. */

import { binomialPmf } from '../distributions.ts';

/** `drawn` rows out of `rows`, of which `marked` are of the kind that is counted. */
export interface Urn {
  readonly rows: number;
  readonly marked: number;
  readonly drawn: number;
}

export function lowestCount(urn: Urn): number {
  return Math.max(0, urn.drawn + urn.marked - urn.rows);
}

export function highestCount(urn: Urn): number {
  return Math.min(urn.drawn, urn.marked);
}

/** P(X = k), as a ratio of binomial probabilities (Loader 2000), which keeps its digits for millions of rows. */
export function hypergeometricPmf(k: number, urn: Urn): number {
  const { rows, marked, drawn } = urn;
  if (k < lowestCount(urn) || k > highestCount(urn)) return 0;
  const p = drawn / rows;
  const ratio = binomialPmf(drawn - k, rows - marked, p) / binomialPmf(drawn, rows, p);
  return binomialPmf(k, marked, p) * ratio;
}

/** P(X = k + 1) / P(X = k). */
export function ratioUp(k: number, urn: Urn): number {
  const rest = urn.rows - urn.marked - urn.drawn;
  return ((urn.marked - k) * (urn.drawn - k)) / ((k + 1) * (rest + k + 1));
}

export function standardDeviation(urn: Urn): number {
  const { rows, marked, drawn } = urn;
  if (rows < 2) return 0;
  return Math.sqrt((drawn / rows) * marked * (1 - marked / rows) * ((rows - drawn) / (rows - 1)));
}
