/** The metrics in both text forms, and the exemplars in the one that has them. */

import { expect, test } from 'vitest';
import { metrics } from '../../../monitoring/metrics.ts';
import { acceptsOpenMetrics } from './exposition.ts';
import { createServiceMetrics } from './service-metrics.ts';

const openMetrics = 'application/openmetrics-text; version=1.0.0';
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';

function subject() {
  return createServiceMetrics({
    openRequests: () => 0,
    openBytes: () => 0,
    queueRows: () => 0,
    droppedRows: () => 2,
  });
}

/** Without the comments, exemplars and values that differ from one moment to the next. */
function seriesOf(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('ml_'))
    .map((line) => line.replace(/ # \{.*/, ''))
    .sort();
}

test.each([
  ['nobody asks', undefined, false],
  ['a browser', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', false],
  ['curl', '*/*', false],
  [
    'Prometheus 2',
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
    true,
  ],
  [
    'Prometheus 3',
    'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.2,*/*;q=0.1',
    true,
  ],
  ['Prometheus that is to take the classic form', 'text/plain;version=0.0.4;q=0.5,*/*;q=0.1', false],
  ['another version only', 'application/openmetrics-text;version=0.0.1', false],
  ['the classic form is liked better', 'application/openmetrics-text;q=0.2, text/plain;q=0.5', false],
  ['OpenMetrics is refused', 'application/openmetrics-text;q=0, */*', false],
  ['in other letters and with blanks', ' Application/OpenMetrics-Text ; Version=1.0.0 ; q = 0.9', true],
  ['a quality that is none', 'application/openmetrics-text;q=high', false],
])('%s', (_, accept, expected) => {
  expect(acceptsOpenMetrics(accept)).toBe(expected);
});

test('a request whose trace is kept leaves its id at its bucket, the latest one wins', async () => {
  const service = subject();
  service.answered('/predict', 'POST', 200, 0.03, '0'.repeat(32));
  service.answered('/predict', 'POST', 200, 0.04, traceId);
  service.answered('/predict', 'POST', 200, 99, traceId);
  service.answered('/predict', 'POST', 200, 0.2, null);
  const before = Date.now() / 1000;
  const { contentType, text } = await service.expose(openMetrics);
  expect(contentType).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
  expect(text.endsWith('\n# EOF\n')).toBe(true);
  const exemplars = [...text.matchAll(/^(\S+)\{.*le="([^"]+)".*\} \d+ # (.*)$/gm)];
  expect(exemplars.map(([, name, le]) => [name, le])).toEqual([
    ['ml_api_request_duration_seconds_bucket', '0.05'],
    ['ml_api_request_duration_seconds_bucket', '+Inf'],
  ]);
  const [exemplar = '', value, time] = exemplars[0]?.[3]?.split(' ') ?? [];
  expect([exemplar, value]).toEqual([`{trace_id="${traceId}"}`, '0.04']);
  expect(Math.abs(Number(time) - before)).toBeLessThan(5);
});

test('both forms hold the same series with the same values, however often and in what order they are asked for', async () => {
  const service = subject();
  service.answered('/predict', 'POST', 200, 0.03, traceId);
  service.failed('queue_full');
  service.predicted('fraud', '1', 3);
  service.ran('fraud', '1', 3, 0.002);
  service.currentModel('fraud', '1', 'sha256:0');
  const first = await service.expose(undefined);
  const open = await service.expose(openMetrics);
  const again = await service.expose(undefined);
  expect(first.contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(first.text).not.toContain('trace_id');
  expect(seriesOf(again.text)).toEqual(seriesOf(first.text));
  expect(seriesOf(open.text)).toEqual(seriesOf(first.text));
  expect(seriesOf(first.text)).toContain('ml_api_prediction_log_dropped_rows_total 2');
});

test('OpenMetrics declares counters without their suffix, as it wants them', async () => {
  const service = subject();
  const { text } = await service.expose(openMetrics);
  const counters = Object.values(metrics).filter(
    ({ type, name }) => type === 'counter' && text.includes(name),
  );
  expect(counters.length).toBeGreaterThan(2);
  for (const { name } of counters) {
    expect(text).toContain(`# TYPE ${name.replace(/_total$/, '')} counter\n`);
  }
});
