/** Runs the drift check in this process on inputs as a workflow would give them. */

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { driftCheck } from '../../action-drift-check/src/main.ts';
import type { DriftDetails } from '../../action-drift-check/src/types.ts';
import { buildResult, fold, serializeResult } from '../../core/gate/index.ts';
import type { Verdict } from '../../core/gate/types.ts';
import { InputReader, readCommon } from '../../core/inputs/index.ts';
import type { Measured } from '../../core/run/index.ts';
import { testContext } from '../../core/run/testing.ts';

const action = parse(
  readFileSync(resolve(import.meta.dirname, '../../action-drift-check/action.yml'), 'utf8'),
) as { inputs: Record<string, { default?: string }> };

/** Paths are relative to `workspace`. The document is checked. */
export async function runDriftCheck(
  given: Readonly<Record<string, string>>,
  workspace: string,
): Promise<Measured<DriftDetails> & { readonly verdict: Verdict }> {
  const get = (name: string): string => {
    const value = given[name] ?? action.inputs[name]?.default ?? '';
    return value.includes('${{') ? '' : value;
  };
  const reader = new InputReader({ get, workspace });
  readCommon(reader, 'drift-check');
  const config = driftCheck.readConfig(reader);
  reader.finish();
  const measured = await driftCheck.measure(config, testContext(workspace));
  serializeResult(
    buildResult({
      ...measured,
      action: 'drift-check',
      id: '',
      catalogue: driftCheck.catalogue,
      startedAt: new Date(0),
      finishedAt: new Date(0),
      commit: null,
      run: null,
    }),
  );
  return { ...measured, verdict: fold(measured.judged) };
}
