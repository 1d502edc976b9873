/** Runs the performance gate in this process on inputs as a workflow would give them. */

import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { perfGate } from '../../action-perf-gate/src/main.ts';
import { inputReader } from '../../action-perf-gate/src/testing.ts';
import type { PerfDetails } from '../../action-perf-gate/src/types.ts';
import { buildResult, fold, serializeResult } from '../../core/gate/index.ts';
import type { GateResult, Verdict } from '../../core/gate/types.ts';
import { readCommon } from '../../core/inputs/index.ts';
import { testContext } from '../../core/run/testing.ts';

export interface PerfRun {
  readonly verdict: Verdict;
  readonly result: GateResult<PerfDetails>;
  readonly details: PerfDetails;
  /** The document as it would be written. */
  readonly text: string;
  /** What the job log would hold. */
  readonly log: string;
}

/** Paths are relative to `workspace`; files stand as `result.*` in it. The document is checked. */
export async function runPerfGate(
  given: Readonly<Record<string, string>>,
  workspace: string,
): Promise<PerfRun> {
  const reader = inputReader(given, workspace);
  readCommon(reader, 'perf-gate');
  const config = perfGate.readConfig(reader);
  reader.finish();
  let log = '';
  const line = (text: string): void => {
    log += `${text}\n`;
  };
  const context = testContext(workspace, {
    env: process.env,
    log: { info: line, notice: line, warning: line, debug: line },
    beside: async (ending) => {
      const path = join(workspace, `result${ending}`);
      mkdirSync(dirname(path), { recursive: true });
      return path;
    },
  });
  const measured = await perfGate.measure(config, context);
  const result = buildResult({
    ...measured,
    action: 'perf-gate',
    id: '',
    catalogue: perfGate.catalogue,
    startedAt: new Date(0),
    finishedAt: new Date(0),
    commit: null,
    run: null,
  });
  const { text } = serializeResult(result);
  return { verdict: fold(measured.judged), result, details: result.predicate.gate.details, text, log };
}
