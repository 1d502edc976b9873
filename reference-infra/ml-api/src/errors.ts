/** What a client is told when its request is refused. */

/** Few and fixed: they are a label of `ml_api_errors_total`. */
export type ErrorReason =
  | 'malformed_request'
  | 'invalid_input'
  | 'too_large'
  | 'unsupported_media_type'
  | 'not_found'
  | 'method_not_allowed'
  | 'model_failed'
  | 'queue_full'
  | 'deadline'
  | 'not_ready'
  | 'client_closed'
  | 'internal';

/** Where in the input the mistake is, for programs; the message says the same for people. */
export interface ErrorPlace {
  /** From 0. */
  readonly row?: number;
  /** Of the column or the model's input. */
  readonly column?: string;
  readonly expected?: string;
}

/** A refused request: the message is one or two sentences and is sent as it is. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly status: number;
  readonly reason: ErrorReason;
  readonly place: ErrorPlace;
  /** Seconds after which trying again may help; sent as `retry-after`. */
  readonly retryAfter: number | null;

  constructor(
    status: number,
    reason: ErrorReason,
    message: string,
    { place = {}, retryAfter = null }: { place?: ErrorPlace; retryAfter?: number | null } = {},
  ) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.place = place;
    this.retryAfter = retryAfter;
  }
}

/** The body cannot be read as what the route takes. */
export function malformed(message: string): RequestError {
  return new RequestError(400, 'malformed_request', message);
}

/** The body can be read, and the model does not take what it holds. */
export function invalid(message: string, place: ErrorPlace = {}): RequestError {
  return new RequestError(400, 'invalid_input', message, { place });
}

/** A value of the client's in a message: as JSON has it, short. */
export function shown(value: unknown): string {
  const text =
    typeof value === 'bigint'
      ? value.toString()
      : typeof value === 'number' && !Number.isFinite(value)
        ? String(value)
        : (JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? part.toString() : part)) ??
          'nothing');
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
