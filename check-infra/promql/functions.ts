/** The functions of Prometheus 3 with the types of their arguments, as its documentation lists them. */

export type ArgumentType = 'vector' | 'range' | 'scalar' | 'string';

export interface Signature {
  readonly args: readonly ArgumentType[];
  /** How many of them must be there. */
  readonly least: number;
  /** The last one may come again and again. */
  readonly repeats: boolean;
  readonly returns: 'vector' | 'scalar';
}

const letters: Readonly<Record<string, ArgumentType>> = { v: 'vector', m: 'range', s: 'scalar', t: 'string' };

/** Arguments by letter; those after `?` may be left out, and `*` repeats the one before. */
const table = `
abs v|absent v|absent_over_time m|acos v|acosh v|asin v|asinh v|atan v|atanh v|avg_over_time m|ceil v|changes m
clamp vss|clamp_max vs|clamp_min vs|cos v|cosh v|count_over_time m|day_of_month ?v|day_of_week ?v|day_of_year ?v
days_in_month ?v|deg v|delta m|deriv m|double_exponential_smoothing mss|exp v|first_over_time m|floor v
histogram_avg v|histogram_count v|histogram_fraction ssv|histogram_quantile sv|histogram_quantiles vts?s*
histogram_stddev v|histogram_stdvar v|histogram_sum v|hour ?v|idelta m|increase m|info v?v|irate m
label_join vtt?t*|label_replace vtttt|last_over_time m|ln v|log10 v|log2 v|mad_over_time m|max_over_time m
min_over_time m|minute ?v|month ?v|predict_linear ms|present_over_time m|quantile_over_time sm|rad v|rate m|resets m
round v?s|scalar v|sgn v|sin v|sinh v|sort v|sort_by_label vt?t*|sort_by_label_desc vt?t*|sort_desc v|sqrt v
stddev_over_time m|stdvar_over_time m|sum_over_time m|tan v|tanh v|timestamp v|ts_of_first_over_time m
ts_of_last_over_time m|ts_of_max_over_time m|ts_of_min_over_time m|vector s|year ?v|pi |time |range |step |start_timestamp v|start |end `;

const scalars = new Set(['scalar', 'pi', 'time', 'range', 'step', 'start', 'end']);

export const functions: ReadonlyMap<string, Signature> = new Map(
  table
    .trim()
    .split(/[|\n]/)
    .map((entry) => {
      const [name = '', letterList = ''] = entry.split(' ');
      const bare = letterList.replace(/[?*]/g, '');
      const least = letterList.includes('?') ? letterList.indexOf('?') : bare.length;
      const signature: Signature = {
        args: [...bare].flatMap((letter) => letters[letter] ?? []),
        least,
        repeats: letterList.endsWith('*'),
        returns: scalars.has(name) ? 'scalar' : 'vector',
      };
      return [name, signature];
    }),
);

/** Names that Prometheus 3 has given up. */
export const renamed: ReadonlyMap<string, string> = new Map([
  ['holt_winters', 'double_exponential_smoothing'],
]);

/** Aggregations whose first argument is something else than the vector. */
export const parameterOf: ReadonlyMap<string, 'scalar' | 'string'> = new Map([
  ['topk', 'scalar'],
  ['bottomk', 'scalar'],
  ['limitk', 'scalar'],
  ['limit_ratio', 'scalar'],
  ['quantile', 'scalar'],
  ['count_values', 'string'],
]);
