import { expect, test } from 'vitest';
import { metrics } from '../../../../monitoring/metrics.ts';
import { createCostMetrics } from './cost-metrics.ts';

const subject = () => createCostMetrics({ questions: ['services', 'forecast'], requestsLeft: () => 17 });
const linesOf = (text: string): string[] =>
  text.split('\n').filter((line) => line.startsWith('aws_cost') && !line.includes('errors_total'));

test('before anything is known there are counters of nothing, and no cost', async () => {
  const { text, contentType } = await subject().expose();
  expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(linesOf(text)).toEqual([
    'aws_cost_explorer_requests_total{operation="GetCostAndUsage"} 0',
    'aws_cost_explorer_requests_total{operation="GetCostForecast"} 0',
    'aws_cost_explorer_spend_usd_total 0',
    'aws_cost_explorer_requests_left 17',
  ]);
  expect(text).toContain('aws_cost_explorer_errors_total{query="forecast",reason="access_denied"} 0\n');
  expect(text).not.toContain('query="models"');
});

test('each metric of the contract is declared, with its help and type', async () => {
  const { text } = await subject().expose();
  const own = Object.values(metrics).filter(({ name }) => name.startsWith('aws_cost'));
  expect(own.length).toBeGreaterThan(15);
  for (const { name, help, type } of own)
    expect(text).toContain(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`);
});

test('what is shown takes the place of what was: a service without costs is gone', async () => {
  const costs = subject();
  const of = (service: string, value: number) =>
    ({ name: 'aws_cost_by_service', labels: { service, currency: 'USD' }, value }) as const;
  costs.show([of('Amazon EC2', 12.5), of('a "b"\\c', Infinity)]);
  const first = await costs.expose();
  expect(first.text).toContain('aws_cost_by_service{service="Amazon EC2",currency="USD"} 12.5\n');
  expect(first.text).toContain('aws_cost_by_service{service="a \\"b\\"\\\\c",currency="USD"} +Inf\n');
  costs.show([of('Amazon S3', 1)]);
  const second = await costs.expose();
  expect(second.text).toContain('aws_cost_by_service{service="Amazon S3",currency="USD"} 1\n');
  expect(second.text).not.toContain('Amazon EC2');
});

test('each request costs a cent, and a hundred a dollar', async () => {
  const costs = subject();
  for (let sent = 0; sent < 100; sent += 1) costs.requested('GetCostAndUsage');
  costs.requested('GetCostForecast');
  costs.failed('forecast', 'no_data');
  const { text } = await costs.expose();
  expect(text).toContain('aws_cost_explorer_requests_total{operation="GetCostAndUsage"} 100\n');
  expect(text).toContain('aws_cost_explorer_spend_usd_total 1.01\n');
  expect(text).toContain('aws_cost_explorer_errors_total{query="forecast",reason="no_data"} 1\n');
});
