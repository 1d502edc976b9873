/** An error that the service answers with. */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** Something valid that the simulator does not know: the test must not rely on it. */
export class UnsimulatedError extends Error {}
