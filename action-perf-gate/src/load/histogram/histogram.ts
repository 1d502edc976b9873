/**
 * A histogram of latencies as HdrHistogram has it (Gil Tene; hdrhistogram.org): 1 us to 60 s, three significant digits, so that
 * a value is known to a thousandth of itself. Those of several runs or machines add up.
 */

export const lowestUs = 1;
export const highestUs = 60_000_000;
export const significantDigits = 3;

/** Values below 2 * 10^3 are told apart one by one: the next power of two is 2^11. */
const subBucketBits = 11;
const subBuckets = 1 << subBucketBits;
const halfBits = subBucketBits - 1;
const half = subBuckets >> 1;
/** Each bucket doubles the range of the one before it. */
const buckets = Math.ceil(Math.log2((highestUs + 1) / subBuckets)) + 1;

export const countsLength = (buckets + 1) * half;

export class Histogram {
  readonly counts = new Float64Array(countsLength);
  total = 0;

  /** Values above the range count as its end, so that no request is lost. */
  record(latencyMs: number): void {
    const us = Math.min(highestUs, Math.max(0, Math.round(latencyMs * 1000)));
    const index = indexOf(us);
    this.counts[index] = (this.counts[index] as number) + 1;
    this.total++;
  }

  add(other: Histogram): void {
    for (let i = 0; i < countsLength; i++)
      this.counts[i] = (this.counts[i] as number) + (other.counts[i] as number);
    this.total += other.total;
  }

  /** In ms: the highest value that cannot be told apart from the one at this quantile; NaN without values. */
  quantile(quantile: number): number {
    const wanted = Math.max(1, Math.ceil(quantile * this.total - 1e-9));
    let sum = 0;
    for (let i = 0; i < countsLength; i++) {
      sum += this.counts[i] as number;
      if (sum >= wanted) return highestAlike(i) / 1000;
    }
    return Number.NaN;
  }

  /** In ms. */
  get max(): number {
    return this.quantile(1);
  }
}

export function histogramOf(latenciesMs: Iterable<number>): Histogram {
  const histogram = new Histogram();
  for (const latency of latenciesMs) if (!Number.isNaN(latency)) histogram.record(latency);
  return histogram;
}

/** The bucket is the power of two, the sub-bucket the leading bits; the lower half of all but the first is the one before. */
function indexOf(us: number): number {
  const bucket = Math.max(0, 32 - Math.clz32(us) - subBucketBits);
  const subBucket = us >>> bucket;
  return ((bucket + 1) << halfBits) + subBucket - half;
}

/** In us. */
function highestAlike(index: number): number {
  let bucket = (index >> halfBits) - 1;
  let subBucket = (index & (half - 1)) + half;
  if (bucket < 0) {
    subBucket -= half;
    bucket = 0;
  }
  return (subBucket + 1) * 2 ** bucket - 1;
}
