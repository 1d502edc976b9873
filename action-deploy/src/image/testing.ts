/** A world for tests: time stands still, and sleeping takes none. */

import { type Log, silentLog } from '../../../core/report/log.ts';
import type { World } from '../types.ts';

export interface TestWorld extends World {
  /** Milliseconds of each sleep. */
  readonly slept: readonly number[];
  readonly lines: readonly string[];
}

export function testWorld(given: Partial<World> = {}): TestWorld {
  const slept: number[] = [];
  const lines: string[] = [];
  const log: Log = { ...silentLog, info: (line) => lines.push(line), debug: (line) => lines.push(line) };
  return {
    env: {},
    workspace: '/workspace',
    log,
    clock: () => new Date('2026-11-30T12:00:00Z'),
    sleep: async (milliseconds) => {
      slept.push(milliseconds);
    },
    signal: new AbortController().signal,
    ...given,
    slept,
    lines,
  };
}
