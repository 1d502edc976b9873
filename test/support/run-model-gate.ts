/** Runs the model gate in this process on inputs as a workflow would give them. */

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { modelGate } from '../../action-validate-model/src/main.ts';
import type { ModelDetails } from '../../action-validate-model/src/report/details.ts';
import { buildResult, fold, serializeResult } from '../../core/gate/index.ts';
import type { GateResult } from '../../core/gate/types.ts';
import { InputReader, readCommon } from '../../core/inputs/index.ts';
import { modelCatalogue } from '../../core/metrics/index.ts';
import type { Measured } from '../../core/run/index.ts';
import { testContext } from '../../core/run/testing.ts';

export const modelFixtures = resolve(import.meta.dirname, '../fixtures/models');

export interface FixtureCase {
  readonly name: string;
  readonly about: string;
  readonly with: Readonly<Record<string, string>>;
  /** Path of the expected metrics; absent for cases that end otherwise. */
  readonly expected?: string;
  readonly tolerance?: number;
  readonly outcome?: 'error' | 'undefined';
  /** What the message must hold. */
  readonly says?: readonly string[];
}

export const fixtureCases: readonly FixtureCase[] = (
  JSON.parse(readFileSync(join(modelFixtures, 'manifest.json'), 'utf8')) as { cases: FixtureCase[] }
).cases;

const action = parse(
  readFileSync(resolve(import.meta.dirname, '../../action-validate-model/action.yml'), 'utf8'),
) as { inputs: Record<string, { default?: string }> };

/** Inputs of a case, with its paths made absolute and the defaults of action.yml. */
export function inputsOf(given: Readonly<Record<string, string>>): Map<string, string> {
  const defaults = Object.entries(action.inputs).map(([name, { default: value }]): [string, string] => [
    name,
    value === undefined || value.includes('${{') ? '' : value,
  ]);
  const paths = Object.entries(given).map(([name, value]): [string, string] => [
    name,
    name.endsWith('-path') && !/^(models|runs):\//.test(value) ? resolve(modelFixtures, value) : value,
  ]);
  return new Map([...defaults, ...paths]);
}

export async function runModelGate(
  given: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Promise<Measured<ModelDetails> & { verdict: ReturnType<typeof fold> }> {
  const inputs = inputsOf(given);
  const reader = new InputReader({ get: (name) => inputs.get(name) ?? '', workspace: modelFixtures });
  readCommon(reader, 'validate-model');
  const config = modelGate.readConfig(reader);
  reader.finish();
  const measured = await modelGate.measure(config, testContext(modelFixtures, { env }));
  return { ...measured, verdict: fold(measured.judged) };
}

/** The result document of such a run, by way of its text; times are 1970, since tests compare documents. */
export async function modelGateDocument(
  given: Readonly<Record<string, string>>,
): Promise<GateResult<ModelDetails>> {
  const measured = await runModelGate(given);
  const result = buildResult({
    ...measured,
    action: 'validate-model',
    id: '',
    catalogue: modelCatalogue,
    startedAt: new Date(0),
    finishedAt: new Date(0),
    commit: null,
    run: null,
  });
  return JSON.parse(serializeResult(result).text) as GateResult<ModelDetails>;
}
