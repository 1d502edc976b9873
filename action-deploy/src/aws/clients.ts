/** The one place where clients are made; each is loaded when it is first asked for. */

import { Agent } from 'node:https';
import { Readable } from 'node:stream';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { ECRClient } from '@aws-sdk/client-ecr';
import type { ECSClient } from '@aws-sdk/client-ecs';
import type { EKSClient } from '@aws-sdk/client-eks';
import { type Log, silentLog } from '../../../core/report/log.ts';
import { CallRecord } from './calls.ts';
import { type CredentialsProvider, credentialsFrom } from './credentials.ts';
import { type Environment, endpointOf, regionOf } from './regions.ts';

export interface AwsOptions {
  /** Before that of the environment, as from an ARN. */
  readonly region?: string;
  readonly log?: Log;
  /** Of one attempt, in milliseconds. Default 20,000. */
  readonly timeoutMs?: number;
  /** In all, for throttling, lost connections and 5xx. Default: AWS_MAX_ATTEMPTS, else 6: some 15 s of waiting. */
  readonly attempts?: number;
}

/** Clients of one region. They share credentials and the record of calls with those of other regions. */
export interface Aws {
  /** Null: the environment names none; the SDK looks into the profile. */
  readonly region: string | null;
  readonly record: CallRecord;
  /**
   * Of the SDK. Give `abortSignal` to `send` where a cancelled job must end the call.
   * What a call throws goes through `explain`.
   */
  ecs(): Promise<ECSClient>;
  ecr(): Promise<ECRClient>;
  eks(): Promise<EKSClient>;
  cloudwatch(): Promise<CloudWatchClient>;
  logs(): Promise<CloudWatchLogsClient>;
  /** For a signed address, such as an EKS token. */
  credentials(): ReturnType<CredentialsProvider>;
  /** The same for another region. */
  inRegion(region: string): Aws;
  /** Closes connections that are kept open; the process could not end early with them. */
  close(): void;
}

/** Makes no connection and loads nothing until a client is asked for. */
export function createAws(env: Environment, options: AwsOptions = {}): Aws {
  return new Clients({
    env,
    options,
    record: new CallRecord(),
    credentials: credentialsFrom(env, options.log ?? silentLog),
    regions: new Map(),
  }).inRegionOrNone(options.region ?? regionOf(env));
}

interface Shared {
  readonly env: Environment;
  readonly options: AwsOptions;
  readonly record: CallRecord;
  readonly credentials: CredentialsProvider;
  readonly regions: Map<string | null, Clients>;
}

/** What all the SDK's clients have; they share no type. */
interface AnyClient {
  readonly middlewareStack: {
    add(
      middleware: (next: Next, context: { clientName?: string; commandName?: string }) => Next,
      options: { step: 'initialize'; name: string },
    ): void;
    add(
      middleware: (next: Next) => Next,
      options: { step: 'deserialize'; name: string; priority: 'low' },
    ): void;
  };
  destroy(): void;
}

// biome-ignore lint/suspicious/noExplicitAny: the handlers of the clients have types of their own, and are passed on
type Next = (args: any) => Promise<any>;

class Clients implements Aws {
  readonly region: string | null;
  private readonly shared: Shared;
  private readonly made = new Map<string, Promise<AnyClient>>();

  constructor(shared: Shared, region: string | null = null) {
    this.shared = shared;
    this.region = region;
  }

  get record(): CallRecord {
    return this.shared.record;
  }

  ecs(): Promise<ECSClient> {
    return this.once('ECS', async (config) => {
      const { ECSClient } = await import('@aws-sdk/client-ecs');
      return new ECSClient(config);
    });
  }

  ecr(): Promise<ECRClient> {
    return this.once('ECR', async (config) => {
      const { ECRClient } = await import('@aws-sdk/client-ecr');
      return new ECRClient(config);
    });
  }

  eks(): Promise<EKSClient> {
    return this.once('EKS', async (config) => {
      const { EKSClient } = await import('@aws-sdk/client-eks');
      return new EKSClient(config);
    });
  }

  cloudwatch(): Promise<CloudWatchClient> {
    return this.once('CLOUDWATCH', async (config) => {
      const { CloudWatchClient } = await import('@aws-sdk/client-cloudwatch');
      return new CloudWatchClient(config);
    });
  }

