/**
 * An HTTP server that answers after times of a known distribution, or not as it should (`truth-behaviours.ts`), and writes down
 * for each request when it came, when the answer was due, and when it went. Its clock is that of the machine, so that what a
 * client measured can be compared request by request.
 */

import { fork } from 'node:child_process';
import { once } from 'node:events';

export interface ServerSetup {
  readonly seed: number;
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** PEM texts; null: HTTP. */
  readonly tls: { readonly key: string; readonly cert: string } | null;
  /** Idle connections are closed after this time; null: never. */
  readonly keepAliveMs: number | null;
}

export type ToServer = { readonly kind: 'records' } | { readonly kind: 'forget' };
export type FromServer =
  | { readonly kind: 'ready'; readonly port: number }
  | ({ readonly kind: 'records' } & TruthRecords);

/** One entry for each request, in order of coming; times as `monotonicMs`. */
export interface TruthRecords {
  readonly connections: number;
  readonly receivedMs: Float64Array;
  readonly plannedMs: Float64Array;
  /** NaN: not yet. */
  readonly answeredMs: Float64Array;
}

export interface TruthServer {
  /** Without a slash at its end. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  records(): Promise<TruthRecords>;
  /** Forgets the records. */
  forget(): void;
  close(): Promise<void>;
}

export async function startTruthServer(options: Partial<ServerSetup> = {}): Promise<TruthServer> {
  const setup: ServerSetup = {
    seed: 1,
    host: '127.0.0.1',
    port: 0,
    tls: null,
    keepAliveMs: null,
    ...options,
  };
  const child = fork(new URL('truth-server-process.ts', import.meta.url), [JSON.stringify(setup)], {
    serialization: 'advanced',
    execArgv: [],
  });
  const answer = async (kind: FromServer['kind']): Promise<FromServer> => {
    const exited = once(child, 'exit').then(() => {
      throw new Error(`the truth server ended before it said ${kind}`);
    });
    const [message] = (await Promise.race([once(child, 'message'), exited])) as [FromServer];
    return message;
  };
  const ready = await answer('ready');
  if (ready.kind !== 'ready' || child.pid === undefined) throw new Error('the truth server did not start');
  const host = setup.host.includes(':') ? `[${setup.host}]` : setup.host;
  return {
    url: `${setup.tls === null ? 'http' : 'https'}://${host}:${ready.port}`,
    port: ready.port,
    pid: child.pid,
    records: async () => {
      child.send({ kind: 'records' } satisfies ToServer);
      const message = await answer('records');
      if (message.kind !== 'records') throw new Error('the truth server did not tell its records');
      return message;
    },
    forget: () => {
      child.send({ kind: 'forget' } satisfies ToServer);
    },
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}
