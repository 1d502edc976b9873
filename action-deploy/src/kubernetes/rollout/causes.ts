/** Causes that no pod tells. */

import { oneLine } from '../../../../core/kubernetes/index.ts';
import type { AnalysisRound, Cause } from '../../types.ts';
import type { Sight } from './sight.ts';
import { progressOf } from './status.ts';

export function cancelledCause(): Cause {
  return { source: 'cancelled', reason: 'Cancelled', text: 'the job was cancelled', logLines: [] };
}

/** With how far it has come. */
export function deadlineCause(sights: readonly Sight[]): Cause {
  const open = sights.flatMap(({ object, place }) => {
    const progress = object === null ? null : progressOf(place.kind, object);
    return progress?.is === 'going' ? [`${place.kind}/${place.name}: ${progress.text}`] : [];
  });
  const state = open.length === 0 ? '' : `: ${open.join('; ')}`;
  return {
    source: 'deadline',
    reason: 'Timeout',
    text: `the rollout did not end before its timeout${state}`,
    logLines: [],
  };
}

export function refusedCause(name: string, text: string): Cause {
  return {
    source: 'platform',
    reason: 'ApplyFailed',
    text: `${name} cannot be applied: ${text}`,
    logLines: [],
  };
}

export function analysisCause({ lines, stage }: AnalysisRound): Cause {
  const bad =
    lines.find(({ verdict }) => verdict === 'fail') ?? lines.find(({ verdict }) => verdict !== 'pass');
  const text = bad === undefined ? 'it does not promote' : `${bad.check}: ${bad.reason}`;
  return {
    source: 'analysis',
    reason: 'AnalysisFailed',
    text: oneLine(`the analysis ${stage} failed: ${text}`),
    logLines: [],
  };
}

/** An analysis that cannot be made promotes nothing, whatever went wrong with it. */
export function brokenAnalysisCause(error: unknown): Cause {
  const said = error instanceof Error ? error.message : String(error);
  return {
    source: 'analysis',
    reason: 'AnalysisError',
    text: oneLine(`the analysis could not be made: ${said}`),
    logLines: [],
  };
}

export function supersededCause(text: string): Cause {
  return { source: 'platform', reason: 'Superseded', text, logLines: [] };
}
