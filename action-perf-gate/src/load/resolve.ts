/** Where the targets are: looked up once before the run, so that no request waits for a name server. */

import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { connect, isIP } from 'node:net';
import { RunError } from '../../../core/inputs/index.ts';
import { shownAddress } from '../inputs/secrets.ts';
import type { Address } from './client/index.ts';

export interface Resolved {
  readonly address: Address;
  /** Null where the host is an address. */
  readonly dnsMs: number | null;
}

/** How long the families of a host race, before the first address is taken as it is. */
const raceMs = 3000;

/**
 * Of several addresses the one that takes a connection first (RFC 8305), so that `localhost` means the family on which the
 * server listens.
 * @throws RunError when the name is not known.
 */
export async function resolve(
  url: URL,
  addressesOf: (host: string) => Promise<LookupAddress[]> = (host) => lookup(host, { all: true }),
): Promise<Resolved> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isSecure = url.protocol === 'https:';
  const port = url.port === '' ? (isSecure ? 443 : 80) : Number(url.port);
  const at = (ip: string): Address => ({
    host: ip,
    port,
    secure: isSecure ? { serverName: isIP(host) === 0 ? host : null } : null,
  });
  if (isIP(host) !== 0) return { address: at(host), dnsMs: null };
  const started = performance.now();
  const found = await addressesOf(host).catch((error: unknown) => {
    throw new RunError(
      `${shownAddress(url)} cannot be reached: the host name ${host} is not known (${code(error)}).`,
    );
  });
  const dnsMs = performance.now() - started;
  const [first] = found;
  if (first === undefined)
    throw new RunError(`${shownAddress(url)} cannot be reached: ${host} has no address.`);
  const ip = found.length === 1 ? first.address : ((await race(host, port, found)) ?? first.address);
  return { address: at(ip), dnsMs };
}

/** The address that Node's own race finds; null: none took a connection. */
function race(host: string, port: number, found: LookupAddress[]): Promise<string | null> {
  return new Promise((done) => {
    const socket = connect({
      host,
      port,
      autoSelectFamily: true,
      timeout: raceMs,
      lookup: (_host, _options, tell) => tell(null, found),
    });
    const end = (ip: string | null): void => {
      socket.destroy();
      done(ip);
    };
    socket.on('connect', () => end(socket.remoteAddress ?? null));
    socket.on('timeout', () => end(null));
    socket.on('error', () => end(null));
  });
}

function code(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
}
