/**
 * Prometheus' text format, version 0.0.4.
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */

import type { Labels, Metric, MetricSamples } from './types.ts';

/** For the request that carries the text. */
export const textContentType = 'text/plain; version=0.0.4; charset=utf-8';

/** A metric with its samples, typed: the labels are those of the metric. */
export function samplesOf<const M extends Metric>(
  metric: M,
  samples: readonly { readonly labels: Labels<M>; readonly value: number }[],
): MetricSamples {
  return { metric, samples };
}

/**
 * The text: HELP and TYPE of each metric, then its samples, without timestamps (a Pushgateway and the textfile collector
 * of node_exporter both refuse them). A metric without samples is left out.
 * @throws Error when two samples of a metric have the same labels: whoever reads the text would refuse all of it.
 */
export function renderMetrics(metrics: readonly MetricSamples[]): string {
  const lines = metrics.flatMap((each) => (each.samples.length === 0 ? [] : linesOf(each)));
  return lines.map((line) => `${line}\n`).join('');
}

function linesOf({ metric, samples }: MetricSamples): string[] {
  const lines = [`# HELP ${metric.name} ${escapeHelp(metric.help)}`, `# TYPE ${metric.name} ${metric.type}`];
  const seen = new Set<string>();
  for (const { labels, value } of samples) {
    const pairs = metric.labels.map((label) => `${label}="${escapeLabel(labels[label] ?? '')}"`);
    const series = pairs.length === 0 ? metric.name : `${metric.name}{${pairs.join(',')}}`;
    if (seen.has(series)) throw new Error(`two samples of ${metric.name} have the same labels: ${series}`);
    seen.add(series);
    lines.push(`${series} ${numberText(value)}`);
  }
  return lines;
}

/** Any Unicode may stand in a value; what is not well-formed could not be written as UTF-8. */
function escapeLabel(text: string): string {
  return text.toWellFormed().replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

/** A quote has no meaning in a help text. */
function escapeHelp(text: string): string {
  return text.toWellFormed().replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

/** As Go's ParseFloat reads it; JavaScript writes the shortest text that reads back as the same double. */
function numberText(value: number): string {
  if (Number.isFinite(value) || Number.isNaN(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
}
