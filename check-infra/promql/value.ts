/** What is known of the value of an expression without asking a Prometheus. */

import { anyLabels, type Labels } from './labels.ts';

/**
 * What the numbers are. `counter`: only goes up, so that it says nothing by itself; `ratio`: of two counters, and so since
 * the process was started; `rate` has been made of a counter; `quantile` cannot be averaged; `plain` is anything else, and what is not known.
 */
export type Nature = 'counter' | 'ratio' | 'gauge' | 'rate' | 'quantile' | 'plain';

export interface Vector {
  readonly type: 'vector';
  readonly labels: Labels;
  readonly nature: Nature;
  /** Series of several were added: what a restart of one does to them cannot be seen any more. */
  readonly summed: boolean;
  /** A metric of the contract, or of a rule, that these are series of. */
  readonly metric: string | null;
  /** What the contract says the series are of a histogram. */
  readonly part: 'bucket' | 'other' | null;
}

export type Value =
  | Vector
  | (Omit<Vector, 'type'> & {
      readonly type: 'range';
      /** Made by a subquery: its points were computed, not scraped. */
      readonly computed: boolean;
    })
  | { readonly type: 'scalar' }
  | { readonly type: 'string' }
  /** Of a variable of Grafana, or what a mistake was found in already. */
  | { readonly type: 'unknown' };

export const unknownVector: Vector = {
  type: 'vector',
  labels: anyLabels,
  nature: 'plain',
  summed: false,
  metric: null,
  part: null,
};

/** Another vector with these labels, of numbers that are nothing special. */
export function plainVector(labels: Labels): Vector {
  return { ...unknownVector, labels };
}
