/** What went wrong with a question to Cost Explorer: few kinds, since they are a label, and a sentence without secrets. */

export const failureReasons = [
  'throttled',
  'unavailable',
  'unreachable',
  'credentials',
  'access_denied',
  'no_data',
  'refused',
  'unexpected_answer',
  'request_budget',
  'state_file',
] as const;
export type FailureReason = (typeof failureReasons)[number];

/** The message is one sentence and may be logged as it is. */
export class CostFailure extends Error {
  override readonly name = 'CostFailure';
  readonly reason: FailureReason;

  constructor(reason: FailureReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Whether the same request may do better in a moment. */
export function isPassing({ reason }: CostFailure): boolean {
  return reason === 'throttled' || reason === 'unavailable' || reason === 'unreachable';
}

/** Codes of Cost Explorer (its service model) and of all AWS services ("Common Error Types" of the API reference). */
const reasons: Readonly<Record<string, FailureReason>> = {
  LimitExceededException: 'throttled',
  ThrottlingException: 'throttled',
  Throttling: 'throttled',
  TooManyRequestsException: 'throttled',
  RequestLimitExceeded: 'throttled',
  ServiceUnavailableException: 'unavailable',
  ServiceUnavailable: 'unavailable',
  InternalFailure: 'unavailable',
  InternalServerError: 'unavailable',
  AccessDeniedException: 'access_denied',
  AccessDenied: 'access_denied',
  NotAuthorized: 'access_denied',
  OptInRequired: 'access_denied',
  UnrecognizedClientException: 'credentials',
  InvalidClientTokenId: 'credentials',
  ExpiredTokenException: 'credentials',
  ExpiredToken: 'credentials',
  InvalidSignatureException: 'credentials',
  IncompleteSignature: 'credentials',
  IncompleteSignatureException: 'credentials',
  MissingAuthenticationToken: 'credentials',
  MissingAuthenticationTokenException: 'credentials',
  CredentialsProviderError: 'credentials',
  TokenProviderError: 'credentials',
  DataUnavailableException: 'no_data',
  BillExpirationException: 'refused',
  InvalidNextTokenException: 'refused',
  RequestChangedException: 'refused',
  ValidationException: 'refused',
};

/** Whatever was thrown while Cost Explorer was asked. */
export function failureOf(error: unknown): CostFailure {
  if (error instanceof CostFailure) return error;
  if (!(error instanceof Error)) return new CostFailure('unreachable', withoutSecrets(String(error)));
  const status = statusOf(error);
  const known = reasons[error.name];
  const reason =
    known ??
    (status === undefined
      ? 'unreachable'
      : status === 429
        ? 'throttled'
        : status >= 500
          ? 'unavailable'
          : status >= 400
            ? 'refused'
            : 'unexpected_answer');
  return new CostFailure(reason, withoutSecrets(`${error.name}: ${error.message}`));
}

function statusOf(error: Error): number | undefined {
  if (!('$metadata' in error)) return undefined;
  const metadata = error.$metadata;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}

/**
 * AWS quotes what it was sent when it refuses a signature: the canonical request has the session token, `Credential=` the key's id.
 * Only the first line is kept, and of that no key's id and no word that is long enough to be a secret.
 */
export function withoutSecrets(text: string): string {
  const line = (text.split(/[\r\n]/, 1)[0] ?? '')
    .replaceAll(/\b(?:A3T[A-Z0-9]|AKIA|ASIA|AROA|AIDA|ABIA|ACCA)[A-Z0-9]{12,}/g, '…')
    .replaceAll(/\b(Credential|Signature|SignedHeaders)=[^\s,'"]+/g, '$1=…')
    .replaceAll(/([A-Za-z][A-Za-z0-9+.-]*:\/\/)[^\s/@]*@/g, '$1')
    .replaceAll(/[A-Za-z0-9+/=_-]{36,}/g, '…');
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}
