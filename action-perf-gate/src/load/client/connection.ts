/** One connection to a target: a socket without streams in between, and the parser of its responses. */

import { connect as connectTcp, type Socket, type TcpNetConnectOpts } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type SecureContext, type TLSSocket } from 'node:tls';
import { describeFailure, type Failure, type Phase } from './failure.ts';
import type { ParserLimits } from './response-parser.ts';
import { ResponseParser } from './response-parser.ts';

/** Where a target is, looked up before the run. */
export interface Address {
  readonly host: string;
  readonly port: number;
  /** Null: HTTP. `serverName` is what the certificate must name and the server is asked for; null: the host is an address. */
  readonly secure: { readonly serverName: string | null } | null;
}

/** What all connections of a thread share. */
export interface Means {
  /** Null: there is no TLS. */
  readonly context: SecureContext | null;
  readonly insecure: boolean;
  readonly limits: ParserLimits;
  /** The clock, in ms. */
  readonly now: () => number;
}

export interface Owner {
  /** `tlsMs` of the handshake after the connect; null: without TLS. */
  opened(connection: Connection, tcpMs: number, tlsMs: number | null): void;
  /** The first byte of a response, or of what stands for one. */
  responding(connection: Connection, now: number): void;
  answered(connection: Connection, now: number): void;
  /** Closed by the server, lost, or never opened; told once, and not after `destroy`. */
  failed(connection: Connection, failure: Failure, now: number): void;
}

/** All connections of a thread read into the same bytes: what is in them is taken before the next read. */
const readBuffer = Buffer.allocUnsafeSlow(64 * 1024);

export class Connection {
  /** The arrival whose response is awaited; -1: none. */
  current = -1;
  phase: Phase = 'connecting';
  readonly startedMs: number;
  /** Since when it has carried nothing. */
  idleSinceMs = 0;
  /** The idle time before the current request. */
  restedMs = 0;
  responses = 0;
  isClosed = false;
  readonly parser: ResponseParser;

  private readonly socket: Socket;
  private readonly owner: Owner;
  private readonly now: () => number;
  private connectedMs = 0;
  private hasResponded = false;
  private error: Error | null = null;

  constructor(address: Address, means: Means, owner: Owner) {
    this.owner = owner;
    this.now = means.now;
    this.parser = new ResponseParser(means.limits);
    this.startedMs = means.now();
    const onread = {
      buffer: readBuffer,
      callback: (length: number): boolean => {
        this.received(length);
        return true;
      },
    };
    const tcp: TcpNetConnectOpts = { host: address.host, port: address.port, onread };
    if (address.secure === null) {
      this.socket = connectTcp(tcp);
      this.socket.on('connect', () => this.connected(null));
    } else {
      this.socket = connectSecurely(tcp, address.secure, means);
      this.socket.on('connect', () => {
        this.connectedMs = this.now();
        this.phase = 'handshake';
      });
      this.socket.on('secureConnect', () => this.connected(this.connectedMs));
    }
    this.socket.setNoDelay(true);
    this.socket.on('error', (error: Error) => {
      this.error ??= error;
      this.lost();
    });
    this.socket.on('end', () => this.lost());
    this.socket.on('close', () => this.lost());
  }

  /** Sends a request whose response is then awaited. */
  send(arrival: number, bytes: Uint8Array, wanted: { head: boolean; body: boolean }, now: number): void {
    this.current = arrival;
    this.hasResponded = false;
    this.restedMs = now - this.idleSinceMs;
    this.parser.start(wanted);
    this.socket.write(bytes);
  }

  destroy(): void {
    this.isClosed = true;
    this.socket.destroy();
  }

  private connected(tcpConnectedMs: number | null): void {
    if (this.isClosed) return;
    const now = this.now();
    const tcpEndMs = tcpConnectedMs ?? now;
    this.phase = 'open';
    this.idleSinceMs = now;
    this.owner.opened(this, tcpEndMs - this.startedMs, tcpConnectedMs === null ? null : now - tcpEndMs);
  }

  private received(length: number): void {
    if (this.isClosed) return;
    const now = this.now();
    if (this.current === -1) {
      // Nobody asked: what comes next could be taken for the response to the next request.
      this.fail(now);
      return;
    }
    if (!this.hasResponded) {
      this.hasResponded = true;
      this.owner.responding(this, now);
    }
    const end = this.parser.read(readBuffer, 0, length);
    if (this.parser.fault !== null) {
      this.owner.answered(this, now);
    } else if (this.parser.isComplete) {
      if (end < length) this.parser.head.keepAlive = false;
      this.responses++;
      this.idleSinceMs = now;
      this.owner.answered(this, now);
    }
  }

  private lost(): void {
    if (this.isClosed) return;
    const now = this.now();
    if (this.current !== -1 && this.error === null && this.hasResponded) {
      this.parser.close();
      if (this.parser.isComplete) {
        this.parser.head.keepAlive = false;
        this.responses++;
        this.owner.answered(this, now);
        return;
      }
    }
    this.fail(now);
  }

  private fail(now: number): void {
    this.destroy();
    const failure = describeFailure(this.phase, this.error);
    const isCut = this.current !== -1 && this.hasResponded && failure.outcome === 'closed';
    this.owner.failed(
      this,
      isCut ? { ...failure, message: 'was closed before the response was complete' } : failure,
      now,
    );
  }
}

function connectSecurely(
  tcp: TcpNetConnectOpts,
  { serverName }: NonNullable<Address['secure']>,
  { context, insecure }: Means,
): TLSSocket {
  const options: ConnectionOptions = {
    ...tcp,
    ALPNProtocols: ['http/1.1'],
    rejectUnauthorized: !insecure,
    ...(context === null ? {} : { secureContext: context }),
    // Without a name Node would check the certificate against the address that was looked up.
    ...(serverName === null ? {} : { servername: serverName }),
  };
  return connectTls(options);
}
