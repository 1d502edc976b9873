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

  get rows(): number {
    return this.#rows;
  }

  /**
   * Before the body is read. @param bytes that the body may have. Returns what must be called once when the request is
   * over. @throws RequestError 503
   */
  enter(bytes: number): () => void {
    if (this.#requests >= this.#limits.requests)
      throw overloaded(`${this.#requests} requests are open, which is the limit`);
    if (this.#requests > 0 && this.#bytes + bytes > this.#limits.bytes)
      throw overloaded(
        `the bodies of the open requests have ${this.#bytes} bytes, and this one does not fit`,
      );
    this.#requests++;
    this.#bytes += bytes;
    let open = true;
    return () => {
      if (!open) return;
      open = false;
      this.#requests--;
      this.#bytes -= bytes;
    };
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
