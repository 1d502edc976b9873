/** The entry of every action. */

import type { Gate } from './gate.ts';
import { githubHost } from './github-host.ts';
import { runGate } from './run.ts';

/** Runs the gate with what the runner gives, and ends the process with its exit code. */
export async function runAction<Config, Details>(gate: Gate<Config, Details>): Promise<void> {
  const code = await runGate(
    gate,
    githubHost(process.env, (text) => process.stdout.write(text)),
  );
  // Not by itself: timers of an upload that was given up would hold the job for minutes.
  process.stdout.write('', () => process.exit(code));
}
