/** The URL of a database: out of the environment, checked, and never shown, since it holds a password. */

import { RunError } from '../../../../core/inputs/index.ts';
import { checkDatabaseUrl } from '../../../../core/postgres/index.ts';

/** @throws RunError that names the variable, and nothing of what it holds but the scheme and the mode of TLS. */
export function databaseUrl(environment: NodeJS.ProcessEnv, variable: string): string {
  const url = environment[variable];
  if (url === undefined || url === '') {
    throw new RunError(`${variable} is not set; it must hold postgresql://user:password@host:5432/database`);
  }
  const problem = checkDatabaseUrl(url);
  if (problem !== null) throw new RunError(`${variable} ${problem}`);
  return url;
}

/** Where the database is, for messages: `127.0.0.1:5432/ml`. */
export function placeOf(url: string): string {
  const { hostname, port, pathname } = new URL(url);
  return `${hostname || 'its socket'}${port === '' ? '' : `:${port}`}${pathname}`;
}
