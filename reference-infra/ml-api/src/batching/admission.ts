/** How much work the service holds at once, over all models: what does not fit is refused at the door. */

import { RequestError } from '../errors.ts';

export interface AdmissionLimits {
  /** Prediction requests that are open: being read, waiting, running or being answered. */
  readonly requests: number;
  /** Rows that wait or run. */
  readonly rows: number;
  /** Bytes of the bodies of open requests. */
  readonly bytes: number;
}

/** What an open request holds. */
export interface Place {
  /** More bytes have come than were known of. @throws RequestError 503 */
  grow(bytes: number): void;
  /** The request is over; calling it again does nothing. */
  leave(): void;
}

export class Admission {
  readonly #limits: AdmissionLimits;
  #requests = 0;
  #bytes = 0;
  #rows = 0;

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  get requests(): number {
    return this.#requests;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Before the body is read. @param bytes that the body has, as far as that is known. @throws RequestError 503 */
  enter(bytes: number): Place {
    if (this.#requests >= this.#limits.requests)
      throw overloaded(`${this.#requests} requests are open, which is the limit`);
    this.#checkBytes(this.#requests > 0, bytes);
    this.#requests++;
    this.#bytes += bytes;
    let held = bytes;
    let open = true;
    return {
      grow: (more) => {
        this.#checkBytes(this.#bytes > held, more);
        if (!open) return;
        held += more;
        this.#bytes += more;
      },
      leave: () => {
        if (!open) return;
        open = false;
        this.#requests--;
        this.#bytes -= held;
      },
    };
  }

  /** A single body of allowed size always finds room. */
  #checkBytes(others: boolean, bytes: number): void {
    if (!others || this.#bytes + bytes <= this.#limits.bytes) return;
    throw overloaded(`the bodies of the open requests have ${this.#bytes} bytes, and this one does not fit`);
  }

  /** Before rows are put into a queue. Returns what must be called once when they are done. @throws RequestError 503 */
  addRows(rows: number): () => void {
    // A single request of allowed size always finds room in an empty queue.
    if (this.#rows > 0 && this.#rows + rows > this.#limits.rows)
      throw overloaded(`${this.#rows} rows wait, and ${rows} more do not fit (limit ${this.#limits.rows})`);
    this.#rows += rows;
    let open = true;
    return () => {
      if (!open) return;
      open = false;
      this.#rows -= rows;
    };
  }
}

function overloaded(why: string): RequestError {
  return new RequestError(503, 'queue_full', `The service is at its limit: ${why}. Try again later.`, {
    retryAfter: 1,
  });
}
