/**
 * Pieces of PromQL that are typed against the metrics contract: a name or a label that it does not have does not compile.
 * What they are put together to is for the lint to judge (`npx ml-gates check-infra`).
 */

import { type MetricName, metrics } from '../metrics.ts';

type OfType<Type extends string> = {
  [Name in MetricName]: (typeof metrics)[Name]['type'] extends Type ? Name : never;
}[MetricName];
type LabelOf<Name extends MetricName> = (typeof metrics)[Name]['labels'][number] | 'job' | 'instance';

/** Of a label: the value, or with `=~` and `!=` before it. */
type Matchers<Label extends string> = { readonly [Key in Label]?: string };

export function select<Name extends OfType<'counter' | 'gauge'>>(
  name: Name,
  matchers: Matchers<LabelOf<Name>> = {},
): string {
  return selector(name, matchers);
}

export function buckets<Name extends OfType<'histogram'>>(
  name: Name,
  matchers: Matchers<LabelOf<Name>> = {},
): string {
  return selector(`${name}_bucket`, matchers);
}

/** Mean of a histogram over the time between two points of the graph. */
export function mean<Name extends OfType<'histogram'>>(
  name: Name,
  by: readonly LabelOf<Name>[],
  matchers: Matchers<LabelOf<Name>> = {},
): string {
  const part = (suffix: string): string =>
    `sum by (${by.join(', ')}) (${rate(selector(`${name}_${suffix}`, matchers))})`;
  return `${part('sum')} / ${part('count')}`;
}

export function quantile<Name extends OfType<'histogram'>>(
  share: number,
  name: Name,
  by: readonly LabelOf<Name>[],
  matchers: Matchers<LabelOf<Name>> = {},
): string {
  const labels = [...by, 'le'].join(', ');
  return `histogram_quantile(${share}, sum by (${labels}) (${rate(buckets(name, matchers))}))`;
}

/** A series of the rules, or one that Prometheus and its targets have by themselves. */
export function other(name: string, matchers: Matchers<string> = {}): string {
  return selector(name, matchers);
}

/** Over some points of the graph: Grafana knows how far apart they are, and how often is scraped. */
export function rate(series: string): string {
  return `rate(${series}[$__rate_interval])`;
}

function selector(name: string, matchers: Matchers<string>): string {
  const texts = Object.entries(matchers).map(([label, value = '']) => {
    const [, operator = '=', rest = value] = /^(=~|!=|!~)(.*)$/s.exec(value) ?? [];
    return `${label}${operator}"${rest}"`;
  });
  return texts.length === 0 ? name : `${name}{${texts.join(', ')}}`;
}

/** Routes that predict, as the rules have them: health checks and metrics are nobody's wait. */
export const predictionRoutes = '=~/predict|/invocations|.*/infer';

/** Help of the contract, for descriptions. */
export function helpOf(name: MetricName): string {
  return metrics[name].help;
}
