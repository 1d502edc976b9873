/** The HTTP side: AWS's JSON protocol 1.0 and 1.1, as the clients of ECS, CloudWatch and CloudWatch Logs speak it. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerOf, type Faults } from './faults.ts';
import { clusterArn, lastPart, serviceArn } from './names.ts';
import { ApiError, type Json, operationsOf, UnsimulatedError } from './operations/index.ts';
import type { ServiceModel } from './service-model.ts';
import type { World } from './world.ts';

/** A call that came in. */
export interface Call {
  /** From 1, in the order in which they came. */
  readonly index: number;
  /** `ecs`, `cloudwatch`, `logs` */
  readonly service: string;
  readonly operation: string;
  readonly input: Json;
  /** An operation of the kind that changes something. */
  readonly mutating: boolean;
  /** Virtual time. */
  readonly at: Date;
  /** It changed something, whatever the answer was. */
  effect: boolean;
  /** `ok`, the code of an error, `lost`; `pending` until it is answered. */
  outcome: string;
}

export interface CallHook {
  /** Awaited before the call is looked at. */
  readonly before?: (call: Call) => Promise<void> | void;
  /** Awaited when it has taken effect, before the answer goes out. */
  readonly after?: (call: Call) => Promise<void> | void;
}

export interface ServerParts {
  readonly world: World;
  readonly models: Readonly<Record<'ecs' | 'cloudwatch' | 'logs', ServiceModel>>;
  readonly faults: Faults;
  readonly journal: Call[];
  readonly hooks: CallHook[];
  readonly violations: string[];
  /** Runs an operation on what its caller may see. */
  readonly execute: (call: Call, run: (world: World) => Json) => Json;
}

type ServiceName = keyof typeof operationsOf;

/** As in the scope of a signature. */
const signingNames: Readonly<Record<ServiceName, string>> = {
  ecs: 'ecs',
  cloudwatch: 'monitoring',
  logs: 'logs',
};

export async function startHttp(
  parts: ServerParts,
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const http = createServer((request, response) => {
    answer(parts, request, response).catch((error: unknown) => {
      parts.violations.push(`the simulator failed: ${error instanceof Error ? error.stack : String(error)}`);
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    close: async () => {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

async function answer(parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { world, journal, violations, faults, hooks } = parts;
  const text = await bodyOf(request);
  const target = String(request.headers['x-amz-target'] ?? '');
  const service = (Object.keys(parts.models) as ServiceName[]).find((name) =>
    target.startsWith(`${parts.models[name].targetPrefix}.`),
  );
  const operation = target.split('.').at(-1) ?? '';
  const handler = service === undefined ? undefined : operationsOf[service][operation];
  if (service === undefined || handler === undefined) {
    violations.push(`${request.method} ${request.url} ${target}: the simulator does not know this call`);
    return send(response, 400, { __type: 'UnknownOperationException' });
  }
  const model = parts.models[service];
  const input = parse(text);
  const call: Call = {
    index: journal.length + 1,
    service,
    operation,
    input: input ?? {},
    mutating: handler.changes,
    at: new Date(world.state.now),
    effect: false,
    outcome: 'pending',
  };
  journal.push(call);
  for (const hook of hooks) await hook.before?.(call);

  const problems = [
    ...(input === null
      ? [`${operation}: the body is not a JSON object`]
      : model.requestProblems(operation, input)),
    ...headerProblems(request, model, signingNames[service]).map((problem) => `${operation}: ${problem}`),
  ];
  if (problems.length > 0) {
    violations.push(...problems);
    call.outcome = 'SerializationException';
    return send(response, 400, { __type: 'SerializationException', message: problems.join('; ') });
  }

  const fault = faults.next(operation, call.index);
  if (fault !== null && fault.kind !== 'lost') {
    const { account } = world.state;
    const made = answerOf(fault, {
      action: `${service}:${operation}`,
      resource: resourceOf(world, call),
      account,
    });
    call.outcome = made.code;
    return send(response, made.status, made.body);
  }
  if (fault?.when === 'before') {
    call.outcome = 'lost';
    return void request.socket.resetAndDestroy();
  }

  const made = run(parts, call, model, handler.run);
  for (const hook of hooks) await hook.after?.(call);
  if (fault?.when === 'after') {
    call.outcome = 'lost';
    return void request.socket.resetAndDestroy();
  }
  send(response, made.status, made.body, model.jsonVersion);
}

function run(
  parts: ServerParts,
  call: Call,
  model: ServiceModel,
  operation: (world: World, input: Json) => Json,
): { readonly status: number; readonly body: Json } {
  try {
    const body = parts.execute(call, (world) => operation(world, call.input));
    call.outcome = 'ok';
    call.effect = call.mutating;
    parts.violations.push(...model.responseProblems(call.operation, body));
    return { status: 200, body };
  } catch (error) {
    if (error instanceof UnsimulatedError) {
      parts.violations.push(`the simulator does not know ${error.message}`);
      call.outcome = 'unsimulated';
      return { status: 400, body: { __type: 'UnsimulatedException', message: error.message } };
    }
    if (!(error instanceof ApiError)) throw error;
    call.outcome = error.code;
    if (!model.knowsError(call.operation, error.code)) {
      parts.violations.push(`own answer: ${call.operation} has no error ${error.code}`);
    }
    return { status: error.status, body: { __type: error.code, message: error.message } };
  }
}

function headerProblems(
  { method, headers, url }: IncomingMessage,
  { jsonVersion }: ServiceModel,
  signingName: string,
): readonly string[] {
  const problems: string[] = [];
  if (method !== 'POST' || url !== '/') problems.push(`must be POST /, is ${method} ${url}`);
  const type = `application/x-amz-json-${jsonVersion}`;
  if (headers['content-type'] !== type) {
    problems.push(`the content type must be ${type}, is ${headers['content-type']}`);
  }
  const scope = new RegExp(
    `^AWS4-HMAC-SHA256 Credential=[^/, ]+/\\d{8}/[a-z0-9-]+/${signingName}/aws4_request, `,
  );
  if (!scope.test(headers.authorization ?? '')) problems.push(`it is not signed for ${signingName}`);
  return problems;
}

/** What a denial names: the service or the cluster of the call; else `*`. */
function resourceOf({ state }: World, { input }: Call): string {
  const { cluster = 'default', service } = input as { readonly cluster?: string; readonly service?: string };
  if (typeof service === 'string') return serviceArn(state, lastPart(cluster), lastPart(service));
  if (typeof input.serviceDeploymentArn === 'string') return input.serviceDeploymentArn;
  return typeof input.cluster === 'string' ? clusterArn(state, lastPart(cluster)) : '*';
}

function parse(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text === '' ? '{}' : text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
  } catch {
    return null;
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, status: number, body: Json, version = '1.1'): void {
  response.writeHead(status, {
    'content-type': `application/x-amz-json-${version}`,
    'x-amzn-requestid': '00000000-0000-4000-8000-000000000000',
  });
  response.end(JSON.stringify(body));
}
