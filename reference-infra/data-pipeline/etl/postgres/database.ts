/** One connection to PostgreSQL, with errors that say which database, and never with what password. */

import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { RunError } from '../../../../core/inputs/index.ts';
import { libpqUrl, withoutTls } from '../../../../core/postgres/index.ts';
import { databaseUrl, placeOf } from './database-url.ts';

const connectTimeoutMs = 10_000;

export interface Row {
  readonly [column: string]: unknown;
}

export class Database {
  private readonly client: pg.Client;
  private readonly place: string;

  private constructor(client: pg.Client, place: string) {
    this.client = client;
    this.place = place;
  }

  /** @throws RunError that names the variable when the database cannot be reached. */
  static async connect(environment: NodeJS.ProcessEnv, variable: string): Promise<Database> {
    const url = databaseUrl(environment, variable);
    const place = `PostgreSQL at ${placeOf(url)}`;
    try {
      return new Database(await connect(url), place);
    } catch (error) {
      throw new RunError(`${variable}: ${place}: ${describe(error)}`, { cause: error });
    }
  }

  /** @throws RunError with the server's words. */
  async query(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return await this.guarded(async () => {
      const { rows } = await this.client.query<Row>(text, [...values]);
      return rows;
    });
  }

  /** Rows of a SELECT as CSV into a file; rows are counted by their ends as they pass. */
  async copyOut(select: string, options: string, path: string): Promise<{ digest: string }> {
    return await this.guarded(async () => {
      const hash = createHash('sha256');
      const digesting = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          hash.update(chunk);
          done(null, chunk);
        },
      });
      const rows = this.client.query(copyTo(`COPY (${select}) TO STDOUT (${options})`));
      await pipeline(rows, digesting, createWriteStream(path));
      return { digest: `sha256:${hash.digest('hex')}` };
    });
  }

  /** A CSV file into a table; `onBytes` hears how far it is. */
  async copyIn(
    target: string,
    options: string,
    path: string,
    onBytes: (bytes: number) => void,
  ): Promise<void> {
    await this.guarded(async () => {
      const counting = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          onBytes(chunk.length);
          done(null, chunk);
        },
      });
      const rows = this.client.query(copyFrom(`COPY ${target} FROM STDIN (${options})`));
      await pipeline(createReadStream(path, { highWaterMark: 1 << 18 }), counting, rows);
    });
  }

  /** All of the work, or none. */
  async transaction<Result>(work: () => Promise<Result>): Promise<Result> {
    await this.query('BEGIN');
    try {
      const result = await work();
      await this.query('COMMIT');
      return result;
    } catch (error) {
      // The connection may be gone; then so is the transaction.
      await this.client.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.client.end().catch(() => undefined);
  }

  private async guarded<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof RunError) throw error;
      throw new RunError(`${this.place}: ${describe(error)}`, { cause: error });
    }
  }
}

async function connect(url: string): Promise<pg.Client> {
  try {
    return await connectTo(url);
  } catch (error) {
    const plain = withoutTls(url);
    const refused = error instanceof Error && error.message.includes('does not support SSL');
    if (plain === null || !refused) throw error;
    return await connectTo(plain);
  }
}

async function connectTo(url: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: libpqUrl(url),
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    application_name: 'data-pipeline',
  });
  // A connection that is lost while idle: the next query says so.
  client.on('error', () => {});
  try {
    await client.connect();
    // What is read and written must not depend on the settings of a role.
    await client.query(
      "SET datestyle = 'ISO, YMD'; SET timezone = 'UTC'; SET intervalstyle = 'iso_8601'; SET bytea_output = 'hex'; " +
        'SET extra_float_digits = 3; SET standard_conforming_strings = on',
    );
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
}

/** The server's own messages name users, tables and columns, never a password. */
function describe(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return describe(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  if (error instanceof pg.DatabaseError) {
    const detail = error.detail === undefined ? '' : `; ${error.detail}`;
    return `${error.message}${detail} (${error.code ?? 'no code'})`;
  }
  return error.message === '' && 'code' in error ? String(error.code) : error.message;
}
