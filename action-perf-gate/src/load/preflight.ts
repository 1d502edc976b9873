/**
 * Sends each request once before the run, so that what is wrong with all of them is one error that says why, and not a run of
 * failures.
 */

import { RunError } from '../../../core/inputs/index.ts';
import { redactor, secretsOf, shownAddress } from '../inputs/secrets.ts';
import {
  type Address,
  Connection,
  type Failure,
  type Means,
  requestBytes,
  secureContext,
} from './client/index.ts';
import { unmet } from './expect/index.ts';
import { resolve } from './resolve.ts';
import type { Expect, LoadOptions, RequestTemplate } from './types.ts';

export type PreflightOptions = Pick<
  LoadOptions,
  'targets' | 'templates' | 'expects' | 'timeoutMs' | 'tls' | 'signal'
>;

export interface Preflight {
  /** Requests that were sent, each to each target. */
  readonly sent: number;
  /** Requests that there are; more than were sent when those took longer than 20 s. */
  readonly of: number;
}

const longestMs = 20_000;
const mostRedirects = 10;
const shownBody = 200;
const limits = { headBytes: 64 * 1024, bodyBytes: 64 * 1024 * 1024, keptBytes: 1024 * 1024 };
/** What it means when a connection comes no further. */
const silence = {
  connecting: 'takes no connection',
  handshake: 'takes the connection, but does not speak TLS',
  open: 'does not answer',
};
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** @throws RunError that says what is wrong with a request, and what to do about it. */
export async function preflight(options: PreflightOptions): Promise<Preflight> {
  const { targets, templates, signal } = options;
  const redact = redactor(
    secretsOf(
      targets.map(({ url }) => url.href),
      templates,
    ),
  );
  const started = performance.now();
  let sent = 0;
  const of = targets.length * templates.length;
  for (const { url } of targets) {
    const { address } = await resolve(url);
    const client = new Client(address, options);
    try {
      for (const template of templates) {
        if (signal?.aborted === true || (sent > 0 && performance.now() - started > longestMs))
          return { sent, of };
        const bytes = requestBytes(template, url);
        const answer = await client.ask(bytes, template.method === 'HEAD');
        sent++;
        const problem = await problemOf(answer, template, url, options);
        if (problem !== null) throw new RunError(redact(problem));
      }
    } finally {
      client.close();
    }
  }
  return { sent, of };
}

async function problemOf(
  answer: Answer,
  template: RequestTemplate,
  url: URL,
  options: PreflightOptions,
): Promise<string | null> {
  const place = addressOf(template, url);
  switch (answer.kind) {
    case 'failure':
      return `${shownAddress(place)} ${advice(answer.failure, url)}.`;
    case 'timeout':
      return `${shownAddress(place)} ${silence[answer.phase]} within ${options.timeoutMs / 1000} s.`;
    case 'fault':
      return `${shownAddress(place)} cannot be understood: its response ${answer.fault}.`;
    case 'response':
      break;
  }
  const { status, location } = answer;
  if (redirects.has(status) && location !== null && !namesRedirect(options.expects)) {
    return `${shownAddress(place)} answers ${status} and ${await follow(place, location, options)}, or say \`expect: status == ${status}\`.`;
  }
  const failed = unmet(options.expects, { ...answer, head: answer });
  if (failed === null) return null;
  const body = answer.body().toString('utf8');
  const text = body.length > shownBody ? `${body.slice(0, shownBody)}…` : body;
  return `Request ${template.name} to ${shownAddress(place)}: ${failed()}; the body ${text === '' ? 'is empty' : `begins with ${JSON.stringify(text)}`}.`;
}

/** Where redirects lead, and what to do, in words that follow `answers 301 and`. */
async function follow(from: URL, location: string, options: PreflightOptions): Promise<string> {
  const seen = new Set([from.href]);
  let at = from;
  let next: string | null = location;
  let end = '';
  while (next !== null) {
    if (!URL.canParse(next, at.href))
      return `names an address that is none (${JSON.stringify(next.slice(0, 80))})`;
    at = new URL(next, at.href);
    if (at.protocol !== 'http:' && at.protocol !== 'https:')
      return `sends on to the scheme ${at.protocol.slice(0, -1)}: give the address of the service itself`;
    if (seen.has(at.href)) return `is sent on in a circle by way of ${shownAddress(at)}: mend the service`;
    if (seen.size > mostRedirects) return `is sent on more than ${mostRedirects} times: mend the service`;
    seen.add(at.href);
    // Without the headers of the user, which are not for everybody, and without a body.
    const answer = await askOnce(at, options);
    next = null;
    if (answer.kind !== 'response') end = ', which cannot be reached';
    else if (redirects.has(answer.status)) next = answer.location;
  }
  return `sends on to ${shownAddress(at)}${end}: redirects are not followed under load, use that address`;
}

