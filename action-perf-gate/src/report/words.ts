/** Numbers and names as the report of the performance gate says them. */

import { formatValue } from '../../../core/gate/index.ts';
import { perfCatalogue } from '../catalogue.ts';
import type { LoadRecord } from '../types.ts';

export const absentText = '–';

export function ms(value: number | null | undefined): string {
  return value === null || value === undefined ? absentText : formatValue(value, 'milliseconds');
}

export function perSecond(value: number): string {
  return formatValue(Number(value.toPrecision(4)), 'per-second');
}

export function percent(share: number): string {
  const value = share * 100;
  return `${Number(value.toPrecision(value >= 10 ? 3 : 2))}%`;
}

export function bytes(value: number | null): string {
  return value === null ? absentText : formatValue(Number(value.toPrecision(3)), 'bytes');
}

/** `p99.9` for `p999`. */
export function labelOf(metric: string): string {
  return perfCatalogue.get(metric)?.label ?? metric;
}

/** `50/s for 30 s`, `100/s for 30 s, then 200/s for 30 s` */
export function loadText({ stages, arrivals }: LoadRecord): string {
  const parts = stages.map(({ per_second: rate, seconds }) => `${perSecond(rate)} for ${seconds} s`);
  return `${parts.join(', then ')}, ${arrivals === 'poisson' ? 'Poisson' : 'constant'} arrivals`;
}

/** `1, 2 and 3` */
export function listText(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
