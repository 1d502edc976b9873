/** A job that is cancelled: the gate gets to put things in order before it ends. */

import { RunError } from '../inputs/index.ts';

export interface Cancellation {
  /** Its reason is a RunError that says so. */
  readonly signal: AbortSignal;
  dispose(): void;
}

/** Takes SIGINT and SIGTERM until it is disposed of. `outcome` says what the gate then does: `what it had started was stopped`. */
export function onCancel(outcome: string): Cancellation {
  const controller = new AbortController();
  const cancel = (signal: NodeJS.Signals): void =>
    controller.abort(new RunError(`the run was cancelled (${signal}); ${outcome}`));
  process.on('SIGINT', cancel);
  process.on('SIGTERM', cancel);
  return {
    signal: controller.signal,
    dispose: () => {
      process.off('SIGINT', cancel);
      process.off('SIGTERM', cancel);
    },
  };
}
