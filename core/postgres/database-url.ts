/** The URL of a PostgreSQL: what it may hold, and how node-postgres is to read it. */

/** As libpq has them, and `no-verify` of node-postgres. */
const sslModes = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'] as const;

/** What is wrong with it, without the URL itself, which holds a password; null: nothing. */
export function checkDatabaseUrl(url: string): string | null {
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
  if (mode !== null && !sslModes.some((known) => known === mode)) {
    return `has sslmode ${JSON.stringify(mode.slice(0, 20))}; allowed: ${sslModes.join(', ')}`;
  }
  if (mode === 'verify-ca' && !parsed.searchParams.has('sslrootcert')) {
    return 'has sslmode verify-ca without sslrootcert, the file with the certificate of the authority';
  }
  return null;
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
