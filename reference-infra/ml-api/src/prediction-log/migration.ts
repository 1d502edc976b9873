/** The table of the prediction log. */

/** What of a PostgreSQL client is needed here. */
export interface Database {
  query(text: string, values?: readonly unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
}

/** Any number, the same for all replicas: "predictions" in ASCII, its first six letters. */
const lockKey = 0x70_72_65_64_69_63;

const statements = [
  `CREATE TABLE IF NOT EXISTS predictions (
     id         uuid PRIMARY KEY,
     time       timestamptz NOT NULL,
     request_id text NOT NULL,
     row_index  integer NOT NULL,
     trace_id   text NOT NULL,
     model      text NOT NULL,
     version    text NOT NULL,
     route      text NOT NULL,
     latency_ms double precision,
     inputs     jsonb NOT NULL,
     outputs    jsonb NOT NULL
   )`,
  'CREATE INDEX IF NOT EXISTS predictions_time ON predictions (time)',
];

/** The rows of `$1`, a JSON array. A row that is there already, from a write whose answer was lost, stays as it is. */
export const insertRows = `
  INSERT INTO predictions
    (id, time, request_id, row_index, trace_id, model, version, route, latency_ms, inputs, outputs)
  SELECT id, time, request_id, row_index, trace_id, model, version, route, latency_ms, inputs, outputs
  FROM json_to_recordset($1::json) AS rows (
    id uuid, time timestamptz, request_id text, row_index integer, trace_id text, model text, version text,
    route text, latency_ms double precision, inputs jsonb, outputs jsonb)
  ON CONFLICT (id) DO NOTHING`;

/**
 * Makes the table where it is missing. CREATE … IF NOT EXISTS alone fails when two replicas start at once (both find
 * nothing, one hits the other's unique index): they take turns by a lock. Where the table is there, nothing but looking
 * at it is asked of the user's permissions.
 */
export async function migrate(database: Database): Promise<void> {
  if (await exists(database)) return;
  await database.query('BEGIN');
  try {
    await database.query('SELECT pg_advisory_xact_lock($1)', [lockKey]);
    for (const statement of statements) await database.query(statement);
    await database.query('COMMIT');
  } catch (error) {
    // The connection may be gone; then so is the transaction.
    await database.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

async function exists(database: Database): Promise<boolean> {
  const { rows } = await database.query("SELECT to_regclass('predictions') AS found");
  const [row] = rows;
  return typeof row === 'object' && row !== null && 'found' in row && row.found !== null;
}
