/** Histograms as paths of steps. */

import { coordinate, type Scale } from './frame.ts';

/** Two histograms over the same bins; shares of the values, one fewer than there are edges. */
export interface BinnedPair {
  readonly edges: readonly number[];
  readonly reference: readonly number[];
  readonly current: readonly number[];
}

/**
 * Heights of bars whose areas are the shares. Bins of one width keep their shares; where widths differ, a share is
 * divided by its bin's width over the mean width, so that a wide bin does not look like a full one.
 */
export function heights(
  edges: readonly number[],
  shares: readonly number[],
): { readonly heights: readonly number[]; readonly even: boolean } {
  const widths = shares.map((_, index) => (edges[index + 1] ?? 0) - (edges[index] ?? 0));
  const mean = widths.reduce((sum, width) => sum + width / Math.max(1, widths.length), 0);
  const even = widths.every((width) => Math.abs(width - mean) <= Math.abs(mean) * 1e-6);
  if (even || !(mean > 0) || !Number.isFinite(mean)) return { heights: shares, even: true };
  // Bins of tied values have no width: they stand as high as the narrowest ones that have.
  const narrowest = Math.min(...widths.filter((width) => width > 0));
  return {
    heights: shares.map((share, index) => share / (Math.max(narrowest, widths[index] ?? 0) / mean)),
    even: false,
  };
}

/** The outline of a histogram from its base line, up and down each bin, and back: `M0 27V12H4V27`. */
export function steps(edges: readonly number[], tops: readonly number[], x: Scale, y: Scale): string {
  const base = y(y.min);
  const parts: string[] = [`M${x(edges[0] ?? 0)} ${base}`];
  let level = base;
  tops.forEach((top, index) => {
    const height = coordinate(y(top));
    if (height !== level) parts.push(`V${height}`);
    parts.push(`H${x(edges[index + 1] ?? edges[index] ?? 0)}`);
    level = height;
  });
  if (level !== base) parts.push(`V${base}`);
  return parts.join('').replaceAll(/(?:H[\d.-]+)+(?=H)/g, '');
}
