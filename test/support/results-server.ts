/**
 * The artifact service of the tests, on loopback: what `@actions/artifact` 6 talks to. Twirp's
 * `github.actions.results.api.v1.ArtifactService` with CreateArtifact and FinalizeArtifact, and the signed URL
 * to which it puts the blocks of an Azure block blob.
 *
 * GitHub does not document this service; the fields are those of the client's own generated messages
 * (`lib/generated/results/api/v1/artifact.js`). Not known here: listing, downloading and deleting artifacts,
 * retention, quotas, the expiry of tokens and signed URLs, Azure's leases, tiers and checksums per block.
 */

import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { unzip } from './unzip.ts';

export interface StoredArtifact {
  readonly id: number;
  readonly name: string;
  readonly size: number;
  /** Path in the archive -> content. */
  readonly files: ReadonlyMap<string, Buffer>;
}

export interface ResultsServer extends AsyncDisposable {
  readonly url: string;
  /** ACTIONS_RESULTS_URL and ACTIONS_RUNTIME_TOKEN for the process that uploads. */
  readonly env: { readonly ACTIONS_RESULTS_URL: string; readonly ACTIONS_RUNTIME_TOKEN: string };
  /** Finalized artifacts, in order. */
  readonly artifacts: readonly StoredArtifact[];
  readonly violations: readonly string[];
  /** The next calls of that method are answered by this status. */
  fail(method: 'CreateArtifact' | 'FinalizeArtifact', status: number, message: string): void;
  expectNoViolations(): void;
  close(): Promise<void>;
}

interface Upload {
  readonly name: string;
  readonly blocks: Map<string, Buffer>;
  content: Buffer | null;
}

interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

