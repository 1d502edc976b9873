/** The URL of a database: out of the environment, checked, and never shown, since it holds a password. */

import { RunError } from '../../../../core/inputs/index.ts';

const sslModes = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'];

/** @throws RunError that names the variable, and nothing of what it holds but the scheme and the mode of TLS. */
export function databaseUrl(environment: NodeJS.ProcessEnv, variable: string): string {
  const url = environment[variable];
  if (url === undefined || url === '') {
    throw new RunError(`${variable} is not set; it must hold postgresql://user:password@host:5432/database`);
  }
  const problem = problemOf(url);
  if (problem !== null) throw new RunError(`${variable} ${problem}`);
  return url;
}

function problemOf(url: string): string | null {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return 'is not a URL; percent-encode special characters of the password';
  }
  if (!['postgres:', 'postgresql:'].includes(parsed.protocol)) {
    return `must begin with postgresql://, not ${parsed.protocol.slice(0, 20)}`;
  }
  const mode = parsed.searchParams.get('sslmode');
  if (mode !== null && !sslModes.includes(mode)) {
    return `has sslmode ${JSON.stringify(mode.slice(0, 20))}; allowed: ${sslModes.join(', ')}`;
  }
  return null;
}

/** Where the database is, for messages: `127.0.0.1:5432/ml`. */
export function placeOf(url: string): string {
  const { hostname, port, pathname } = new URL(url);
  return `${hostname || 'its socket'}${port === '' ? '' : `:${port}`}${pathname}`;
}

/** node-postgres reads sslmode as libpq does only when it is asked to. */
export function libpqUrl(url: string): string {
  const parsed = new URL(url);
  if (parsed.searchParams.get('sslmode') === 'no-verify') return url;
  parsed.searchParams.set('uselibpqcompat', 'true');
  return parsed.href;
}

/** `prefer` goes on without TLS where the server has none; null: the URL does not say `prefer`. */
export function withoutTls(url: string): string | null {
  const parsed = new URL(url);
  if (parsed.searchParams.get('sslmode') !== 'prefer') return null;
  parsed.searchParams.set('sslmode', 'disable');
  return parsed.href;
}
