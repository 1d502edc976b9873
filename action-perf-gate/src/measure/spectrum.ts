/** Latency by percentile, as HDR plots show it: the nines have as much room as the halves. */

import { round } from './series.ts';

/** Latency and service time at one share of the successful requests. */
export interface SpectrumPoint {
  /** 0.99: 99% were as fast or faster. */
  readonly share: number;
  readonly latency: number;
  /** From the sending. */
  readonly service: number;
}

const steps = 8;

/** From half of the requests on, eight points for each halving of the rest, up to what the number of requests shows. */
export function spectrumOf(latency: Float64Array, service: Float64Array): readonly SpectrumPoint[] {
  const n = latency.length;
  if (n === 0) return [];
  const at = (sorted: Float64Array, share: number): number =>
    round(sorted[Math.min(n - 1, Math.max(0, Math.ceil(share * n) - 1))] ?? 0);
  const point = (share: number): SpectrumPoint => ({
    share: Number(share.toPrecision(8)),
    latency: at(latency, share),
    service: at(service, share),
  });
  const shares: number[] = [0, 0.1, 0.25, 0.4];
  for (let step = steps; 1 - 2 ** (-step / steps) <= 1 - 1 / n; step++) shares.push(1 - 2 ** (-step / steps));
  return [...shares.map(point), point(1)];
}