type Fields = Readonly<Record<string, (value: unknown) => boolean>>;

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const RUN = randomUUID();
const JOB = randomUUID();
const FIELDS: Readonly<Record<string, { readonly required: Fields; readonly optional: Fields }>> = {
  CreateArtifact: {
    required: {
      workflow_run_backend_id: (value) => value === RUN,
      workflow_job_run_backend_id: (value) => value === JOB,
      name: (value) => isText(value) && !/["<>|*?\r\n\\/:]/.test(String(value)),
      version: (value) => value === 7 || value === 4,
    },
    optional: { mime_type: isText, expires_at: (value) => !Number.isNaN(Date.parse(String(value))) },
  },
  FinalizeArtifact: {
    required: {
      workflow_run_backend_id: (value) => value === RUN,
      workflow_job_run_backend_id: (value) => value === JOB,
      name: isText,
      // 64-bit integers are strings in protobuf's JSON.
      size: (value) => typeof value === 'string' && /^\d+$/.test(value),
    },
    optional: { hash: (value) => /^sha256:[0-9a-f]{64}$/.test(String(value)) },
  },
};

export async function startResultsServer(): Promise<ResultsServer> {
  const violations: string[] = [];
  const artifacts: StoredArtifact[] = [];
  const uploads = new Map<string, Upload>();
  const faults: { method: string; status: number; message: string }[] = [];
  const token = fakeToken();
  const signature = randomUUID();

  const twirp = (method: string, request: IncomingMessage, body: Buffer): Reply => {
    if (request.headers.authorization !== `Bearer ${token}`) {
      violations.push(`${method}: authorization is not the runtime token`);
      return { status: 401, body: { code: 'unauthenticated', msg: 'bad token' } };
    }
    const message = parse(body);
    violations.push(...fieldProblems(method, message));
    const fault = faults.findIndex((candidate) => candidate.method === method);
    if (fault >= 0) {
      const { status, message: msg } = faults.splice(fault, 1)[0] as (typeof faults)[number];
      return { status: status, body: { code: 'unavailable', msg } };
    }
    const name = String(message.name);
    if (method === 'CreateArtifact') {
      if (uploads.has(name)) {
        const msg = 'an artifact with this name already exists on the workflow run';
        return { status: 409, body: { code: 'already_exists', msg } };
      }
      uploads.set(name, { name, blocks: new Map(), content: null });
      const signed = `${server.url}/blobs/${encodeURIComponent(name)}?sig=${signature}&se=2100-01-01`;
      return { status: 200, body: { ok: true, signed_upload_url: signed } };
    }
    const content = uploads.get(name)?.content ?? null;
    if (content === null) {
      return { status: 404, body: { code: 'not_found', msg: 'no such upload' } };
    }
    const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
    if (String(message.size) !== String(content.length)) violations.push('FinalizeArtifact: size differs');
    if (message.hash !== undefined && message.hash !== digest)
      violations.push('FinalizeArtifact: hash differs');
    const id = 5000 + artifacts.length;
    artifacts.push({ id, name, size: content.length, files: unzip(content) });
    return { status: 200, body: { ok: true, artifact_id: String(id) } };
  };

  /** https://learn.microsoft.com/rest/api/storageservices/put-block, put-block-list and put-blob */
  const blob = (url: URL, request: IncomingMessage, body: Buffer): Reply => {
    const upload = uploads.get(decodeURIComponent(url.pathname.slice('/blobs/'.length)));
    if (request.method !== 'PUT' || upload === undefined || url.searchParams.get('sig') !== signature) {
      violations.push(`${request.method} ${url.pathname}: not a signed upload`);
      return { status: 403 };
    }
    if (request.headers.authorization !== undefined) {
      violations.push('the runtime token was sent to the blob store');
    }
    const component = url.searchParams.get('comp');
    if (component === 'block') {
      upload.blocks.set(url.searchParams.get('blockid') ?? '', body);
    } else if (component === 'blocklist') {
      const ids = [...body.toString('utf8').matchAll(/<(?:Latest|Uncommitted)>([^<]+)</g)].map(
        (m) => m[1] ?? '',
      );
      const blocks = ids.map((id) => upload.blocks.get(id));
      if (blocks.includes(undefined)) violations.push('the block list names a block that was not put');
      upload.content = Buffer.concat(blocks.filter((block) => block !== undefined));
    } else if (request.headers['x-ms-blob-type'] === 'BlockBlob') {
      upload.content = body;
    } else {
      violations.push(`PUT ${url.pathname}: neither a block, a block list nor a block blob`);
    }
    return { status: 201, headers: { etag: '"0x1"', 'last-modified': new Date(0).toUTCString() } };
  };

  const answer = async (request: IncomingMessage): Promise<Reply> => {
    const url = new URL(request.url ?? '/', server.url);
    const body = await bodyOf(request);
    const method = /^\/twirp\/github\.actions\.results\.api\.v1\.ArtifactService\/(\w+)$/.exec(
      url.pathname,
    )?.[1];
    if (method !== undefined && method in FIELDS) return twirp(method, request, body);
    if (url.pathname.startsWith('/blobs/')) return blob(url, request, body);
    violations.push(`${request.method} ${url.pathname}: unknown`);
    return { status: 404, body: { code: 'bad_route', msg: 'no such method' } };
  };

  const http = createServer((request, response) => {
    answer(request).then(
      (reply) => send(response, reply),
      (error: unknown) => {
        violations.push(`the test server failed: ${String(error)}`);
        response.destroy();
      },
    );
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const close = async (): Promise<void> => {
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  };
  const server: ResultsServer = {
    url,
    env: { ACTIONS_RESULTS_URL: `${url}/`, ACTIONS_RUNTIME_TOKEN: token },
    artifacts,
    violations,
    fail: (method, status, message) => void faults.push({ method, status, message }),
    expectNoViolations() {
      if (violations.length > 0)
        throw new Error(`The artifact service would refuse:\n${violations.join('\n')}`);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
  return server;
}

/** Unsigned; the client reads only `scp`, where the ids of run and job stand. */
function fakeToken(): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const scp = `Actions.GenericRead:00000000-0000-0000-0000-000000000000 Actions.Results:${RUN}:${JOB}`;
  return `${part({ alg: 'none', typ: 'JWT' })}.${part({ scp, exp: 4102444800 })}.none`;
}

function fieldProblems(method: string, message: Readonly<Record<string, unknown>>): readonly string[] {
  const { required = {}, optional = {} } = FIELDS[method] ?? {};
  const problems: string[] = [];
  for (const name of Object.keys(required)) {
    if (!(name in message)) problems.push(`${method}: ${name} is missing`);
  }
  for (const [name, value] of Object.entries(message)) {
    const check = required[name] ?? optional[name];
    if (check === undefined) problems.push(`${method}: unknown field ${name}`);
    else if (!check(value)) problems.push(`${method}: ${name} is ${JSON.stringify(value)}`);
  }
  return problems;
}

function parse(body: Buffer): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(body.toString('utf8'));
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, { status, body, headers = {} }: Reply): void {
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  response
    .writeHead(status, { ...type, ...headers })
    .end(body === undefined ? undefined : JSON.stringify(body));
}
