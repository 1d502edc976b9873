import { expect, test } from 'vitest';
import { type TracingEnvironment, tracingConfig } from './config.ts';

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };
const read = (env: TracingEnvironment) => tracingConfig({ ...endpoint, ...env });

test.each<[string, TracingEnvironment]>([
  ['no endpoint', {}],
  ['an empty endpoint', { OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }],
  ['the SDK is disabled', { ...endpoint, OTEL_SDK_DISABLED: 'TRUE' }],
  ['no exporter of traces', { ...endpoint, OTEL_TRACES_EXPORTER: 'none' }],
])('%s: nothing is traced', (_, env) => expect(tracingConfig(env)).toBeNull());

test('the endpoint of traces is taken as it is, the general one with a path', () => {
  expect(read({})?.url).toBe('http://collector:4318/v1/traces');
  expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c/base/' })?.url).toBe('https://c/base/v1/traces');
  expect(read({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://other/x' })?.url).toBe('http://other/x');
  expect(() => tracingConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317' })).toThrow(
    'OTEL_EXPORTER_OTLP_ENDPOINT must be an address that begins with http:// or https://',
  );
});

test('the usual', () => {
  expect(read({})).toEqual({
    url: 'http://collector:4318/v1/traces',
    protocol: 'http/protobuf',
    serviceName: 'ml-api',
    sampler: { parentBased: true, ratio: 1 },
    queue: { spans: 2048, batch: 512, delayMs: 5000 },
    warnings: [],
  });
});

test.each([
  ['always_on', '', false, 1],
  ['always_off', '', false, 0],
  ['traceidratio', '0.25', false, 0.25],
  ['parentbased_traceidratio', '0', true, 0],
  ['parentbased_traceidratio', '', true, 1],
  ['parentbased_always_off', '', true, 0],
])('sampler %s with %j', (sampler, argument, parentBased, ratio) => {
  const config = read({ OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: argument });
  expect(config?.sampler).toEqual({ parentBased, ratio });
  expect(config?.warnings).toEqual([]);
});

test('values that are not understood are named, and the defaults taken', () => {
  const config = read({
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    OTEL_TRACES_SAMPLER: 'jaeger_remote',
    OTEL_BSP_MAX_QUEUE_SIZE: '-1',
  });
  expect(config).toMatchObject({
    protocol: 'http/protobuf',
    sampler: { parentBased: true, ratio: 1 },
    queue: { spans: 2048 },
  });
  expect(config?.warnings).toEqual([
    expect.stringMatching(/^OTEL_EXPORTER_OTLP_PROTOCOL is "grpc"; allowed: http\/protobuf, http\/json/),
    expect.stringMatching(/^OTEL_TRACES_SAMPLER is "jaeger_remote"; allowed: always_on/),
    expect.stringMatching(/^OTEL_BSP_MAX_QUEUE_SIZE is "-1"/),
  ]);
  const ratio = read({ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '2' });
  expect([ratio?.sampler.ratio, ratio?.warnings.length]).toEqual([1, 1]);
});
