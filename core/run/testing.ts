/** What tests of gates give `measure` as its world. */

import { join } from 'node:path';
import { silentLog } from '../report/log.ts';
import type { RunContext } from './gate.ts';

/** Files beside the document go into `workspace`, which must exist. */
export function testContext(workspace: string, more: Partial<RunContext> = {}): RunContext {
  return {
    id: '',
    log: silentLog,
    env: {},
    now: () => performance.now(),
    clock: () => new Date(),
    workspace,
    commit: null,
    github: async () => null,
    beside: async (ending) => join(workspace, `result${ending}`),
    ...more,
  };
}
