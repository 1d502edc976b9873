/** Two columns of numbers. */

import {
  andersonDarlingP,
  compareOrdered,
  compareSorted,
  countUpTo,
  energyNoiseFloor,
  ksNoiseFloor,
  ksPValue,
  type OrderedNumbers,
  orderBoth,
  type SortedComparison,
  tieStructure,
  wassersteinNoiseFloor,
} from '../stats/index.ts';
import {
  type CountMethod,
  chiSquareOf,
  compareCategories,
  distanceOfCounts,
  effectOf,
  noDistance,
  rounded,
} from './compare-categories.ts';
import type { Comparison, Facts, NumericFacts } from './comparison.ts';
import { andersonDarlingLimit, effectLimits, energyLimit, fewValues, standardised } from './limits.ts';
import { categoriesOf, decileEdges, type NumberSide } from './sides.ts';
import { categoricalMethods, type DriftMethod, type DriftShape } from './types.ts';

/** A side, its numbers in the order that the other's are in, too. */
interface OrderedSide extends Pick<NumberSide, 'missing' | 'whole' | 'error' | 'deviation'> {
  readonly numbers: OrderedNumbers;
}

/**
 * The arrays of both sides are put in order.
 * @param method null: by type
 * @param isNamed the user asked for this column: it is judged even where its numbers only count up
 */
export function compareNumbers(
  before: NumberSide,
  now: NumberSide,
  method: DriftMethod | null,
  isNamed: boolean,
): Comparison {
  const [x, y] = orderBoth(before.values, now.values);
  const reference = { ...before, numbers: x };
  const current = { ...now, numbers: y };
  const few = asCategories(reference, current, method);
  if (few !== null) return few;
  const [n, m] = [x.length, y.length];
  const nothing = n === 0 || m === 0;
  const counts = !isNamed && method === null && isCounter(reference) && isCounter(current);
  const facts = nothing ? null : bothFacts(x, y);
  const common = {
    kind: 'numeric',
    n,
    m,
    categories: null,
    shape: nothing ? null : shapeOf(reference, current),
    facts,
  } as const;
  if (facts === null || counts) {
    const why = counts ? 'its numbers count up without a repeat, as a row number does' : null;
    return {
      ...common,
      method: counts ? null : (method ?? 'wasserstein'),
      unjudged: why,
      ...noDistance,
      test: null,
      open: null,
    };
  }
  const used = method ?? 'wasserstein';
  return { ...common, method: used, unjudged: null, ...measure(reference, current, used, facts.reference) };
}

/** Few different whole numbers are categories, unless the method needs their order. */
function asCategories(
  reference: OrderedSide,
  current: OrderedSide,
  method: DriftMethod | null,
): Comparison | null {
  if (!reference.whole || !current.whole) return null;
  const counted = method === null ? 'total_variation' : categoricalMethods.find((each) => each === method);
  if (counted === undefined) return null;
  const a = categoriesOf(reference.numbers, reference.missing, fewValues);
  const b = a === null ? null : categoriesOf(current.numbers, current.missing, fewValues);
  if (a === null || b === null || new Set([...a.counts.keys(), ...b.counts.keys()]).size > fewValues)
    return null;
  return compareCategories(a, b, counted);
}

/** Every number once, and at least half of those between the least and the greatest: no sample of a quantity is so. */
function isCounter({ numbers, whole }: OrderedSide): boolean {
  const n = numbers.length;
  if (!whole || n < 20) return false;
  if (numbers.at(n - 1) - numbers.at(0) + 1 > 2 * n) return false;
  const sorted = numbers.sorted();
  for (let index = 1; index < n; index += 1) if (sorted[index] === sorted[index - 1]) return false;
  return true;
}

type Measured = Pick<Comparison, 'value' | 'noiseFloor' | 'effect' | 'usualLimit' | 'test' | 'open'>;

