/**
 * A registry on loopback, written to the OCI distribution specification 1.1 (pulling, listing tags, error codes) and to
 * Docker's token specification. It does not know: pushing, referrers, ranges of bytes, signatures of tokens, limits of rate,
 * and the habits of any registry that runs. The token server stands on a port, and so an origin, of its own.
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { digestOf } from '../digest.ts';

export interface Stored {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly digest: string;
}

export interface RegistryContent {
  /** By repository, then by tag. */
  readonly tags: Readonly<Record<string, Readonly<Record<string, Stored>>>>;
  readonly manifests?: readonly Stored[];
  readonly blobs?: readonly Stored[];
}

export interface RegistrySettings {
  readonly auth?: 'none' | 'basic' | 'bearer';
  /** `user:password` that may read; without it a bearer token is given to anybody. */
  readonly login?: string;
  /** Of tags in one answer. */
  readonly pageSize?: number;
  /** In place of the registry's own answer; false: it answers itself. */
  readonly instead?: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** In place of where the token server stands. */
  readonly realm?: string;
}

export interface TestRegistry {
  /** As references name it: `127.0.0.1:40123` */
  readonly host: string;
  readonly requests: readonly Seen[];
  readonly tokenRequests: readonly Seen[];
  stop(): Promise<void>;
}

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | null;
  readonly body: string;
}

const token = 'token.of-the_test~server';
export const identityToken = 'identity-token-of-the-test';

export async function startRegistry(
  content: RegistryContent,
  settings: RegistrySettings = {},
): Promise<TestRegistry> {
  const requests: Seen[] = [];
  const tokenRequests: Seen[] = [];
  const tokens = await listen(async (request, response) => {
    const seen = await see(request);
    tokenRequests.push(seen);
    giveToken(seen, response, settings);
  });
  const registry = await listen(async (request, response) => {
    const seen = await see(request);
    requests.push(seen);
    if (settings.instead?.(request, response) === true) return;
    const challenge = challengeOf(seen, settings, settings.realm ?? `http://${tokens.host}/token`);
    if (challenge === null) answer(seen, response, content, settings);
    else {
      response.setHeader('www-authenticate', challenge);
      fail(response, 401, 'UNAUTHORIZED', 'authentication required');
    }
  });
  return {
    host: registry.host,
    requests,
    tokenRequests,
    stop: async () => {
      await Promise.all([stop(registry.server), stop(tokens.server)]);
    },
  };
}

/** Any server on loopback, as where a redirect leads. */
export async function startOther(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ readonly host: string; readonly seen: readonly Seen[]; stop(): Promise<void> }> {
  const seen: Seen[] = [];
  const other = await listen(async (request, response) => {
    seen.push(await see(request));
    handle(request, response);
  });
  return { host: other.host, seen, stop: () => stop(other.server) };
}

function challengeOf(
  { authorization }: Seen,
  { auth = 'none', login }: RegistrySettings,
  realm: string,
): string | null {
  switch (auth) {
    case 'none':
      return null;
    case 'basic':
      return authorization === basic(login ?? '') ? null : 'Basic realm="the registry, of \\"tests\\""';
    case 'bearer':
      // Scope in the challenge is wider than what a reader needs.
      return authorization === `Bearer ${token}`
        ? null
        : `Bearer realm="${realm}",service="registry.test",scope="repository:octo/api:pull,push"`;
  }
}

function giveToken(seen: Seen, response: ServerResponse, { login }: RegistrySettings): void {
  const url = new URL(seen.url, 'http://token');
  const form = new URLSearchParams(seen.body);
  const isRefresh = seen.method === 'POST' && form.get('grant_type') === 'refresh_token';
  const known = isRefresh
    ? form.get('refresh_token') === identityToken
    : login === undefined || seen.authorization === basic(login);
  const asked = isRefresh ? form : url.searchParams;
  const isRight =
    asked.get('service') === 'registry.test' && /^repository:[\w/.-]+:pull$/.test(asked.get('scope') ?? '');
  response.setHeader('content-type', 'application/json');
  if (known && isRight)
    response.end(JSON.stringify(isRefresh ? { access_token: token } : { token, expires_in: 300 }));
  else {
    response.statusCode = known ? 400 : 401;
    response.end(JSON.stringify({ details: 'incorrect username or password' }));
  }
}

