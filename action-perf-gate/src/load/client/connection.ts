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
  readonly secure: {
    /** The name that the certificate must have, and that is asked for; null: the host is an address. */
    readonly serverName: string | null;
    readonly host: string;
  } | null;
}

export interface Owner {
  opened(connection: Connection, tcpMs: number, tlsMs: number): void;
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

  constructor(
    address: Address,
    context: SecureContext | null,
    insecure: boolean,
    limits: ParserLimits,
    owner: Owner,
    now: () => number,
  ) {
    this.owner = owner;
    this.now = now;
    this.parser = new ResponseParser(limits);
    this.startedMs = now();
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
      this.socket = this.connectSecurely(tcp, address.secure, context, insecure);
    }
    this.socket.setNoDelay(true);
    this.socket.on('error', (error: Error) => {
      this.error ??= error;
      this.lost();
    });
    this.socket.on('end', () => this.lost());
    this.socket.on('close', () => this.lost());
  }

  get isIdle(): boolean {
    return this.current === -1 && this.phase === 'open';
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

  private connectSecurely(
    tcp: TcpNetConnectOpts,
    secure: NonNullable<Address['secure']>,
    context: SecureContext | null,
    insecure: boolean,
  ): TLSSocket {
    const options: ConnectionOptions = {
      ...tcp,
      ALPNProtocols: ['http/1.1'],
      rejectUnauthorized: !insecure,
      ...(context === null ? {} : { secureContext: context }),
      // Without a name Node would check the certificate against the address that was looked up.
      ...(secure.serverName === null ? {} : { servername: secure.serverName }),
    };
    const socket = connectTls(options);
    socket.on('connect', () => {
      this.connectedMs = this.now();
      this.phase = 'handshake';
    });
    socket.on('secureConnect', () => this.connected(this.connectedMs));
    return socket;
  }

  private connected(tcpConnectedMs: number | null): void {
    if (this.isClosed) return;
    const now = this.now();
    const tcpEndMs = tcpConnectedMs ?? now;
    this.phase = 'open';
    this.idleSinceMs = now;
    this.owner.opened(this, tcpEndMs - this.startedMs, now - tcpEndMs);
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
      if (end < length) this.parser.keepAlive = false;
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
        this.parser.keepAlive = false;
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
