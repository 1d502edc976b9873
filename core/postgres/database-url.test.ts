import { expect, test } from 'vitest';
import { checkDatabaseUrl } from './database-url.ts';

test.each([
  'postgresql://ml:p%40ss@db:5432/ml',
  'postgres://db/ml?sslmode=verify-full&sslrootcert=/ca.pem',
  'postgresql:///ml?host=/var/run/postgresql',
  'postgres://db/ml?sslmode=no-verify',
])('%s can be used', (url) => expect(checkDatabaseUrl(url)).toBeNull());

test.each([
  ['db:5432/ml', /must begin with postgresql:\/\//],
  ['mysql://ml:s3cret@db/ml', /must begin with postgresql:\/\/, not mysql:/],
  ['postgresql://ml:s3cret@db:port/ml', /is not a URL/],
  ['postgresql://ml:s3cret@db/ml?sslmode=full', /has sslmode "full"; allowed: disable, prefer, require/],
  ['postgresql://ml:s3cret@db/ml?sslmode=verify-ca', /without sslrootcert/],
])('%s cannot, and the message has no password', (url, problem) => {
  expect(checkDatabaseUrl(url)).toMatch(problem);
  expect(checkDatabaseUrl(url)).not.toContain('s3cret');
});
