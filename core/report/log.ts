/** Where progress lines go: the job log under GitHub, standard error on the command line. */
export interface Log {
  info(line: string): void;
  /** Worth the user's attention, never changes the verdict. */
  notice(line: string): void;
  warning(line: string): void;
  debug(line: string): void;
}

export const silentLog: Log = {
  info: () => {},
  notice: () => {},
  warning: () => {},
  debug: () => {},
};
