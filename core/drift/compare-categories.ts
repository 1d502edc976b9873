/** Two counted columns. */

import {
  chiSquareTest,
  countDistances,
  countNoiseFloors,
  cramersV,
  exclusiveCategoryP,
  mergeRareCategories,
} from '../stats/index.ts';
import type { CategoryChanges, Comparison } from './comparison.ts';
import { chiSquareLimit, effectLimits } from './limits.ts';
import { type CategorySide, presentIn } from './sides.ts';
import type { DriftMethod, DriftShape } from './types.ts';

/** Of methods over counts. */
export type CountMethod =
  | 'psi'
  | 'jensen_shannon'
  | 'hellinger'
  | 'total_variation'
  | 'chi_square'
  | 'cramers_v';

const listed = 50;
const shown = 12;

export function compareCategories(
  reference: CategorySide,
  current: CategorySide,
  method: CountMethod = 'total_variation',
): Comparison {
  const n = presentIn(reference);
  const m = presentIn(current);
  // A category that one side does not tell may be in its rest.
  const known = (name: string): boolean =>
    (reference.rest === 0 || reference.counts.has(name)) && (current.rest === 0 || current.counts.has(name));
  const names = [...new Set([...reference.counts.keys(), ...current.counts.keys()])].filter(known);
  const hasRest = reference.rest > 0 || current.rest > 0;
  const a = countsOf(reference, names, hasRest, n);
  const b = countsOf(current, names, hasRest, m);
  const nothing = n === 0 || m === 0;
  return {
    kind: 'categorical',
    method,
    unjudged: null,
    ...(nothing ? noDistance : distanceOfCounts(a, b, method)),
    test: nothing ? null : chiSquareOf(a, b),
    open: null,
    n,
    m,
    categories: changesOf(names, a, b, n, m),
    shape: nothing ? null : shapeOf(names, a, b, n, m),
    facts: { kind: 'categorical', mover: nothing ? null : moverOf(names, a, b, n, m) },
  };
}

/** Rows of each category, and of all others together at the end. */
function countsOf(
  { counts }: CategorySide,
  names: readonly string[],
  hasRest: boolean,
  rows: number,
): Float64Array {
  const told = Float64Array.from(names, (name) => counts.get(name) ?? 0);
  return hasRest ? Float64Array.of(...told, rows - sum(told)) : told;
}

export const noDistance = { value: null, noiseFloor: null, effect: null, usualLimit: null } as const;

/** Value, noise floor and what is left; `a` and `b` count the same categories. */
export function distanceOfCounts(a: Float64Array, b: Float64Array, method: CountMethod) {
  const value = distanceOf(a, b, method);
  const [n, m] = [sum(a), sum(b)];
  const noiseFloor = countNoiseFloors(pooledOf(a, b), n, m)[noiseNames[method]];
  return {
    value,
    noiseFloor,
    effect: effectOf(method, value, noiseFloor),
    usualLimit: method === 'chi_square' ? chiSquareLimit(n + m) : effectLimits[method],
  };
}

export function chiSquareOf(a: Float64Array, b: Float64Array): NonNullable<Comparison['test']> {
  const merged = mergeRareCategories(a, b);
  const { statistic, p } = chiSquareTest(merged.a, merged.b);
  return { name: 'chi-square', statistic, p };
}

type CountNoise = ReturnType<typeof countNoiseFloors>;

const noiseNames = {
  psi: 'psi',
  jensen_shannon: 'jensenShannon',
  hellinger: 'hellinger',
  total_variation: 'totalVariation',
  chi_square: 'chiSquare',
  cramers_v: 'cramersV',
} as const satisfies Record<CountMethod, keyof CountNoise>;

function distanceOf(a: Float64Array, b: Float64Array, method: CountMethod): number {
  if (method === 'chi_square') return chiSquareTest(a, b).statistic;
  return method === 'cramers_v' ? cramersV(a, b) : countDistances(a, b)[noiseNames[method]];
}

