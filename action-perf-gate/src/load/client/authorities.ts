import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';

/**
 * Whom TLS trusts: the authorities of Node with those of NODE_EXTRA_CA_CERTS, and one more. Made once for all connections of a
 * thread, since reading the authorities takes milliseconds.
 * @param ca PEM text; null: no other
 */
export function secureContext(ca: string | null): SecureContext {
  return createSecureContext(ca === null ? {} : { ca: [...getCACertificates('default'), ca] });
}