function measure(
  reference: OrderedSide,
  current: OrderedSide,
  method: DriftMethod,
  { deviation }: NumericFacts,
): Measured {
  if (method === 'wasserstein') return measureWasserstein(reference, current, deviation);
  const [x, y] = [reference.numbers.sorted(), current.numbers.sorted()];
  const [n, m] = [x.length, y.length];
  const compared = compareSorted(x, y);
  const ks = { name: 'kolmogorov-smirnov', statistic: compared.ks, p: ksPValue(compared.ks, n, m) };
  switch (method) {
    case 'ks': {
      const floor = ksNoiseFloor(n, m, tieStructure(x, y));
      return finish(method, compared.ks, floor, effectLimits.ks, ks, reference.error?.ks);
    }
    case 'energy':
      return finish(
        method,
        compared.energy,
        energyNoiseFloor(compared),
        energyLimit(unitOf(reference, y, deviation)),
        ks,
        reference.error?.energy,
      );
    case 'anderson_darling':
      return finishAndersonDarling(x, y, compared, reference);
    case 'psi':
    case 'jensen_shannon':
    case 'hellinger':
    case 'total_variation':
    case 'chi_square':
    case 'cramers_v':
      return measureBins(x, y, method, ks, reference);
  }

  function finish(
    of: DriftMethod,
    value: number,
    floor: number,
    usualLimit: number,
    test: NonNullable<Comparison['test']>,
    error: number | undefined,
  ): Measured {
    return {
      value,
      noiseFloor: floor,
      effect: effectOf(of, value, floor),
      usualLimit,
      test,
      open: error === undefined ? null : openOf(of, value, floor, error, compared, reference, n, m),
    };
  }
}

/** The one method that can do without sorting all of the data. */
function measureWasserstein(reference: OrderedSide, current: OrderedSide, deviation: number): Measured {
  const { numbers: x, error } = reference;
  const y = current.numbers;
  const compared = error === null ? compareOrdered(x, y) : compareSorted(x.sorted(), y.sorted());
  const { n, m, ks } = compared;
  const unit = unitOf(reference, y.values, deviation);
  const value = compared.wasserstein / unit;
  const noiseFloor = wassersteinNoiseFloor(compared) / unit;
  return {
    value,
    noiseFloor,
    effect: effectOf('wasserstein', value, noiseFloor),
    usualLimit: effectLimits.wasserstein,
    test: { name: 'kolmogorov-smirnov', statistic: ks, p: ksPValue(ks, n, m) },
    open:
      error === null
        ? null
        : openOf('wasserstein', value, noiseFloor, error.wasserstein / unit, compared, reference, n, m),
  };
}

/** Between which bounds a profile leaves effect and p: both distances keep the triangle inequality. */
function openOf(
  method: DriftMethod,
  value: number,
  floor: number,
  error: number,
  { ks }: Pick<SortedComparison, 'ks'>,
  reference: OrderedSide,
  n: number,
  m: number,
): Comparison['open'] {
  const step = reference.error?.ks ?? 0;
  return {
    effect: [effectOf(method, Math.max(0, value - error), floor), effectOf(method, value + error, floor)],
    p: [ksPValue(Math.min(1, ks + step), n, m), ksPValue(Math.max(0, ks - step), n, m)],
  };
}

function finishAndersonDarling(
  x: Float64Array,
  y: Float64Array,
  { andersonDarling, n, m }: SortedComparison,
  reference: OrderedSide,
): Measured {
  if (andersonDarling === null) return { ...noDistance, test: null, open: null };
  const ties = tieStructure(x, y);
  const p = (statistic: number): number => andersonDarlingP(statistic, ties);
  const effect = Math.max(0, andersonDarling);
  // The statistic weighs the tails, where a sketch is coarsest; what it may be off by is of this order.
  const error = reference.error === null ? null : standardised(4 * reference.error.ks * ((n * m) / (n + m)));
  return {
    value: andersonDarling,
    noiseFloor: 0,
    effect,
    usualLimit: andersonDarlingLimit(n, m),
    test: { name: 'anderson-darling', statistic: andersonDarling, p: p(andersonDarling) },
    open:
      error === null
        ? null
        : {
            effect: [Math.max(0, effect - error), effect + error],
            p: [p(andersonDarling + error), p(andersonDarling - error)],
          },
  };
}

function measureBins(
  x: Float64Array,
  y: Float64Array,
  method: CountMethod,
  ks: NonNullable<Comparison['test']>,
  reference: OrderedSide,
): Measured {
  const edges = decileEdges(x);
  const [a, b] = [binned(x, edges), binned(y, edges)];
  const test = method === 'chi_square' || method === 'cramers_v' ? chiSquareOf(a, b) : ks;
  const distance = distanceOfCounts(a, b, method);
  // The deciles are among the points that a profile keeps, so its bins hold what those of the data hold.
  if (reference.error === null || test !== ks) return { ...distance, test, open: null };
  const step = reference.error.ks;
  const p = (by: number): number => ksPValue(Math.min(1, Math.max(0, ks.statistic + by)), x.length, y.length);
  return { ...distance, test, open: { effect: [distance.effect, distance.effect], p: [p(step), p(-step)] } };
}