/**
 * What is left of a distance without what chance gives. Distances that are roots add in their squares, as does total
 * variation over categories of which each changes by its own and by chance; the others add as they are.
 */
export function effectOf(method: DriftMethod, value: number, floor: number): number {
  switch (method) {
    case 'jensen_shannon':
    case 'hellinger':
    case 'cramers_v':
    case 'energy':
    case 'total_variation':
      return Math.sqrt(Math.max(0, value * value - floor * floor));
    case 'ks':
    case 'wasserstein':
    case 'psi':
    case 'chi_square':
    case 'anderson_darling':
      return Math.max(0, value - floor);
  }
}

function changesOf(
  names: readonly string[],
  a: Float64Array,
  b: Float64Array,
  n: number,
  m: number,
): CategoryChanges {
  const onlyCurrent = exclusive(names, a, b);
  const onlyReference = exclusive(names, b, a);
  const pooled = pooledOf(a, b);
  const p = (found: typeof onlyCurrent, size: number): number | null =>
    found.length === 0 || n === 0 || m === 0
      ? null
      : exclusiveCategoryP(pooled, n + m, size, found[0]?.count ?? 0);
  return {
    new: onlyCurrent.slice(0, listed).map(({ name }) => name),
    newCount: onlyCurrent.length,
    newShare: m === 0 ? 0 : total(onlyCurrent) / m,
    newP: p(onlyCurrent, m),
    vanished: onlyReference.slice(0, listed).map(({ name }) => name),
    vanishedCount: onlyReference.length,
    vanishedShare: n === 0 ? 0 : total(onlyReference) / n,
    vanishedP: p(onlyReference, n),
  };
}

interface Counted {
  readonly name: string;
  readonly count: number;
}

/** Categories that `b` has and `a` has not, the most frequent first. */
function exclusive(names: readonly string[], a: Float64Array, b: Float64Array): Counted[] {
  return names
    .flatMap((name, index) => {
      const count = b[index] as number;
      return a[index] === 0 && count > 0 ? [{ name, count }] : [];
    })
    .sort((one, other) => other.count - one.count || (one.name < other.name ? -1 : 1));
}

const pooledOf = (a: Float64Array, b: Float64Array): Float64Array =>
  a.map((count, index) => count + (b[index] as number));

const total = (counted: readonly Counted[]): number => counted.reduce((all, { count }) => all + count, 0);
const sum = (values: Float64Array): number => values.reduce((all, value) => all + value, 0);

function moverOf(names: readonly string[], a: Float64Array, b: Float64Array, n: number, m: number) {
  let best: { category: string; reference: number; current: number } | null = null;
  let most = -1;
  for (const [index, category] of names.entries()) {
    const share = { reference: (a[index] as number) / n, current: (b[index] as number) / m };
    const change = Math.abs(share.current - share.reference);
    if (change > most) {
      most = change;
      best = { category, ...share };
    }
  }
  return best;
}

function shapeOf(
  names: readonly string[],
  a: Float64Array,
  b: Float64Array,
  n: number,
  m: number,
): DriftShape {
  const order = names
    .map((name, index) => ({ name, reference: (a[index] as number) / n, current: (b[index] as number) / m }))
    .sort((x, y) => y.reference + y.current - x.reference - x.current || (x.name < y.name ? -1 : 1));
  const top = order.slice(0, shown);
  const left = order.slice(shown);
  const restOf = (side: 'reference' | 'current'): number =>
    Math.max(0, 1 - top.reduce((all, each) => all + each[side], 0));
  const hasRest = left.length > 0 || names.length < a.length;
  return {
    kind: 'categorical',
    categories: top.map(({ name }) => name),
    reference: top.map(({ reference }) => rounded(reference)),
    current: top.map(({ current }) => rounded(current)),
    other: hasRest
      ? {
          reference: rounded(restOf('reference')),
          current: rounded(restOf('current')),
          categories: left.length,
        }
      : null,
  };
}

/** Shares for a picture. */
export const rounded = (share: number): number => Math.round(share * 1e6) / 1e6;
