/** The metrics of a run, written and pushed. What goes wrong is a warning: the verdict stands. */

import { basename } from 'node:path';
import type { Verdict } from '../../../core/gate/types.ts';
import { proxyFetch } from '../../../core/github/index.ts';
import { type Fetch, pushMetrics, renderMetrics, writeMetricsFile } from '../../../core/prometheus/index.ts';
import type { RunContext } from '../../../core/run/index.ts';
import type { MetricsConfig } from './inputs.ts';
import { type MeasuredDrift, samplesOfRun } from './samples.ts';

export interface MetricsWritten {
  /** Of the file, relative to the workspace; null: none was written. */
  readonly path: string | null;
  /** What was not done and why, for the result document; the log has it already. */
  readonly notices: readonly string[];
}

/** Of the group at the Pushgateway; the other part of its key is the model. */
const job = 'drift-check';

/**
 * The whole group is replaced, so series of columns that are no longer compared go. A run that is inconclusive leaves
 * everything as it is: the values of the last run that knew something grow old, and the alert on their age fires.
 */
export async function writeMetrics(
  run: { readonly drift: MeasuredDrift; readonly verdict: Verdict },
  config: MetricsConfig,
  context: Pick<RunContext, 'id' | 'env' | 'log' | 'clock' | 'workspace'>,
): Promise<MetricsWritten> {
  const { pushgateway, file } = config;
  if (pushgateway === null && file === null) return { path: null, notices: [] };
  if (run.verdict === 'inconclusive') {
    const notice =
      'Prometheus: the run is inconclusive, so the metrics of the last run stay as they are and grow old';
    context.log.notice(notice);
    return { path: null, notices: [notice] };
  }
  const model = modelOf(context);
  const notices: string[] = [];
  const attempt = async (what: string, work: () => Promise<void>): Promise<boolean> => {
    try {
      await work();
      return true;
    } catch (error) {
      const notice = `${what}: ${error instanceof Error ? error.message : String(error)}`;
      context.log.warning(notice);
      notices.push(notice);
      return false;
    }
  };

  const at = context.clock();
  const render = () => renderMetrics(samplesOfRun(run.drift, model, at));
  let path: string | null = null;
  if (file !== null) {
    const written = await attempt('metrics-path: the metrics were not written', () =>
      writeMetricsFile(render(), file, context.workspace),
    );
    if (written) path = file.shown;
  }
  if (pushgateway !== null) {
    await attempt('pushgateway-url: the metrics were not pushed', async () => {
      const fetch = (await proxyFetch(context.env, pushgateway.href)) as Fetch | undefined;
      await pushMetrics(render(), { url: pushgateway, job, labels: { model } }, { fetch });
    });
  }
  return { path, notices };
}

/**
 * The `id` input, which tells the checks of one workflow apart; else the name of the repository without its owner, at the
 * command line that of the folder.
 */
function modelOf({ id, env, workspace }: Pick<RunContext, 'id' | 'env' | 'workspace'>): string {
  if (id !== '') return id;
  return env.GITHUB_REPOSITORY?.split('/').at(-1) || basename(workspace) || 'model';
}
