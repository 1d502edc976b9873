/** What the errors of sockets mean. */

import type { Outcome } from '../types.ts';

/** How far a connection had come. */
export type Phase = 'connecting' | 'handshake' | 'open';

/** The machine of the generator ran out of something: nothing that the service did. */
export const exhaustedCodes: readonly string[] = ['EADDRNOTAVAIL', 'EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM'];

export interface Failure {
  readonly outcome: Outcome;
  /** Words that follow `the connection`. */
  readonly message: string;
  /** Of the system, or of TLS; empty when the server just closed. */
  readonly code: string;
}

export function describeFailure(phase: Phase, error: Error | null): Failure {
  const code = codeOf(error);
  if (phase === 'open') {
    if (error === null) return { outcome: 'closed', message: 'was closed before the response', code };
    if (isTls(code)) return { outcome: 'tls', message: `failed in TLS (${code})`, code };
    return { outcome: 'reset', message: `was lost (${code})`, code };
  }
  if (phase === 'handshake') {
    if (error === null || code === 'ECONNRESET')
      return { outcome: 'tls', message: 'was closed during the TLS handshake', code };
    return { outcome: 'tls', message: `failed in the TLS handshake (${code})`, code };
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return { outcome: 'dns', message: `failed: the host name is not known (${code})`, code };
  if (code === 'ECONNREFUSED') return { outcome: 'connect', message: 'was refused', code };
  return { outcome: 'connect', message: `could not be opened (${code === '' ? 'closed' : code})`, code };
}

export function codeOf(error: Error | null): string {
  if (error === null) return '';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

function isTls(code: string): boolean {
  return /^(?:ERR_(?:SSL|TLS)|EPROTO|CERT_)/.test(code);
}
