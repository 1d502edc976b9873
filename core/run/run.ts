/** A gate's life: read all inputs, measure and judge, write the result, report. Reports never change the verdict. */

import { existsSync } from 'node:fs';
import { buildResult, serializeResult } from '../gate/index.ts';
import type { GateResult, Verdict } from '../gate/types.ts';
import { type CommonConfig, InputReader, isUserFacing, readCommon } from '../inputs/index.ts';
import { annotationsOf, renderPage } from '../report/index.ts';
import type { Gate } from './gate.ts';
import type { Finished, Host } from './host.ts';
import {
  besidePathOf,
  prepareBeside,
  removeEarlier,
  reportPathOf,
  writeResultFiles,
} from './result-files.ts';

/** Exit code 0 or 1, as the verdict and the inputs say; an error is 1 and sets no verdict. */
export async function runGate<Config, Details>(gate: Gate<Config, Details>, host: Host): Promise<0 | 1> {
  let common: CommonConfig | null = null;
  try {
    const reader = new InputReader(host.source);
    reader.add(...host.unknownInputs(gate.inputs));
    const read = readCommon(reader, gate.action);
    const config = gate.readConfig(reader);
    common = read;
    const earlier = removeEarlier(read, host.source, gate);
    // A wrong result-path is reported with the other inputs.
    await earlier.catch(() => undefined);
    reader.finish();
    await earlier;
    const startedAt = host.clock();
    const measured = await gate.measure(config, {
      id: read.id,
      log: host.log,
      env: host.env,
      now: () => performance.now(),
      clock: host.clock,
      workspace: host.source.workspace,
      commit: host.commit,
      github: async () => await host.github(),
      beside: async (ending) => await prepareBeside(read, host.source.workspace, ending),
    });
    const result = buildResult({
      ...measured,
      action: gate.action,
      id: common.id,
      catalogue: new Map([...gate.catalogue, ...(measured.catalogue ?? [])]),
      startedAt,
      finishedAt: host.clock(),
      commit: host.commit,
      run: host.run,
    });
    await host.report(await write(gate, config, result, common, host.source.workspace), common);
    return exitCode(result.predicate.gate.verdict, common);
  } catch (error) {
    const besides = common === null ? [] : writtenBesides(gate, common);
    await host.fail({ action: gate.action, title: gate.title, ...describeError(error), besides }, common);
    return 1;
  }
}

async function write<Config, Details>(
  gate: Gate<Config, Details>,
  config: Config,
  result: GateResult<Details>,
  common: CommonConfig,
  workspace: string,
): Promise<Finished> {
  const { text, digest } = serializeResult(result);
  await writeResultFiles(common, workspace, {
    result: text,
    report: renderPage(result, gate.sections(result)),
  });
  return {
    result,
    resultPath: common.resultPath,
    resultDigest: digest,
    reportPath: reportPathOf(common),
    besides: writtenBesides(gate, common),
    annotations: [...(gate.annotations?.(result) ?? []), ...annotationsOf(result)],
    summaryDetails: gate.summaryDetails(result),
    outputs: gate.outputs(result),
    follow: async (context) => {
      try {
        return (await gate.follow?.(config, { result, digest }, context)) ?? {};
      } catch (error) {
        context.log.warning(`what follows the verdict could not be done: ${describeError(error).message}`);
        return {};
      }
    },
  };
}

function writtenBesides<Config, Details>(gate: Gate<Config, Details>, common: CommonConfig): string[] {
  return (gate.besides ?? [])
    .map((ending) => besidePathOf(common, ending))
    .filter((path) => existsSync(path));
}

export function exitCode(verdict: Verdict, common: Pick<CommonConfig, 'enforce' | 'onInconclusive'>): 0 | 1 {
  if (!common.enforce || verdict === 'pass') return 0;
  return verdict === 'inconclusive' && common.onInconclusive === 'warn' ? 0 : 1;
}

/** Users see the message of what concerns them; a defect of ours says that it is one. */
function describeError(error: unknown): { message: string; detail: string | null } {
  if (isUserFacing(error)) return { message: error.message, detail: null };
  const known = error instanceof Error ? error : new Error(String(error));
  return {
    message: `a defect of this action, not of your model or data: ${known.message}`,
    detail: known.stack ?? null,
  };
}