  logs(): Promise<CloudWatchLogsClient> {
    return this.once('CLOUDWATCH_LOGS', async (config) => {
      const { CloudWatchLogsClient } = await import('@aws-sdk/client-cloudwatch-logs');
      return new CloudWatchLogsClient(config);
    });
  }

  credentials(): ReturnType<CredentialsProvider> {
    return this.shared.credentials();
  }

  inRegion(region: string): Aws {
    return this.inRegionOrNone(region);
  }

  inRegionOrNone(region: string | null): Clients {
    const known = this.shared.regions.get(region);
    if (known !== undefined) return known;
    const made = new Clients(this.shared, region);
    this.shared.regions.set(region, made);
    return made;
  }

  close(): void {
    for (const clients of this.shared.regions.values()) clients.closeOwn();
  }

  private closeOwn(): void {
    for (const client of this.made.values()) {
      void client.then(
        (made) => made.destroy(),
        () => {},
      );
    }
    this.made.clear();
  }

  private once<Client extends AnyClient>(
    service: string,
    make: (config: ClientConfig) => Promise<Client>,
  ): Promise<Client> {
    const known = this.made.get(service);
    // Each service has one maker, so what is kept under its name has the maker's type.
    if (known !== undefined) return known as Promise<Client>;
    const client = make(this.config(service)).then((made) => watched(made, this.record, this.timeoutMs));
    this.made.set(service, client);
    return client;
  }

  private get timeoutMs(): number {
    return this.shared.options.timeoutMs ?? 20_000;
  }

  private config(service: string): ClientConfig {
    const { env, options, credentials } = this.shared;
    const endpoint = endpointOf(env, service);
    const { timeoutMs } = this;
    return {
      credentials,
      retryMode: 'standard',
      maxAttempts: options.attempts ?? attemptsOf(env),
      requestHandler: {
        connectionTimeout: Math.min(timeoutMs, 10_000),
        requestTimeout: timeoutMs,
        // Else the SDK only warns.
        throwOnRequestTimeout: true,
        // Self-hosted runners stand behind proxies; Node's agent knows how since 24.5.
        httpsAgent: new Agent({ keepAlive: true, maxSockets: 50, proxyEnv: proxies(env) }),
      },
      customUserAgent: 'ml-gates-deploy',
      ...(this.region === null ? {} : { region: this.region }),
      ...(endpoint === null ? {} : { endpoint }),
      ...(env.AWS_PROFILE ? { profile: env.AWS_PROFILE } : {}),
    };
  }
}

interface ClientConfig {
  readonly credentials: CredentialsProvider;
  readonly retryMode: 'standard';
  readonly maxAttempts: number;
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: true;
    readonly httpsAgent: Agent;
  };
  readonly customUserAgent: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly profile?: string;
}

function attemptsOf(env: Environment): number {
  const given = Number(env.AWS_MAX_ATTEMPTS);
  return Number.isInteger(given) && given >= 1 ? Math.min(given, 20) : 6;
}

function proxies(env: Environment): Record<string, string> {
  const names = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];
  return Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}

/**
 * Keeps the record, before anything else of the call, so that calls which never leave are in it as well; and bounds the
 * time that a body may take, since the SDK's time-out ends with the headers.
 */
function watched<Client extends AnyClient>(client: Client, record: CallRecord, timeoutMs: number): Client {
  client.middlewareStack.add(
    (next, { clientName = '', commandName = '' }) =>
      (args) => {
        record.add(clientName, commandName);
        return next(args);
      },
    { step: 'initialize', name: 'mlGatesCallRecord' },
  );
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const body: unknown = result?.response?.body;
      if (body instanceof Readable) endWithin(body, timeoutMs);
      return result;
    },
    // Next to the handler: the deserializer waits for the body.
    { step: 'deserialize', name: 'mlGatesBodyTimeout', priority: 'low' },
  );
  return client;
}

/** The name is one that the SDK tries again after. */
function endWithin(body: Readable, timeoutMs: number): void {
  const timer = setTimeout(() => {
    body.destroy(Object.assign(new Error('the answer did not end in time'), { name: 'TimeoutError' }));
  }, timeoutMs);
  body.once('close', () => clearTimeout(timer));
}
