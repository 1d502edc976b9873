/** Running a gate, under GitHub or at the command line. */

export { runAction } from './action.ts';
export { onCancel } from './cancel.ts';
export type {
  FinishedResult,
  FollowContext,
  Gate,
  GitHubAccess,
  Measured,
  RunContext,
} from './gate.ts';
export { githubHost } from './github-host.ts';
export type { Finished, Host, Unfinished } from './host.ts';
export { exitCode, runGate } from './run.ts';
export { type Terminal, terminalHost } from './terminal-host.ts';
