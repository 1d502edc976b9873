/** What a lost connection means, in words that follow the name of a server. Null: the code says nothing of its own. */
export function describeConnection(code: string): string | null {
  switch (code) {
    case 'ECONNREFUSED':
      return 'refuses the connection';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'cannot be reached: its host name is not known';
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return `has a certificate that is not trusted (${code}): give its authority with NODE_EXTRA_CA_CERTS`;
    default:
      return null;
  }
}