function answer(
  seen: Seen,
  response: ServerResponse,
  content: RegistryContent,
  settings: RegistrySettings,
): void {
  const url = new URL(seen.url, 'http://registry');
  const match = /^\/v2\/(.+)\/(manifests|blobs|tags)\/([^/]+)$/.exec(url.pathname);
  const [, repository = '', kind = '', name = ''] = match ?? [];
  const tags = content.tags[repository];
  if (tags === undefined) fail(response, 404, 'NAME_UNKNOWN', 'repository name not known to registry');
  else if (kind === 'tags') listTags(url, response, repository, Object.keys(tags), settings.pageSize ?? 100);
  else if (kind === 'blobs') {
    const found = content.blobs?.find(({ digest }) => digest === name);
    if (found === undefined) fail(response, 404, 'BLOB_UNKNOWN', 'blob unknown');
    else send(response, found, {});
  } else {
    const all = [...Object.values(tags), ...(content.manifests ?? [])];
    const found = tags[name] ?? all.find(({ digest }) => digest === name);
    if (found === undefined) fail(response, 404, 'MANIFEST_UNKNOWN', 'manifest unknown');
    else send(response, found, { 'docker-content-digest': found.digest });
  }
}

function listTags(
  url: URL,
  response: ServerResponse,
  repository: string,
  tags: string[],
  size: number,
): void {
  const last = url.searchParams.get('last') ?? '';
  const rest = tags.sort().filter((tag) => tag > last);
  const page = rest.slice(0, size);
  if (rest.length > size)
    response.setHeader('link', `</v2/${repository}/tags/list?n=${size}&last=${page.at(-1)}>; rel="next"`);
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ name: repository, tags: page }));
}

function send(response: ServerResponse, { bytes, mediaType }: Stored, headers: Record<string, string>): void {
  response.writeHead(200, { 'content-type': mediaType, ...headers });
  response.end(bytes);
}

export function fail(response: ServerResponse, status: number, code: string, message: string): void {
  response.statusCode = status;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ errors: [{ code, message }] }));
}

export function basic(login: string): string {
  return `Basic ${Buffer.from(login).toString('base64')}`;
}

async function see(request: IncomingMessage): Promise<Seen> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { method = '', url = '', headers } = request;
  return {
    method,
    url,
    authorization: headers.authorization ?? null,
    body: Buffer.concat(chunks).toString(),
  };
}

async function listen(
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<{ server: Server; host: string }> {
  const server = createServer((request, response) => {
    // A client that goes away is no error of the test.
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, host: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

export function stored(document: unknown, mediaType: string): Stored {
  const bytes = Buffer.from(typeof document === 'string' ? document : JSON.stringify(document));
  return { bytes, mediaType, digest: digestOf(bytes) };
}

const oci = 'application/vnd.oci.image';

/** An image, and its configuration as a blob. */
export function makeImage(platform: { readonly os: string; readonly architecture: string }): {
  readonly manifest: Stored;
  readonly config: Stored;
} {
  const config = stored({ ...platform, rootfs: { type: 'layers', diff_ids: [] } }, `${oci}.config.v1+json`);
  const descriptor = { mediaType: config.mediaType, digest: config.digest, size: config.bytes.byteLength };
  const mediaType = `${oci}.manifest.v1+json`;
  return {
    manifest: stored({ schemaVersion: 2, mediaType, config: descriptor, layers: [] }, mediaType),
    config,
  };
}

/** @param entries manifests with what an index says of them */
export function makeIndex(
  entries: readonly { readonly manifest: Stored; readonly [field: string]: unknown }[],
  mediaType = `${oci}.index.v1+json`,
): Stored {
  const manifests = entries.map(({ manifest, ...rest }) => ({
    mediaType: manifest.mediaType,
    digest: manifest.digest,
    size: manifest.bytes.byteLength,
    ...rest,
  }));
  return stored({ schemaVersion: 2, mediaType, manifests }, mediaType);
}
