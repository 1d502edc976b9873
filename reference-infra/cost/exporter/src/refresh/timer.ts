/** Asks again whenever something is due, until it is stopped. */

export interface AskingOptions {
  /** Returns when the next round is due, in milliseconds since 1970. */
  readonly round: () => Promise<number>;
  readonly after: () => void;
  readonly failed: (error: unknown) => void;
  readonly now: () => number;
}

/** Looked at this often: a timer of hours would sleep through a suspended machine, and cannot be longer than 24 days. */
const longestWaitMs = 60_000;
const afterFailureMs = 15 * 60_000;

export function keepAsking({ round, after, failed, now }: AskingOptions): { stop(): void } {
  let timer: NodeJS.Timeout | null = null;
  let stopped = false;
  let due = 0;
  const turn = async (): Promise<void> => {
    if (now() >= due) {
      try {
        due = await round();
      } catch (error) {
        failed(error);
        due = now() + afterFailureMs;
      }
      if (!stopped) after();
    }
    if (!stopped)
      timer = setTimeout(() => void turn(), Math.max(1_000, Math.min(longestWaitMs, due - now())));
  };
  void turn();
  return {
    stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}
