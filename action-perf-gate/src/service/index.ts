/** The service under test: started, awaited, watched, measured, stopped. */

export { freePort } from './free-port.ts';
export { LogFile } from './log-file.ts';
export { canSeeProcesses } from './process-tree.ts';
export { type RunningService, startService } from './start.ts';
export type { Usage } from './usage.ts';
