/** The standard variables of OpenTelemetry. https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ */

export type TracingEnvironment = Readonly<Record<string, string | undefined>>;

export interface TracingConfig {
  /** The whole address, `…/v1/traces` where the general endpoint was given. */
  readonly url: string;
  readonly protocol: 'http/protobuf' | 'http/json';
  readonly serviceName: string;
  readonly sampler: { readonly parentBased: boolean; readonly ratio: number };
  readonly queue: { readonly spans: number; readonly batch: number; readonly delayMs: number };
  /** For the log: a value that is not understood is replaced by its default, as the standard has it. */
  readonly warnings: readonly string[];
}

const protocols = ['http/protobuf', 'http/json'] as const;
const samplers = ['always_on', 'always_off', 'traceidratio'] as const;

/** Null: nothing is to be traced. Headers, certificates, time limit and compression are read by the exporter itself. */
export function tracingConfig(env: TracingEnvironment, serviceName = 'ml-api'): TracingConfig | null {
  const own = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?.trim() ?? '';
  const general = env.OTEL_EXPORTER_OTLP_ENDPOINT?.trim() ?? '';
  const disabled = /^true$/i.test(env.OTEL_SDK_DISABLED?.trim() ?? '');
  if ((own === '' && general === '') || disabled || env.OTEL_TRACES_EXPORTER?.trim() === 'none') return null;
  const warnings: string[] = [];
  const url = own === '' ? `${general.replace(/\/+$/, '')}/v1/traces` : own;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    const name = own === '' ? 'OTEL_EXPORTER_OTLP_ENDPOINT' : 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT';
    throw new TypeError(`${name} must be an address that begins with http:// or https://`);
  }
  return {
    url,
    protocol: readProtocol(env, warnings),
    serviceName: env.OTEL_SERVICE_NAME?.trim() || serviceName,
    sampler: readSampler(env, warnings),
    queue: {
      spans: readWhole(env, 'OTEL_BSP_MAX_QUEUE_SIZE', 2048, warnings),
      batch: readWhole(env, 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 512, warnings),
      delayMs: readWhole(env, 'OTEL_BSP_SCHEDULE_DELAY', 5000, warnings),
    },
    warnings,
  };
}

function readProtocol(env: TracingEnvironment, warnings: string[]): TracingConfig['protocol'] {
  const given = (env.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL || env.OTEL_EXPORTER_OTLP_PROTOCOL || '').trim();
  const known = protocols.find((protocol) => protocol === given);
  if (given !== '' && known === undefined) {
    warnings.push(
      `OTEL_EXPORTER_OTLP_PROTOCOL is ${shown(given)}; allowed: ${protocols.join(', ')}; http/protobuf is taken`,
    );
  }
  return known ?? 'http/protobuf';
}

function readSampler(env: TracingEnvironment, warnings: string[]): TracingConfig['sampler'] {
  const given = env.OTEL_TRACES_SAMPLER?.trim() || 'parentbased_always_on';
  const parentBased = given.startsWith('parentbased_');
  const root = samplers.find((sampler) => sampler === given.replace(/^parentbased_/, ''));
  switch (root) {
    case 'always_on':
      return { parentBased, ratio: 1 };
    case 'always_off':
      return { parentBased, ratio: 0 };
    case 'traceidratio':
      return { parentBased, ratio: readRatio(env, warnings) };
    default:
      warnings.push(
        `OTEL_TRACES_SAMPLER is ${shown(given)}; allowed: ${samplers.join(', ')}, each also with parentbased_ before it; parentbased_always_on is taken`,
      );
      return { parentBased: true, ratio: 1 };
  }
}

function readRatio(env: TracingEnvironment, warnings: string[]): number {
  const given = env.OTEL_TRACES_SAMPLER_ARG?.trim() ?? '';
  const ratio = Number(given);
  if (given !== '' && ratio >= 0 && ratio <= 1) return ratio;
  if (given !== '') warnings.push(`OTEL_TRACES_SAMPLER_ARG is ${shown(given)}; allowed: 0 to 1; 1 is taken`);
  return 1;
}

function readWhole(env: TracingEnvironment, name: string, fallback: number, warnings: string[]): number {
  const given = env[name]?.trim() ?? '';
  if (given === '') return fallback;
  const value = Number(given);
  if (Number.isSafeInteger(value) && value > 0) return value;
  warnings.push(`${name} is ${shown(given)}; a whole number from 1 is allowed; ${fallback} is taken`);
  return fallback;
}

function shown(value: string): string {
  return JSON.stringify(value.slice(0, 80));
}
