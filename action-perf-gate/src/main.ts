/** The performance gate: a service under load by a schedule fixed beforehand, alone or beside its baseline. */

import { relative, sep } from 'node:path';
import type { GateResult } from '../../core/gate/types.ts';
import { commonInputs } from '../../core/inputs/index.ts';
import { type Gate, type Measured, onCancel, type RunContext } from '../../core/run/index.ts';
import { perfCatalogue } from './catalogue.ts';
import { type Config, perfInputs, readConfig } from './inputs/index.ts';
import { evaluate, type Files } from './measure/index.ts';
import { liveLine, reportProgress } from './progress.ts';
import { reportSections } from './report/sections.ts';
import { summaryDetails } from './report/summary.ts';
import { ask } from './run/ask.ts';
import { logEndings, type Runs, runAll } from './run/index.ts';
import { openStored } from './stored/index.ts';
import type { PerfDetails } from './types.ts';

const histogramEnding = '.hlog';
const baselineHistogramEnding = '.baseline.hlog';

export const perfGate: Gate<Config, PerfDetails> = {
  action: 'perf-gate',
  title: 'Performance gate',
  inputs: [...commonInputs, ...perfInputs],
  catalogue: perfCatalogue,
  besides: [histogramEnding, baselineHistogramEnding, logEndings.candidate, logEndings.baseline],
  readConfig,
  measure,
  sections: reportSections,
  summaryDetails,
  outputs,
};

async function measure(config: Config, context: RunContext): Promise<Measured<PerfDetails>> {
  const startedAt = context.clock();
  // Before the load: a file that cannot be compared with costs no run.
  const earlier = config.stored === null ? null : openStored(config.stored);
  const runs = await underLoad(config, context);
  const files: Files = {
    startedAt,
    place: async (ending) => {
      const path = await context.beside(ending);
      return { path, shown: relative(context.workspace, path).split(sep).join('/') };
    },
    endings: {
      histogram: [baselineHistogramEnding, histogramEnding],
      log: [logEndings.baseline, logEndings.candidate],
    },
  };
  return await evaluate(config, runs, files, earlier);
}

/** Nothing that was started is left running, whether the run ends well, fails or is cancelled. */
async function underLoad(config: Config, context: RunContext): Promise<Runs> {
  const cancellation = onCancel('what it had started was stopped');
  const live = liveLine(process.stderr, context.env);
  const { log, env, beside } = context;
  try {
    return await runAll(config, {
      env,
      beside,
      signal: cancellation.signal,
      preflight: async (urls, signal) => await ask(config, urls, log, signal),
      progress: reportProgress({ log, live, now: context.now }),
    });
  } finally {
    live?.clear();
    cancellation.dispose();
  }
}

function outputs({ predicate: { gate } }: GateResult<PerfDetails>): Record<string, string> {
  const text = (metric: string): string => {
    const value = gate.metrics[metric];
    return value === null || value === undefined ? '' : String(value);
  };
  return {
    p50: text('p50'),
    p95: text('p95'),
    p99: text('p99'),
    'error-rate': text('error_rate'),
    throughput: text('throughput'),
    capacity: '',
    'histogram-path': gate.details.candidate.histogram ?? '',
  };
}