async function askOnce(url: URL, options: PreflightOptions): Promise<Answer> {
  const bare: RequestTemplate = {
    name: 'redirect',
    method: 'GET',
    path: '',
    headers: [],
    body: null,
    weight: 1,
  };
  let client: Client | null = null;
  try {
    const { address } = await resolve(url);
    client = new Client(address, options);
    return await client.ask(requestBytes(bare, url), false);
  } catch {
    return { kind: 'timeout', phase: 'connecting' };
  } finally {
    client?.close();
  }
}

function namesRedirect(expects: readonly Expect[]): boolean {
  return expects.some((expect) => expect.kind === 'status' && expect.value >= 300 && expect.value < 400);
}

/** What a failure means for somebody who sets the gate up, in words that follow the address. */
function advice({ outcome, message, code }: Failure, url: URL): string {
  if (code === 'ECONNREFUSED') return `refuses the connection: nothing listens there (${code})`;
  if (outcome === 'tls') return `cannot be trusted or does not speak TLS: the connection ${message}`;
  if (outcome === 'connect' || outcome === 'dns') return `cannot be reached: the connection ${message}`;
  const hint = url.protocol === 'http:' ? '; if it speaks TLS, its address begins with https://' : '';
  return `gives no response: the connection ${message}${hint}`;
}

/** The address of the request, for display and as the base of a redirect. */
function addressOf(template: RequestTemplate, url: URL): URL {
  const path = Buffer.from(requestBytes({ ...template, body: null }, url))
    .toString('latin1')
    .split(' ')[1];
  return new URL(path ?? '/', url.origin);
}

type Answer =
  | {
      readonly kind: 'response';
      readonly status: number;
      readonly location: string | null;
      readonly contentEncoding: string;
      readonly isCut: boolean;
      body(): Buffer;
    }
  | { readonly kind: 'fault'; readonly fault: string }
  | { readonly kind: 'failure'; readonly failure: Failure }
  | { readonly kind: 'timeout'; readonly phase: Connection['phase'] };

/** One request after the other, on one connection as long as the server keeps it. */
class Client {
  private readonly address: Address;
  private readonly options: PreflightOptions;
  private readonly means: Means;
  private connection: Connection | null = null;
  private bytes: Uint8Array = new Uint8Array(0);
  private isHead = false;
  private isRetried = false;
  private settle: (answer: Answer) => void = () => {};

  constructor(address: Address, options: PreflightOptions) {
    this.address = address;
    this.options = options;
    this.means = {
      context: address.secure === null ? null : secureContext(options.tls?.ca ?? null),
      insecure: options.tls?.insecure === true,
      limits,
      now: () => performance.now(),
    };
  }

  ask(bytes: Uint8Array, isHead: boolean): Promise<Answer> {
    this.bytes = bytes;
    this.isHead = isHead;
    this.isRetried = false;
    return new Promise((done) => {
      const timer = setTimeout(() => {
        const phase = this.connection?.phase ?? 'connecting';
        this.close();
        this.settle({ kind: 'timeout', phase });
      }, this.options.timeoutMs);
      this.settle = (answer) => {
        clearTimeout(timer);
        done(answer);
      };
      if (this.connection === null) this.connect();
      else this.send(this.connection);
    });
  }

  close(): void {
    this.connection?.destroy();
    this.connection = null;
  }

  private connect(): void {
    const owner = {
      opened: (connection: Connection) => this.send(connection),
      responding: () => {},
      answered: (connection: Connection) => this.answered(connection),
      failed: (connection: Connection, failure: Failure) => this.failed(connection, failure),
    };
    this.connection = new Connection(this.address, this.means, owner);
  }

  private send(connection: Connection): void {
    connection.send(0, this.bytes, { head: this.isHead, body: true }, performance.now());
  }

  private answered(connection: Connection): void {
    const { parser } = connection;
    connection.current = -1;
    if (!parser.head.keepAlive) this.close();
    if (parser.fault !== null) {
      this.settle({ kind: 'fault', fault: parser.fault });
      return;
    }
    const { status, location, contentEncoding } = parser.head;
    const { isCut } = parser;
    const body = parser.body();
    this.settle({ kind: 'response', status, location, contentEncoding, isCut, body: () => body });
  }

  private failed(connection: Connection, failure: Failure): void {
    if (this.connection === connection) this.connection = null;
    const wasIdle = connection.current === -1 && connection.phase === 'open';
    if (wasIdle) return;
    // The server may have given the connection up between two requests.
    if (connection.responses > 0 && !this.isRetried) {
      this.isRetried = true;
      this.connect();
      return;
    }
    this.settle({ kind: 'failure', failure });
  }
}
