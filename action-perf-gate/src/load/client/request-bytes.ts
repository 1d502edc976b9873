/** Requests as the bytes that are sent, made once before the run. */

import { METHODS } from 'node:http';
import { RunError } from '../../../../core/inputs/index.ts';
import type { RequestTemplate } from '../types.ts';

/** Their values follow from the request. */
const ownHeaders = new Set(['content-length', 'transfer-encoding', 'trailer', 'upgrade', 'expect']);

/** What a server that looks at it should see. */
const userAgent = 'ml-gates-perf-gate';

/**
 * The bytes of a request to a target. Name and password of the URL become basic authentication, unless a header says else.
 * @throws RunError naming the request, never a value of a header.
 */
export function requestBytes(template: RequestTemplate, url: URL): Uint8Array<ArrayBuffer> {
  const { name, method, body } = template;
  if (!METHODS.includes(method)) throw new RunError(`Request ${name}: ${method} is not an HTTP method.`);
  const lines = [`${method} ${requestTarget(template, url)} HTTP/1.1`];
  const given = new Set<string>();
  for (const [header, value] of template.headers) {
    checkHeader(name, header, value);
    given.add(header.toLowerCase());
  }
  if (!given.has('host')) lines.push(`host: ${url.host}`);
  if (!given.has('authorization') && (url.username !== '' || url.password !== '')) {
    const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    lines.push(`authorization: Basic ${Buffer.from(login).toString('base64')}`);
  }
  if (!given.has('user-agent')) lines.push(`user-agent: ${userAgent}`);
  if (!given.has('accept')) lines.push('accept: */*');
  for (const [header, value] of template.headers) lines.push(`${header}: ${value}`);
  // Methods with a body say that it is empty (RFC 9110, 8.6).
  if (body !== null || method === 'POST' || method === 'PUT' || method === 'PATCH') {
    lines.push(`content-length: ${body?.length ?? 0}`);
  }
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  const bytes = new Uint8Array(head.length + (body?.length ?? 0));
  bytes.set(head);
  if (body !== null) bytes.set(body, head.length);
  return bytes;
}

/** The target's own path, then the request's. A request without a path goes to the target as it is. */
function requestTarget({ name, path }: RequestTemplate, url: URL): string {
  const target = path === '' ? `${url.pathname}${url.search}` : joinPaths(url.pathname, path);
  if (!/^\/[\x21-\x7e]*$/.test(target))
    throw new RunError(`Request ${name}: its path holds a space or a character that is not ASCII.`);
  const fragment = target.indexOf('#');
  return fragment === -1 ? target : target.slice(0, fragment);
}

function joinPaths(base: string, path: string): string {
  if (path.startsWith('?')) return `${base}${path}`;
  return `${base.replace(/\/$/, '')}${path.startsWith('/') ? '' : '/'}${path}`;
}

/** What would end the header and begin another (or another request) is refused here, too. */
function checkHeader(request: string, name: string, value: string): void {
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name))
    throw new RunError(`Request ${request}: ${JSON.stringify(name)} is not the name of a header.`);
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value))
    throw new RunError(
      `Request ${request}: the value of the header ${name} holds a line break or a character outside Latin-1.`,
    );
  if (ownHeaders.has(name.toLowerCase()))
    throw new RunError(
      `Request ${request}: the header ${name} follows from the request and cannot be given.`,
    );
}
