/** The exporter's metrics: names, labels and help are those of the contract, and nothing else compiles. */

import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { type MetricName, metrics } from '../../../../monitoring/metrics.ts';
import { type Operation, operations } from '../explorer/calls.ts';
import { type FailureReason, failureReasons } from '../explorer/failure.ts';
import type { QuestionName } from '../refresh/questions.ts';
import type { Figure, FigureName } from './figures.ts';

export interface CostMetrics {
  /** In the place of those that were shown before: a service without costs is gone, and not 0. */
  show(figures: readonly Figure[]): void;
  requested(operation: Operation): void;
  failed(question: QuestionName, reason: FailureReason): void;
  expose(): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** https://aws.amazon.com/aws-cost-management/aws-cost-explorer/pricing/: each paginated request. */
export const dollarsPerRequest = 0.01;

export function createCostMetrics(observed: {
  readonly questions: readonly QuestionName[];
  readonly requestsLeft: () => number;
}): CostMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    ...definitionOf('aws_cost_explorer_requests_total'),
    registers: [registry],
  });
  const spend = new Counter({ ...definitionOf('aws_cost_explorer_spend_usd_total'), registers: [registry] });
  const errors = new Counter({ ...definitionOf('aws_cost_explorer_errors_total'), registers: [registry] });
  const left = new Gauge({ ...definitionOf('aws_cost_explorer_requests_left'), registers: [registry] });
  const gauges = new Map(
    figureNames().map((name) => [name, new Gauge({ ...definitionOf(name), registers: [registry] })]),
  );
  // From the beginning, so that the first one is an increase, too.
  for (const operation of operations) requests.inc({ operation }, 0);
  for (const query of observed.questions)
    for (const reason of failureReasons) errors.inc({ query, reason }, 0);
  let sent = 0;

  return {
    show(figures) {
      for (const gauge of gauges.values()) gauge.reset();
      for (const { name, labels, value } of figures) gauges.get(name)?.set({ ...labels }, value);
    },
    requested(operation) {
      requests.inc({ operation });
      // As a product: a hundred times 0.01 added up is not 1.
      sent += 1;
      spend.reset();
      spend.inc(Math.round(sent * dollarsPerRequest * 100) / 100);
    },
    failed: (query, reason) => errors.inc({ query, reason }),
    async expose() {
      left.set(observed.requestsLeft());
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}

function figureNames(): FigureName[] {
  return Object.values(metrics)
    .map(({ name }) => name)
    .filter((name): name is FigureName => /^aws_cost_(?!explorer_)/.test(name));
}

function definitionOf(name: MetricName): { name: string; help: string; labelNames: string[] } {
  const { help, labels } = metrics[name];
  return { name, help, labelNames: [...labels] };
}
