/** Keeps what is secret in requests out of what a service sends back. */

import type { RequestTemplate, Target } from './types.ts';

/** Headers whose values everybody may see. */
const openHeaders = new Set([
  'accept',
  'accept-charset',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'connection',
  'content-encoding',
  'content-type',
  'host',
  'user-agent',
]);
/** Shorter parts stand in any text; to hide them would tell them. */
const shortest = 4;

export function secretsOf(targets: readonly Target[], templates: readonly RequestTemplate[]): string[] {
  const secrets = new Set<string>();
  const add = (text: string): void => {
    for (const part of [text, ...text.split(/[\s,;="]+/)]) if (part.length >= shortest) secrets.add(part);
  };
  for (const { url } of targets) {
    const [user, password] = [url.username, url.password].map(decodeURIComponent);
    if (user === undefined || password === undefined || `${user}${password}` === '') continue;
    add(password);
    add(url.password);
    add(Buffer.from(`${user}:${password}`).toString('base64'));
  }
  for (const { headers } of templates) {
    for (const [name, value] of headers) if (!openHeaders.has(name.toLowerCase())) add(value);
  }
  for (const scheme of ['Basic', 'Bearer', 'Digest', 'Token']) secrets.delete(scheme);
  // The longest first: one may be a part of another.
  return [...secrets].sort((a, b) => b.length - a.length);
}

export function redact(text: string, secrets: readonly string[]): string {
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
}

/** A URL for display: neither its login nor its query, which may hold a token. */
export function shownUrl(url: URL): string {
  return `${url.origin}${url.pathname}${url.search === '' ? '' : '?…'}`;
}
