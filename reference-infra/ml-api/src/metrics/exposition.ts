/**
 * The two text forms of the metrics, and which of them a request is answered with. OpenMetrics carries exemplars, the trace
 * ids beside the buckets; the classic form is for everybody who does not ask for it.
 */

import { type Metric, Registry, type RegistryContentType } from 'prom-client';

export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

/** @param classic Holds all metrics; a metric that is added to it later is left out of OpenMetrics. */
export function expositionOf(classic: Registry): (accept: string | undefined) => Promise<Exposition> {
  const openMetrics = openMetricsOf(classic);
  return async (accept) => {
    const registry = acceptsOpenMetrics(accept) ? openMetrics : classic;
    return { contentType: registry.contentType, text: await registry.metrics() };
  };
}

/**
 * The same metrics under OpenMetrics' names. prom-client takes `_total` off the name of a counter for good when it writes
 * OpenMetrics, so that a metric cannot be written in both forms: each is shown to the second registry by a stand-in.
 */
function openMetricsOf(classic: Registry): Registry<RegistryContentType> {
  const registry = new Registry<RegistryContentType>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  for (const metric of classic.getMetricsAsArray() as unknown as readonly (Metric & {
    readonly name: string;
  })[]) {
    const standIn = {
      name: metric.name,
      async get() {
        const values = await metric.get();
        const counter = (values.type as unknown) === 'counter';
        return counter ? { ...values, name: values.name.replace(/_total$/, '') } : values;
      },
    };
    registry.registerMetric(standIn as unknown as Metric);
  }
  return registry;
}

const openMetricsType = 'application/openmetrics-text';

/** By the qualities of the header (RFC 9110, section 12.5.1): only who names OpenMetrics, and likes it no less, gets it. */
export function acceptsOpenMetrics(accept: string | undefined): boolean {
  const qualities = new Map<string, number>();
  for (const range of (accept ?? '').split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const values = new Map(parameters.map((parameter) => pairOf(parameter)));
    if (type === openMetricsType && (values.get('version') ?? '1.0.0') !== '1.0.0') continue;
    const quality = Number(values.get('q') ?? 1);
    qualities.set(type, Math.max(qualities.get(type) ?? 0, Number.isFinite(quality) ? quality : 0));
  }
  const wanted = qualities.get(openMetricsType) ?? 0;
  return wanted > 0 && wanted >= (qualities.get('text/plain') ?? 0);
}

function pairOf(parameter: string): [name: string, value: string] {
  const [name = '', value = ''] = parameter.split('=', 2);
  return [name.trim(), value.trim()];
}
