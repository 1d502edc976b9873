/** The prediction log in PostgreSQL: one connection, rows by the batch, the table made when it is missing. */

import pg from 'pg';
import { libpqUrl, withoutTls } from '../../../../core/postgres/index.ts';
import { tableRows } from './encode.ts';
import { insertRows, migrate } from './migration.ts';
import type { Slice } from './ring.ts';
import { makeRowId } from './row-id.ts';
import type { Sink } from './writer.ts';

export interface PostgresOptions {
  /** Checked by `checkDatabaseUrl`. */
  readonly url: string;
  /** Of a connection attempt, and of one statement. */
  readonly timeoutMs?: number;
}

export class PostgresSink implements Sink {
  readonly description: string;
  private readonly url: string;
  private readonly timeoutMs: number;
  private client: pg.Client | null = null;
  /** All that has a socket, also while it connects: `close` breaks it off. */
  private readonly open = new Set<pg.Client>();
  /** The batch that is being written, as text: written again it must have the same keys. */
  private encoded: { readonly batch: readonly Slice[]; readonly rows: readonly string[] } | null = null;

  constructor({ url, timeoutMs = 10_000 }: PostgresOptions) {
    const { hostname, port, pathname } = new URL(url);
    this.description = `PostgreSQL at ${hostname || 'its socket'}${port === '' ? '' : `:${port}`}${pathname}`;
    this.url = url;
    this.timeoutMs = timeoutMs;
  }

  async write(batch: readonly Slice[]): Promise<number> {
    if (this.encoded?.batch !== batch) {
      this.encoded = { batch, rows: batch.flatMap((slice) => tableRows(slice, makeRowId)) };
    }
    const refused = await this.guarded(this.encoded.rows);
    this.encoded = null;
    return refused;
  }

  async close(): Promise<void> {
    this.discard();
  }

  /** After an error nobody knows what the connection still answers to: the next attempt has a new one. */
  private async guarded(rows: readonly string[]): Promise<number> {
    try {
      this.client ??= await this.connect();
      return await insert(this.client, rows);
    } catch (error) {
      this.discard();
      throw new Error(describe(error));
    }
  }

  private async connect(): Promise<pg.Client> {
    try {
      return await this.connectTo(this.url);
    } catch (error) {
      const plain = withoutTls(this.url);
      const refused = error instanceof Error && error.message.includes('does not support SSL');
      if (plain === null || !refused) throw error;
      return await this.connectTo(plain);
    }
  }

  private async connectTo(url: string): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: libpqUrl(url),
      connectionTimeoutMillis: this.timeoutMs,
      query_timeout: this.timeoutMs,
      keepAlive: true,
      application_name: 'ml-api',
    });
    client.on('error', () => {
      // Lost while idle: found out here, so that the next batch need not try it in vain.
      if (this.client === client) this.client = null;
    });
    this.open.add(client);
    client.once('end', () => this.open.delete(client));
    try {
      await client.connect();
      await migrate(client);
      return client;
    } catch (error) {
      destroy(client);
      throw error;
    }
  }

  private discard(): void {
    for (const client of this.open) destroy(client);
    this.client = null;
  }
}

/** Rows that the database refuses for what is in them are found by halving, so that one does not keep back the others. */
async function insert(client: pg.Client, rows: readonly string[]): Promise<number> {
  try {
    await client.query(insertRows, [`[${rows.join(',')}]`]);
    return 0;
  } catch (error) {
    if (!isAboutData(error)) throw error;
    if (rows.length === 1) return 1;
    const middle = Math.ceil(rows.length / 2);
    return (await insert(client, rows.slice(0, middle))) + (await insert(client, rows.slice(middle)));
  }
}

/** Classes 22 (data exception), 23 (constraint) and 54 (a limit). https://www.postgresql.org/docs/current/errcodes-appendix.html */
function isAboutData(error: unknown): boolean {
  return error instanceof pg.DatabaseError && /^(22|23|54)/.test(error.code ?? '');
}

/**
 * Lets go of a connection without waiting for a server that may never answer. `end` alone would wait, and before the
 * connection is made it would keep `connect` from ever settling.
 */
function destroy(client: pg.Client): void {
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
}

/** The server's own messages name users, tables and columns, never a password. */
function describe(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return describe(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  if (error instanceof pg.DatabaseError) return `it says: ${error.message} (${error.code ?? 'no code'})`;
  return error.message === '' && 'code' in error ? String(error.code) : error.message;
}