/** Counts of (-inf, e1], (e1, e2], …, (ek, inf). */
function binned(sorted: Float64Array, edges: Float64Array): Float64Array {
  const counts = new Float64Array(edges.length + 1);
  let before = 0;
  for (const [index, edge] of edges.entries()) {
    const upto = countUpTo(sorted, edge);
    counts[index] = upto - before;
    before = upto;
  }
  counts[edges.length] = sorted.length - before;
  return counts;
}

/** Standard deviation of the reference; of both together where the reference has one value only. */
function unitOf({ numbers, deviation }: OrderedSide, y: Float64Array, ofPoints: number): number {
  // Few rows far out make up most of it: a profile's points would give another unit than the data.
  const own = deviation ?? ofPoints;
  if (own > 0) return own;
  const x = numbers.values;
  const both = new Float64Array(x.length + y.length);
  both.set(x);
  both.set(y, x.length);
  return deviationOf(both) || 1;
}

function meanOf(values: Float64Array): number {
  const n = values.length;
  const first = values[0] ?? 0;
  let sum = 0;
  // From the first value on, so that equal values have exactly their own mean.
  for (let i = 0; i < n; i += 1) sum += (values[i] as number) - first;
  if (Number.isFinite(sum)) return first + sum / n;
  let mean = 0;
  // Sums of such numbers overflow.
  for (let i = 0; i < n; i += 1) mean += ((values[i] as number) - mean) / (i + 1);
  return mean;
}

/** Of the population: divided by n. */
export function deviationOf(values: Float64Array, mean = meanOf(values)): number {
  let squares = 0;
  for (let i = 0; i < values.length; i += 1) {
    const distance = (values[i] as number) - mean;
    squares += distance * distance;
  }
  return Math.sqrt(squares / values.length);
}

type NumericPair = Extract<Facts, { kind: 'numeric' }>;

const bothFacts = (reference: OrderedNumbers, current: OrderedNumbers): NumericPair => ({
  kind: 'numeric',
  reference: factsOf(reference),
  current: factsOf(current),
});

function factsOf(numbers: OrderedNumbers): NumericFacts {
  const at = (share: number): number => quantile(numbers, share);
  const mean = meanOf(numbers.values);
  return {
    mean,
    deviation: deviationOf(numbers.values, mean),
    quantiles: [at(0.05), at(0.25), at(0.5), at(0.75), at(0.95)],
    minimum: at(0),
    maximum: at(1),
  };
}

const quantile = (numbers: OrderedNumbers, share: number): number =>
  numbers.at(Math.round(share * (numbers.length - 1)));

const histogramBins = 24;

/** Equal bins over all but the outer half per cent of both sides; whole numbers get bins of whole width. */
function shapeOf(reference: OrderedSide, current: OrderedSide): DriftShape {
  const both = [reference.numbers, current.numbers];
  const low = Math.min(...both.map((numbers) => quantile(numbers, 0.005)));
  const high = Math.max(...both.map((numbers) => quantile(numbers, 0.995)));
  const edges = edgesBetween(low, high, reference.whole && current.whole);
  const shares = ({ numbers }: OrderedSide): number[] => {
    const inner = edges.slice(1, -1).map((edge) => numbers.countBelow(edge));
    return [...inner, numbers.length].map((upto, index) =>
      rounded((upto - (inner[index - 1] ?? 0)) / numbers.length),
    );
  };
  return { kind: 'numeric', edges, reference: shares(reference), current: shares(current) };
}

function edgesBetween(low: number, high: number, whole: boolean): number[] {
  if (low === high) {
    const half = Math.abs(low) / 20 || 0.5;
    return [low - half, low + half];
  }
  if (whole) {
    const width = Math.max(1, Math.ceil((high - low + 1) / histogramBins));
    const count = Math.ceil((high - low + 1) / width);
    return Array.from({ length: count + 1 }, (_, index) => low - 0.5 + index * width);
  }
  return Array.from({ length: histogramBins + 1 }, (_, index) =>
    index === histogramBins ? high : low + (index / histogramBins) * (high - low),
  );
}
