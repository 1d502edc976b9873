/** What can be refused before the body is read. */

import { pipeline, type Readable, Transform } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequestError } from '../errors.ts';
import { contextOf } from './context.ts';
import { currentModel, type Service } from './service.ts';

/** A body of this size may still come in on a connection that is kept; more would have to be read for nothing. */
const smallBody = 1_000_000;

/** @throws RequestError 404, 405, 413, 415 or 503 */
export function refuseAtDoor(
  service: Service,
  paths: Paths,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const length = lengthOf(request);
  try {
    if (request.is404) throw unknownRoute(paths, request, reply);
    const { predicts, takes } = request.routeOptions.config;
    if (predicts !== true) return;
    checkContentType(request, takes ?? []);
    const { bodyLimit } = service.config;
    if (length !== null && length > bodyLimit) {
      throw new RequestError(
        413,
        'too_large',
        `The body has ${length} bytes; at most ${bodyLimit} are taken (BODY_LIMIT). Send it in parts.`,
      );
    }
    currentModel(service);
    const place = service.admission.enter(length ?? 0);
    reply.raw.once('close', () => place.leave());
    if (length === null) contextOf(request).growing = place;
  } catch (error) {
    if (length === null ? request.headers['transfer-encoding'] !== undefined : length > smallBody)
      reply.header('connection', 'close');
    throw error;
  }
}

/** Counts a body whose length is not known beforehand, and gives up where there is no room for more of it. */
export function countBody(request: FastifyRequest, reply: FastifyReply, body: Readable): Readable {
  const { growing } = contextOf(request);
  if (growing === null) return body;
  const counted = new Transform({
    transform(chunk: Buffer, _, done) {
      try {
        growing.grow(chunk.length);
        done(null, chunk);
      } catch (error) {
        reply.header('connection', 'close');
        done(error as Error);
      }
    },
  });
  // The reader of what comes out of it is told of all errors.
  pipeline(body, counted, () => {});
  return counted;
}

function lengthOf(request: FastifyRequest): number | null {
  const text = request.headers['content-length'];
  return text === undefined ? null : Number(text);
}

function checkContentType(request: FastifyRequest, takes: readonly string[]): void {
  const header = request.headers['content-type'];
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    throw unsupported(
      `The body has the content encoding ${encoding.slice(0, 40)}; it is taken as it is only (identity).`,
    );
  // What has no type is taken for JSON.
  if (header === undefined) return;
  const [type = '', ...parameters] = header.split(';').map((part) => part.trim().toLowerCase());
  if (!takes.includes(type))
    throw unsupported(`The body has the content type ${header.slice(0, 80)}; allowed: ${takes.join(', ')}.`);
  const charset = parameters
    .find((parameter) => parameter.startsWith('charset='))
    ?.slice(8)
    .replaceAll('"', '');
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8' && charset !== 'us-ascii')
    throw unsupported(`The body has the charset ${charset.slice(0, 40)}; only UTF-8 is taken.`);
}

function unsupported(message: string): RequestError {
  return new RequestError(415, 'unsupported_media_type', message);
}

/** Another method of a path that exists is 405, with those that it has. */
function unknownRoute(paths: Paths, request: FastifyRequest, reply: FastifyReply): RequestError {
  const path = request.url.split('?', 1)[0] ?? '';
  const allowed = [...new Set(paths.methodsOf(path))];
  const shownPath = path.slice(0, 100);
  if (allowed.length === 0) return new RequestError(404, 'not_found', `There is nothing at ${shownPath}.`);
  const methods = allowed.join(', ');
  reply.header('allow', methods);
  return new RequestError(
    405,
    'method_not_allowed',
    `${shownPath} does not take ${request.method}; allowed: ${methods}.`,
  );
}

/** The paths of the service by method, with what stands for a name in them. */
export class Paths {
  readonly #patterns: { readonly method: string; readonly pattern: RegExp }[] = [];

  /** @param url As routes have it: `/v2/models/:name`. */
  add(method: string | string[], url: string): void {
    const pattern = new RegExp(`^${url.replaceAll(/:\w+/g, '[^/]+')}/?$`);
    for (const each of [method].flat()) this.#patterns.push({ method: each, pattern });
  }

  methodsOf(path: string): string[] {
    return this.#patterns.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
  }
}
