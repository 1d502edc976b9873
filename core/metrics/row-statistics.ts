/** Metrics that are sums over rows: what a bootstrap draw, the value and the influence of each row are made of. */

/** A metric as a function of row weights, known to first order. */
export interface SmoothStatistic {
  /** With all weights 1. */
  readonly value: number;
  /** The derivative by each row's weight, per row; the sum is 0. */
  influence(): Float64Array;
}

export interface RowStatistic extends SmoothStatistic {
  /** With the weights of a bootstrap sample; NaN where the metric does not exist in it. */
  draw(weights: Uint8Array): number;
}

/** A function of the mean of one loss per row. */
export function meanStatistic(losses: Float64Array, shape: 'mean' | 'root' = 'mean'): RowStatistic {
  const n = losses.length;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    sum += losses[i] as number;
  }
  const mean = sum / n;
  const value = shape === 'root' ? Math.sqrt(mean) : mean;
  return {
    value,
    draw(weights) {
      const drawn = weightedSum(losses, weights) / n;
      return shape === 'root' ? Math.sqrt(drawn) : drawn;
    },
    influence() {
      const slope = shape === 'root' ? (value === 0 ? 0 : 1 / (2 * value)) : 1;
      return losses.map((loss) => ((loss - mean) * slope) / n);
    },
  };
}

/** Four running sums, so that additions do not wait for one another. */
export function weightedSum(values: Float64Array, weights: Uint8Array): number {
  const n = values.length;
  const whole = n - (n % 4);
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let i = 0; i < whole; i += 4) {
    a += (values[i] as number) * (weights[i] as number);
    b += (values[i + 1] as number) * (weights[i + 1] as number);
    c += (values[i + 2] as number) * (weights[i + 2] as number);
    d += (values[i + 3] as number) * (weights[i + 3] as number);
  }
  for (let i = whole; i < n; i++) {
    a += (values[i] as number) * (weights[i] as number);
  }
  return a + b + (c + d);
}

/** 1 - SSE / SST. A constant label: 1 when every error is 0, else 0 (scikit-learn's `force_finite`). */
export function r2Statistic(actual: Float64Array, predicted: Float64Array): RowStatistic {
  const n = actual.length;
  let total = 0;
  for (let i = 0; i < n; i++) {
    total += actual[i] as number;
  }
  const mean = total / n;
  const errors = new Float64Array(n);
  const centred = new Float64Array(n);
  const spread = new Float64Array(n);
  let sse = 0;
  let sst = 0;
  let constant = true;
  for (let i = 0; i < n; i++) {
    const error = (actual[i] as number) - (predicted[i] as number);
    const deviation = (actual[i] as number) - mean;
    constant &&= actual[i] === actual[0];
    errors[i] = error * error;
    centred[i] = deviation;
    spread[i] = deviation * deviation;
    sse += error * error;
    sst += deviation * deviation;
  }
  const degenerate = sse === 0 ? 1 : 0;
  const value = constant || sst === 0 ? degenerate : 1 - sse / sst;
  return {
    value,
    draw(weights) {
      const drawnMean = weightedSum(centred, weights) / n;
      const drawnSpread = weightedSum(spread, weights) - n * drawnMean * drawnMean;
      // A sample of one distinct label has no R²; rounding leaves a trace of the spread.
      return drawnSpread <= 1e-12 * sst ? Number.NaN : 1 - weightedSum(errors, weights) / drawnSpread;
    },
    influence() {
      const u = new Float64Array(n);
      if (sst > 0) {
        for (let i = 0; i < n; i++) {
          u[i] = -((errors[i] as number) - (1 - value) * (spread[i] as number)) / sst;
        }
      }
      return u;
    },
  };
}

/** The average of statistics in [0, 1], each of a class, weighted equally or by the classes' frequencies. */
export function averageSmooth(
  parts: readonly SmoothStatistic[],
  memberships: readonly Uint8Array[],
  average: 'macro' | 'weighted',
): SmoothStatistic {
  const n = memberships[0]?.length ?? 0;
  const shares = memberships.map((membership) =>
    average === 'macro' ? 1 / parts.length : count(membership) / n,
  );
  return {
    // The shares of many classes may add up to a last bit more than 1, and every part is 1 at most.
    value: Math.min(
      1,
      parts.reduce((sum, part, k) => sum + (shares[k] as number) * part.value, 0),
    ),
    influence() {
      const u = new Float64Array(n);
      for (const [k, part] of parts.entries()) {
        const own = part.influence();
        const membership = memberships[k] as Uint8Array;
        const share = shares[k] as number;
        for (let i = 0; i < n; i++) {
          // The frequency is estimated too: a row of the class raises it.
          const byShare = average === 'macro' ? 0 : (((membership[i] as number) - share) * part.value) / n;
          u[i] = (u[i] as number) + share * (own[i] as number) + byShare;
        }
      }
      return u;
    },
  };
}

export function averageStatistic(
  parts: readonly RowStatistic[],
  memberships: readonly Uint8Array[],
  average: 'macro' | 'weighted',
): RowStatistic {
  return {
    ...averageSmooth(parts, memberships, average),
    draw(weights) {
      const n = weights.length;
      return parts.reduce((sum, part, k) => {
        const share =
          average === 'macro' ? 1 / parts.length : drawnCount(memberships[k] as Uint8Array, weights) / n;
        return share === 0 ? sum : sum + share * part.draw(weights);
      }, 0);
    },
  };
}

function count(membership: Uint8Array): number {
  let total = 0;
  for (let i = 0; i < membership.length; i++) {
    total += membership[i] as number;
  }
  return total;
}

function drawnCount(membership: Uint8Array, weights: Uint8Array): number {
  let total = 0;
  for (let i = 0; i < membership.length; i++) {
    total += (membership[i] as number) * (weights[i] as number);
  }
  return total;
}
