/** A job that is cancelled: what was started is stopped before the gate ends. */

import { RunError } from '../../../core/inputs/index.ts';

export interface Cancellation {
  /** Its reason is a RunError that says so. */
  readonly signal: AbortSignal;
  dispose(): void;
}

/** Takes SIGINT and SIGTERM until it is disposed of. */
export function onCancel(): Cancellation {
  const controller = new AbortController();
  const cancel = (signal: NodeJS.Signals): void =>
    controller.abort(new RunError(`the run was cancelled (${signal}); what it had started was stopped`));
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
