/** Failures of the API itself, at chosen calls. */

export type ApiFault =
  | { readonly kind: 'throttled' }
  /** The connection is reset; `after`: when the call has taken effect. */
  | { readonly kind: 'lost'; readonly when: 'before' | 'after' }
  | { readonly kind: 'expired-token' }
  /** Default: an identity policy that does not allow it, for the resource of the call. */
  | { readonly kind: 'denied'; readonly message?: string }
  | { readonly kind: 'server-error' };

export interface Fault {
  readonly fault: ApiFault;
  /** `UpdateService`; default: any. */
  readonly operation?: string;
  /** Only the call with that number in the journal, from 1. */
  readonly at?: number;
  /** Calls that fit and go through before. Default: 0. */
  readonly after?: number;
  /** How often. Default: once; for ever where credentials or permissions are the matter. */
  readonly times?: number;
}

export class Faults {
  private readonly pending: { readonly fault: Fault; passed: number; used: number }[] = [];

  add(fault: Fault): void {
    this.pending.push({ fault, passed: 0, used: 0 });
  }

  clear(): void {
    this.pending.length = 0;
  }

  /** The fault of this call; null: none. */
  next(operation: string, index: number): ApiFault | null {
    for (const entry of this.pending) {
      const { fault, operation: only, at, after = 0, times } = entry.fault;
      if (only !== undefined && only !== operation) continue;
      if (at !== undefined && at !== index) continue;
      if (entry.passed < after) {
        entry.passed++;
        continue;
      }
      const lasting = fault.kind === 'denied' || fault.kind === 'expired-token';
      if (entry.used >= (times ?? (lasting ? Number.POSITIVE_INFINITY : 1))) continue;
      entry.used++;
      return fault;
    }
    return null;
  }
}

export interface FaultAnswer {
  readonly status: number;
  readonly code: string;
  readonly body: Readonly<Record<string, string>>;
}

/**
 * What the services answer.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/CommonErrors.html,
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html (the words of a denial).
 */
export function answerOf(
  fault: Exclude<ApiFault, { kind: 'lost' }>,
  call: { readonly action: string; readonly resource: string; readonly account: string },
): FaultAnswer {
  const answer = (status: number, code: string, message: string): FaultAnswer => ({
    status,
    code,
    // What stands before the service writes `Message`, not `message`.
    body: { __type: code, Message: message },
  });
  switch (fault.kind) {
    case 'throttled':
      return answer(400, 'ThrottlingException', 'Rate exceeded');
    case 'expired-token':
      return answer(400, 'ExpiredTokenException', 'The security token included in the request is expired');
    case 'denied':
      return answer(
        400,
        'AccessDeniedException',
        fault.message ??
          `User: arn:aws:sts::${call.account}:assumed-role/deploy/run is not authorized to perform: ${call.action} on resource: ${call.resource} because no identity-based policy allows the ${call.action} action`,
      );
    case 'server-error':
      return answer(500, 'ServerException', 'Service Unavailable. Please try again later.');
  }
}
