/** What the parts may use of the world, out of what the run gives. */

import { setTimeout as sleepFor } from 'node:timers/promises';
import type { RunContext } from '../../core/run/index.ts';
import type { World } from './types.ts';

export function createWorld(context: RunContext, signal: AbortSignal): World {
  const { env, workspace, log, clock } = context;
  return { env, workspace, log, clock, signal, sleep };
}

async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleepFor(milliseconds, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
