/** The server: routes, what is refused at the door, and what is said of each request when it is over. */

import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import Fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { RequestError } from '../errors.ts';
import { toJson } from '../output/cells.ts';
import { routeOf } from './context.ts';
import { countBody, Paths, refuseAtDoor } from './door.ts';
import { errorBody } from './error-body.ts';
import { kserveRoutes } from './routes-kserve.ts';
import { mlflowRoutes } from './routes-mlflow.ts';
import { operationRoutes } from './routes-operation.ts';
import { predictRoute } from './routes-predict.ts';
import type { Service } from './service.ts';

/** Longer than the idle time of the usual load balancers (60 s), so that they never send into a closing connection. */
const keepAliveMs = 72_000;
/** From the first byte of a request to the last: a client that sends a byte a second holds a place until then. */
const receiveMs = 30_000;

export type Log = FastifyInstance['log'];

export function createApp(service: Service, log: Log, version: string): FastifyInstance {
  const app = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    bodyLimit: service.config.bodyLimit,
    keepAliveTimeout: keepAliveMs,
    requestTimeout: receiveMs,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    genReqId: requestId,
    routerOptions: { maxParamLength: 500, ignoreTrailingSlash: true },
    // An address that cannot be read comes to no route, and past all hooks.
    frameworkErrors: (error, request, reply) => {
      begin(service, request, reply);
      void sendError(error, request, reply);
    },
  });
  limitConnections(app, service.config.maxConnections, log);
  const paths = new Paths();
  app.addHook('onRoute', ({ method, url }) => paths.add(method, url));
  app.decorateRequest('context', null);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, done) => done(null, body));
  app.addHook('onRequest', async (request, reply) => {
    begin(service, request, reply);
    refuseAtDoor(service, paths, request, reply);
  });
  app.addHook('preParsing', async (request, reply, body) => countBody(request, reply, body as Readable));
  app.addHook('onSend', async (_, reply) => {
    // A connection that is kept would go on to bring requests here.
    if (service.draining()) reply.header('connection', 'close');
  });
  app.setErrorHandler(sendError);
  operationRoutes(app, service);
  predictRoute(app, service);
  mlflowRoutes(app, service, version);
  kserveRoutes(app, service, version);
  return app;
}

/** Clients that connect and say nothing hold memory and a file descriptor each. */
function limitConnections({ server }: FastifyInstance, most: number, log: Log): void {
  server.maxConnections = most;
  let [dropped, saidAt] = [0, Number.NEGATIVE_INFINITY];
  server.on('drop', () => {
    dropped += 1;
    if (performance.now() - saidAt < 60_000) return;
    saidAt = performance.now();
    log.warn({ maxConnections: most, dropped }, 'connections are refused: MAX_CONNECTIONS are open');
  });
}

/** The client's own, where it can stand in a log and a header; else a new one. */
function requestId(request: { headers: NodeJS.Dict<string | string[]> }): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:/+=-]{1,128}$/.test(given) ? given : randomUUID();
}

function begin(service: Service, request: FastifyRequest, reply: FastifyReply): void {
  const { traceparent, tracestate } = request.headers;
  const span = service.tracing.startRequest({
    method: request.method,
    path: request.url.split('?', 1)[0] ?? '',
    traceparent: textOf(traceparent),
    tracestate: textOf(tracestate),
  });
  request.context = { startedAt: performance.now(), span, growing: null, reason: null, prediction: null };
  reply.header('x-request-id', request.id);
  // Comes after the answer was sent, and also when the client has gone.
  reply.raw.once('close', () => finish(service, request, reply));
}

function finish(service: Service, request: FastifyRequest, reply: FastifyReply): void {
  const { context } = request;
  if (context === null) return;
  const answered = reply.raw.writableFinished;
  // As nginx has it: the client closed the request.
  const status = answered ? reply.raw.statusCode : 499;
  const route = routeOf(request);
  const milliseconds = performance.now() - context.startedAt;
  const { sampled, traceId } = context.span;
  service.metrics.answered(route, methodOf(request), status, milliseconds / 1000, sampled ? traceId : null);
  if (!answered) context.reason = 'client_closed';
  if (context.reason !== null) service.metrics.failed(context.reason);
  context.span.end({ route: route === 'unknown' ? null : route, status });
  const fields = {
    traceId,
    method: methodOf(request),
    route,
    status,
    milliseconds: Math.round(milliseconds * 100) / 100,
    ...(context.prediction ?? {}),
    ...(context.reason === null ? {} : { reason: context.reason }),
  };
  if (context.reason !== null && status >= 500) request.log.warn(fields, 'request failed');
  else if (request.routeOptions.config?.predicts === true || context.reason !== null)
    request.log.info(fields, context.reason === null ? 'request answered' : 'request refused');
  else request.log.debug(fields, 'request answered');
}

function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = asRequestError(error, request);
  if (request.context !== null) request.context.reason = known.reason;
  if (known.retryAfter !== null) reply.header('retry-after', String(known.retryAfter));
  const form =
    request.is404 && request.url.startsWith('/v2') ? 'kserve' : request.routeOptions?.config?.protocol;
  return reply
    .code(known.status)
    .type('application/json')
    .send(toJson(errorBody(known, form ?? 'own')));
}

function asRequestError(error: unknown, request: FastifyRequest): RequestError {
  if (error instanceof RequestError) return error;
  const { statusCode, message, code } = error as { statusCode?: unknown; message?: unknown; code?: unknown };
  if (statusCode === 413) {
    return new RequestError(
      413,
      'too_large',
      'The body is larger than the service takes (BODY_LIMIT). Send it in parts.',
    );
  }
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    return new RequestError(statusCode, 'malformed_request', `${String(message).replace(/\.$/, '')}.`);
  }
  // A defect of ours: its place is for our log, not for the client.
  request.log.error(
    { err: error, code, requestId: request.id },
    'a request failed for a reason that is not known',
  );
  return new RequestError(
    500,
    'internal',
    `The service failed; its log says more under the request id ${request.id}.`,
  );
}

/** The methods that HTTP knows; others could be invented without end. */
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'CONNECT', 'TRACE']);

function methodOf(request: FastifyRequest): string {
  return methods.has(request.method) ? request.method : 'OTHER';
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? undefined : header;
}
