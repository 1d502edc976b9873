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
    if (isTls(code)) return { outcome: 'tls', message: describeTls(error, code), code };
    return { outcome: 'reset', message: `was lost (${code})`, code };
  }
  if (phase === 'handshake') {
    if (error === null || code === 'ECONNRESET')
      return { outcome: 'tls', message: 'was closed during the TLS handshake', code };
    return { outcome: 'tls', message: describeTls(error, code), code };
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return { outcome: 'dns', message: `failed: the host name is not known (${code})`, code };
  if (code === 'ECONNREFUSED') return { outcome: 'connect', message: 'was refused', code };
  return { outcome: 'connect', message: `could not be opened (${code === '' ? 'closed' : code})`, code };
}

/** Words that follow `the connection`. */
function describeTls(error: Error, code: string): string {
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return `failed: the certificate has expired (${code})`;
    case 'CERT_NOT_YET_VALID':
      return `failed: the certificate is not valid yet (${code})`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `failed: the certificate is for ${certificateNames(error)} and not for this host (${code})`;
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return `failed: the certificate is of an authority that is not known here (${code}); name the file of the authority with NODE_EXTRA_CA_CERTS`;
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
    case 'EPROTO':
      return `failed: the server does not speak TLS at this port (${code})`;
    default:
      return `failed in TLS (${code})`;
  }
}

function certificateNames(error: Error): string {
  const certificate: unknown = 'cert' in error ? error.cert : null;
  const names =
    typeof certificate === 'object' && certificate !== null && 'subjectaltname' in certificate
      ? String(certificate.subjectaltname)
      : 'another name';
  return names.replaceAll(/DNS:|IP Address:/g, '').slice(0, 200);
}

export function codeOf(error: Error | null): string {
  if (error === null) return '';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

function isTls(code: string): boolean {
  return /^(?:ERR_(?:SSL|TLS)|EPROTO|CERT_)/.test(code);
}
