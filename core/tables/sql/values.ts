/** Values of results as plain JavaScript. */

import type { DuckDBValue } from '@duckdb/node-api';
import type { SqlValue } from './types.ts';

/** @see SqlValue */
export function valueReader(duck: typeof import('@duckdb/node-api')): (value: DuckDBValue) => SqlValue {
  const read = (value: DuckDBValue): SqlValue => {
    if (value === null || typeof value !== 'object') return value;
    // Its own text is in the time zone of the machine.
    if (value instanceof duck.DuckDBTimestampTZValue) {
      return `${String(new duck.DuckDBTimestampValue(value.micros))}+00`;
    }
    if (value instanceof duck.DuckDBListValue || value instanceof duck.DuckDBArrayValue) {
      return value.items.map(read);
    }
    return String(value);
  };
  return read;
}
