/** What must appear nowhere: values of headers, user info of addresses, values of queries that look like credentials. */

import { redactUrl } from '../../../core/inputs/index.ts';
import type { RequestTemplate } from '../load/types.ts';
import { isSecretHeader } from './headers.ts';

export type Redact = (text: string) => string;

/** Shorter ones would tear texts apart and hide nothing. */
const shortest = 4;
const mask = '***';

const credentialName =
  /(?:^|[_\-.])(?:key|apikey|token|secret|password|passwd|pwd|auth|authorization|credential|credentials|signature|sig|session|jwt|code)(?:$|[_\-.])|apikey|api_key|accesskey|access_token|x-amz-(?:signature|credential|security-token)/i;

/** An address or a path as it may be shown: without user info, and without values of credentials in its query. */
export function shownAddress(address: string | URL): string {
  return redactUrl(address).replaceAll(/([?&;])([^=&;#\s]+)=([^&;#\s]*)/g, (whole, mark, name: string) =>
    isCredential(name) ? `${mark}${name}=${mask}` : whole,
  );
}

function isCredential(name: string): boolean {
  try {
    return credentialName.test(decodeURIComponent(name));
  } catch {
    return credentialName.test(name);
  }
}

/** Every secret that addresses and requests hold, the longest first. */
export function secretsOf(
  addresses: readonly string[],
  requests: readonly Pick<RequestTemplate, 'path' | 'headers'>[],
): readonly string[] {
  const found = new Set<string>();
  const add = (secret: string): void => {
    if (secret.length >= shortest) found.add(secret);
  };
  for (const address of addresses) ofAddress(address).forEach(add);
  for (const { path, headers } of requests) {
    ofQuery(path).forEach(add);
    for (const [name, value] of headers) if (isSecretHeader(name)) ofHeader(value).forEach(add);
  }
  return [...found].sort((a, b) => b.length - a.length);
}

/** `Bearer abc`: the token also without its scheme; Basic: also what it encodes. */
function ofHeader(value: string): string[] {
  const [scheme = '', ...rest] = value.split(/\s+/);
  const token = rest.join(' ');
  const parts = value.split(/[;,]\s*/).map((part) => part.slice(part.indexOf('=') + 1));
  if (!/^basic$/i.test(scheme)) return [value, token, ...(parts.length > 1 ? parts : [])];
  const decoded = Buffer.from(token, 'base64').toString('utf8');
  return [value, token, decoded, decoded.slice(decoded.indexOf(':') + 1)];
}

function ofAddress(address: string): string[] {
  const userInfo = /^[a-z][a-z0-9+.-]*:\/\/([^\s/\\?#]*)@/i.exec(address)?.[1] ?? '';
  const password = userInfo.slice(userInfo.indexOf(':') + 1);
  const decoded = decode(userInfo);
  return [
    ...ofQuery(address),
    ...(userInfo === ''
      ? []
      : [userInfo, decoded, password, decode(password), Buffer.from(decoded).toString('base64')]),
  ];
}

function ofQuery(text: string): string[] {
  return [...text.matchAll(/[?&;]([^=&;#\s]+)=([^&;#\s]*)/g)].flatMap(([, name = '', value = '']) =>
    isCredential(name) ? [value, decode(value)] : [],
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

/** Puts `***` in the place of every secret. */
export function redactor(secrets: readonly string[]): Redact {
  if (secrets.length === 0) return (text) => text;
  return (text) => secrets.reduce((left, secret) => left.replaceAll(secret, mask), text);
}
