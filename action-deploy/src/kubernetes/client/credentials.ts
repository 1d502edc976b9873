/** What a request to the API server proves itself with, and how it is renewed. */

import { readFile } from 'node:fs/promises';
import { RunError } from '../../../../core/inputs/index.ts';

export interface Credential {
  /** Value of the header `authorization`; null: none is sent. */
  readonly authorization: string | null;
  /** PEM; null: no client certificate. */
  readonly certificate: { readonly cert: string; readonly key: string } | null;
}

export interface Credentials {
  /** @throws RunError when they cannot be had. */
  get(signal: AbortSignal): Promise<Credential>;
  /** After a 401: forgets what it had. False: asking again would give the same. */
  renew(): boolean;
}

export const anonymous: Credential = { authorization: null, certificate: null };

export function fixedCredentials(credential: Credential): Credentials {
  return { get: async () => credential, renew: () => false };
}

export function bearer(token: string): string {
  return `Bearer ${token}`;
}

export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

export interface Expiring {
  readonly credential: Credential;
  /** Milliseconds since 1970; null: not told. */
  readonly expiresAt: number | null;
}

/** A credential is fetched anew this long before it ends: requests under way must not outlive it. */
const earlyMs = 60_000;

/** Keeps what `fetch` gives until shortly before its end; requests at the same time wait for one fetch. */
export function renewedCredentials(
  fetch: (signal: AbortSignal) => Promise<Expiring>,
  clock: () => Date,
): Credentials {
  let held: Expiring | null = null;
  let fetching: { readonly result: Promise<Expiring>; readonly signal: AbortSignal } | null = null;
  const start = (signal: AbortSignal): NonNullable<typeof fetching> => {
    const result = fetch(signal).finally(() => {
      fetching = null;
    });
    return { result, signal };
  };
  return {
    get: async (signal) => {
      for (;;) {
        if (held !== null && (held.expiresAt === null || held.expiresAt - clock().getTime() > earlyMs))
          return held.credential;
        fetching ??= start(signal);
        const begun = fetching;
        try {
          held = await begun.result;
          return held.credential;
        } catch (error) {
          // A rollback goes on after the rollout that began the fetch was cancelled.
          if (signal.aborted || !begun.signal.aborted) throw error;
        }
      }
    },
    renew: () => {
      held = null;
      return true;
    },
  };
}

/** The kubelet exchanges the token of a service account in its file; client-go reads it once a minute, too. */
const tokenFileMs = 60_000;

export function tokenFileCredentials(
  path: string,
  shown: string,
  certificate: Credential['certificate'],
  clock: () => Date,
): Credentials {
  return renewedCredentials(async () => {
    const token = await readFile(path, 'utf8').catch((error: unknown) => {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
      throw new RunError(`the token file ${shown} cannot be read: ${code}`);
    });
    if (token.trim() === '') throw new RunError(`the token file ${shown} is empty`);
    return {
      credential: { authorization: bearer(token.trim()), certificate },
      expiresAt: clock().getTime() + tokenFileMs + earlyMs,
    };
  }, clock);
}
