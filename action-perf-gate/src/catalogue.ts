/** What thresholds of the performance gate may name. */

import { SelectorMistake, SelectorReader, writeName } from '../../core/gate/index.ts';
import type { MetricCatalogue, MetricDefinition, SelectorReading } from '../../core/gate/types.ts';

/** Quantiles of latency by the names that thresholds use. */
export const quantiles: Readonly<Record<string, number>> = {
  p50: 0.5,
  p75: 0.75,
  p90: 0.9,
  p95: 0.95,
  p99: 0.99,
  p999: 0.999,
};

/** Of `mode: stream`. */
export const streamMetrics = /^(?:ttft|inter_token|tokens_per_second)/;

const selectorHelp = 'the name of a request';
const source = 'README: What is measured';

function readName(text: string): SelectorReading {
  try {
    const reader = new SelectorReader(text);
    const name = reader.name(/(?!)/y, 'the name of a request');
    return { ok: true, canonical: writeName(name) };
  } catch (error) {
    if (!(error instanceof SelectorMistake)) throw error;
    return { ok: false, message: error.message, offset: error.offset, ...error.hints };
  }
}

/** The name that a canonical selector stands for. */
export function requestNameOf(selector: string): string {
  return new SelectorReader(selector).name(/(?!)/y);
}

function latency(name: string, label: string, definition: string): MetricDefinition {
  return {
    name,
    label,
    unit: 'milliseconds',
    direction: 'lower',
    definition,
    source,
    selectorHelp,
    selector: 'optional',
    readSelector: readName,
    range: [0, Number.POSITIVE_INFINITY],
  };
}

const ordinals: Readonly<Record<string, string>> = { p50: 'Half', p999: '99.9%' };

const definitions: readonly MetricDefinition[] = [
  ...Object.keys(quantiles).map((name) =>
    latency(
      name,
      name === 'p999' ? 'p99.9' : name,
      `${ordinals[name] ?? `${name.slice(1)}%`} of the successful requests took at most this long, from the moment they were due`,
    ),
  ),
  latency('max', 'Longest', 'The longest latency of a successful request; without an interval'),
  latency('mean', 'Mean', 'The mean latency of the successful requests'),
  {
    name: 'error_rate',
    label: 'Error rate',
    unit: 'ratio',
    direction: 'lower',
    definition: 'Requests that did not end as `expect` says, over all requests that were due',
    source,
    selectorHelp,
    selector: 'optional',
    readSelector: readName,
  },
  {
    name: 'throughput',
    label: 'Throughput',
    unit: 'per-second',
    direction: 'higher',
    definition: 'Successful requests per second of the measured time',
    source,
    selectorHelp,
    selector: 'optional',
    readSelector: readName,
  },
  {
    name: 'cpu_per_request',
    label: 'CPU per request',
    unit: 'milliseconds',
    direction: 'lower',
    definition:
      'User and system time of the service and its children over the measured time, per completed request; only of a service that the gate started, on Linux',
    source,
    selectorHelp: null,
    selector: 'never',
    range: [0, Number.POSITIVE_INFINITY],
  },
  {
    name: 'memory_peak',
    label: 'Peak memory',
    unit: 'bytes',
    direction: 'lower',
    definition:
      'Most resident memory of the service and its children together, while under load; only of a service that the gate started, on Linux',
    source,
    selectorHelp: null,
    selector: 'never',
  },
];

export const perfCatalogue: MetricCatalogue = new Map(
  definitions.map((metric): [string, MetricDefinition] => [metric.name, metric]),
);

/** What has no interval of its own, so that `at N%` has no meaning. */
export const withoutInterval = new Set(['max', 'memory_peak']);
/** What can be measured only of a process that the gate started. */
export const ofProcess = new Set(['cpu_per_request', 'memory_peak']);
