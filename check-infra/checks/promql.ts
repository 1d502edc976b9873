/** Expressions of PromQL in rules and dashboards: one check for each kind of mistake. */

import { objectAt } from '../../core/kubernetes/index.ts';
import type { Check, Finding, Infra } from '../infra.ts';
import { lintFolder, type MistakeName, mergedContract, mistakeNames, type Placed } from '../promql/index.ts';
import { objectsOf } from './objects.ts';

const refusals: Readonly<Record<MistakeName, string>> = {
  'promql-syntax': 'an expression that Prometheus does not understand',
  'promql-type': 'a range where a vector belongs, a number where a text does: Prometheus refuses the file',
  'promql-unknown-metric':
    'a metric that is not in the metrics contract, and that no rule records: always empty',
  'promql-unknown-label': 'a label that the metric does not have, or that an aggregation has taken away',
  'promql-unknown-bucket': 'a bucket that the histogram does not have: always empty',
  'promql-unknown-job': 'a job that no configuration of Prometheus has, but nearly: always empty',
  'promql-unknown-variable': 'a variable of Grafana that the dashboard does not have',
  'promql-quantile-on-histogram': '`{quantile="0.95"}` of a histogram: such an alert never fires',
  'promql-quantile-range': 'a quantile of 95: it is a share, 0.95',
  'promql-quantile-without-rate': '`histogram_quantile` of buckets that count since the process was started',
  'promql-quantile-without-le': '`histogram_quantile` of what has no buckets any more: always empty',
  'promql-average-of-quantile': 'a mean or a sum of percentiles, which is no percentile',
  'promql-rate-of-gauge': '`rate` of what goes down as well, or is a rate already',
  'promql-delta-of-counter': '`delta` of a counter, which takes a restart for a fall',
  'promql-sum-before-rate': '`rate` of a sum, which takes the restart of one for that of all',
  'promql-short-range': 'a `rate` over less than two scrapes: always empty',
  'promql-buckets-added': 'a sum over the buckets of a histogram, each of which counts the smaller ones too',
  'promql-raw-counter': 'a counter that is compared or shown as it is: it only goes up',
  'promql-never-true': '`count(…) == 0`: what counts nothing gives nothing, and such an alert never fires',
  'promql-unmatched-vectors': 'two sides whose series can never meet: always empty',
  'promql-ambiguous-vectors': 'several series on a side that must have one: Prometheus gives an error',
  'promql-label-not-in-result': 'a label in a message or a legend that the result does not have',
  'promql-rule-refused':
    'a rule without an expression, or with a field that there is not: the file is not taken',
};

/** The lint is run once for all checks. */
const linted = new WeakMap<Infra, readonly Placed[]>();

export const promqlChecks: readonly Check[] = mistakeNames.map((name) => ({
  name,
  refuses: refusals[name],
  run: (infra) =>
    lintOf(infra)
      .filter(({ mistake }) => mistake.name === name)
      .map(({ place, mistake }): Finding => {
        const message = `\`${mistake.part}\`: ${mistake.message}`;
        return { check: name, place, message, mend: mistake.mend };
      }),
}));

function lintOf(infra: Infra): readonly Placed[] {
  const before = linted.get(infra);
  if (before !== undefined) return before;
  const found = lintFolder({
    rules: [
      ...infra.rules,
      // The operator's own kind of object holds what is a file elsewhere.
      ...objectsOf(infra, 'PrometheusRule').map(({ object, place }) => ({
        place,
        value: objectAt(object, 'spec'),
      })),
    ],
    dashboards: infra.dashboards,
    scrapes: infra.scrapes,
    hasMonitors: objectsOf(infra, 'ServiceMonitor', 'PodMonitor', 'Probe', 'ScrapeConfig').length > 0,
    contract: mergedContract(infra.contracts),
  });
  linted.set(infra, found);
  return found;
}
