/** Runs the data gate in this process on inputs as a workflow would give them. */

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { dataGate } from '../../action-validate-data/src/main.ts';
import type { DataDetails } from '../../action-validate-data/src/types.ts';
import { buildResult, fold, serializeResult } from '../../core/gate/index.ts';
import type { Verdict } from '../../core/gate/types.ts';
import { InputReader, readCommon } from '../../core/inputs/index.ts';
import type { Measured } from '../../core/run/index.ts';
import { testContext } from '../../core/run/testing.ts';

const action = parse(
  readFileSync(resolve(import.meta.dirname, '../../action-validate-data/action.yml'), 'utf8'),
) as { inputs: Record<string, { default?: string }> };

/** Paths are relative to `workspace`, where `result.violations.jsonl` and its like are written. The document is checked. */
export async function runDataGate(
  given: Readonly<Record<string, string>>,
  workspace: string,
): Promise<Measured<DataDetails> & { readonly verdict: Verdict }> {
  const get = (name: string): string => {
    const value = given[name] ?? action.inputs[name]?.default ?? '';
    return value.includes('${{') ? '' : value;
  };
  const reader = new InputReader({ get, workspace });
  readCommon(reader, 'validate-data');
  const config = dataGate.readConfig(reader);
  reader.finish();
  const measured = await dataGate.measure(config, testContext(workspace));
  serializeResult(
    buildResult({
      ...measured,
      action: 'validate-data',
      id: '',
      catalogue: dataGate.catalogue,
      startedAt: new Date(0),
      finishedAt: new Date(0),
      commit: null,
      run: null,
    }),
  );
  return { ...measured, verdict: fold(measured.judged) };
}
