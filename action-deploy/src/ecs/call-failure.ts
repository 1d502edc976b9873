/** What can go wrong with a call, and what it says about whether the call was carried out. */

import { callOf } from '../aws/calls.ts';
import { classify } from '../aws/index.ts';

export type FailureKind =
  /** Refused for now, and surely not carried out. */
  | 'throttled'
  /** Nobody answered: whether it was carried out is not known. */
  | 'lost'
  /** 5xx: whether it was carried out is not known. */
  | 'server'
  /** Expired, revoked or not to be had. */
  | 'credentials'
  /** IAM says no. */
  | 'denied'
  /** This ECS does not have the operation. */
  | 'no-such-operation'
  /** Any other 4xx: it will not be carried out. */
  | 'refused'
  /** The job was cancelled, or the time was up, before there was an answer. */
  | 'ended';

/** Operations that are not those of ECS itself. */
const clients: Readonly<Record<string, string>> = {
  GetLogEvents: 'CloudWatchLogsClient',
  DescribeAlarms: 'CloudWatchClient',
};

export class CallFailure extends Error {
  override readonly name = 'CallFailure';
  readonly kind: FailureKind;
  /** `UpdateService` */
  readonly operation: string;
  /** Name of the error as AWS or Node gives it: `ThrottlingException`, `ECONNRESET`. */
  readonly reason: string;
  readonly origin: unknown;

  constructor(kind: FailureKind, operation: string, reason: string, message: string, origin: unknown) {
    super(message);
    this.kind = kind;
    this.operation = operation;
    this.reason = reason;
    this.origin = origin;
  }

  /** `ecs:UpdateService`; the prefix is that of the client. */
  get action(): string {
    return callOf(clients[this.operation] ?? 'ECSClient', this.operation).action;
  }
}

export function isFailure(error: unknown, ...kinds: readonly FailureKind[]): error is CallFailure {
  return error instanceof CallFailure && (kinds.length === 0 || kinds.includes(error.kind));
}

interface Thrown {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/**
 * @param ended whether the call was given up by us
 * @throws what is no failure of a call: a defect
 */
export function failureOf(thrown: unknown, operation: string, ended: boolean): CallFailure {
  if (thrown instanceof CallFailure) return thrown;
  const error: Thrown = thrown instanceof Error ? thrown : {};
  const { kind: known, code } = classify(thrown);
  const reason = code || (error.name ?? 'Error');
  const made = (kind: FailureKind) =>
    new CallFailure(kind, operation, reason, error.message ?? String(thrown), thrown);
  if (ended) return made('ended');
  const status = error.$metadata?.httpStatusCode ?? 0;
  if (isPassing(reason, error.message ?? '')) return made('throttled');
  if (/^(?:UnknownOperationException|InvalidAction|NotImplemented)$/.test(reason) || status === 501) {
    return made('no-such-operation');
  }
  switch (known) {
    case 'denied':
    case 'credentials':
    case 'throttled':
    case 'server':
      return made(known);
    case 'unreachable':
    case 'cancelled':
      return made('lost');
    case 'missing':
    case 'refused':
    case 'region':
      return made('refused');
    case 'other':
      if (error.code !== undefined || /socket|aborted|premature|terminated/i.test(error.message ?? '')) {
        return made('lost');
      }
      throw thrown;
  }
}

/** Refused for now by names that also stand for lasting things; the SDK corrects its clock by the answer. */
function isPassing(reason: string, message: string): boolean {
  switch (reason) {
    case 'RequestTimeTooSkewed':
    case 'RequestInTheFuture':
      return true;
    case 'InvalidSignatureException':
      return message.includes('Signature expired');
    case 'ClientException':
      return /rate exceeded|too many concurrent attempts/i.test(message);
    default:
      return false;
  }
}
