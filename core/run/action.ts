/** The entry of every action. */

import type { Gate } from './gate.ts';
import { githubHost } from './github-host.ts';
import { runGate } from './run.ts';

/** Runs the gate with what the runner gives, and leaves the exit code to the process. */
export async function runAction<Config, Details>(gate: Gate<Config, Details>): Promise<void> {
  process.exitCode = await runGate(
    gate,
    githubHost(process.env, (text) => process.stdout.write(text)),
  );
}
