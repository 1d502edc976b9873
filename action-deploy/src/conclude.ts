/** Everything that is known at the end, as the gate's measurement. */

import type { Judged, Subject } from '../../core/gate/types.ts';
import type { Measured } from '../../core/run/index.ts';
import { analysisCatalogue, analysisChecks } from './analysis/index.ts';
import type { Config } from './config.ts';
import type { Rolled } from './roll.ts';
import type { DeployDetails, EvidenceRecord, Outcome, Plan, ResolvedImage, Rollout } from './types.ts';
import { causeOf, rolloutCheck } from './verdict.ts';

/** What was known before anything was changed. */
export interface Known {
  readonly config: Config;
  readonly image: ResolvedImage;
  readonly evidence: readonly EvidenceRecord[];
  readonly judged: readonly Judged[];
  readonly plan?: Plan;
  /** Of the inputs. */
  readonly notices?: readonly string[];
}

/** How it ended: by a rollout, or without one. */
export type Ending = Omit<Rolled, 'rollout'> & {
  readonly rollout: Omit<Rollout, 'outcome'> & { readonly outcome: Outcome };
};

const without = { causes: [], units: [], rollback: null, unproven: null, notices: [] } as const;
const silent = { analysis: [], timeline: [], deployment: null, notices: [] } as const;
const noIds = { deployment: null, taskDefinitionArn: null, revision: null } as const;

/** A required result or the scan speaks against it. */
export function notStarted(against: readonly Judged[]): Ending {
  const causes = against.map(({ check, reason }) => ({
    source: 'evidence' as const,
    reason: check.id,
    text: reason,
    logLines: [],
  }));
  return {
    ...silent,
    rollout: { ...without, outcome: 'failed', causes, left: 'nothing was changed', ids: noIds },
  };
}

/** It ends with its plan: all is as it should be, or was only to be planned. */
export function withPlanOnly(plan: Plan): Ending {
  const { unchanged, left, current, unproven } = plan;
  const outcome = unchanged ? 'unchanged' : 'planned';
  const rollout = { ...without, outcome, left, ids: current, unproven: unchanged ? unproven : null } as const;
  return { ...silent, rollout };
}

export function conclude(known: Known, ending: Ending): Measured<DeployDetails> {
  const { config, image, evidence, plan } = known;
  const { rollout, analysis, timeline, deployment, notices } = ending;
  const { scan, ...identity } = image;
  return {
    subject: [subjectOf(image.repository, image.digest)],
    configuration: evidence.flatMap(({ path, digest, accepted }) =>
      digest === null || !accepted ? [] : [subjectOf(path, digest)],
    ),
    judged: [rolloutCheck(rollout), ...known.judged, ...analysed(config, ending)],
    ...(config.analysis === null ? {} : { catalogue: analysisCatalogue(config.analysis.lines) }),
    metrics: {},
    undefinedMetrics: {},
    notices: [...(plan?.notices ?? []), ...(known.notices ?? []), ...rollout.notices, ...notices],
    details: {
      outcome: rollout.outcome,
      target: config.target.kind,
      cause: causeOf(rollout),
      causes: rollout.causes,
      image: identity,
      scan,
      plan: plan === undefined ? null : recordOf(plan),
      strategy: plan?.strategy ?? askedStrategy(config),
      evidence,
      analysis,
      timeline,
      units: rollout.units,
      rollback: rollout.rollback,
      left: rollout.left,
      ids: rollout.ids,
      deployment,
    },
  };
}

/** @param digest `sha256:…` */
function subjectOf(name: string, digest: string): Subject {
  return { name, digest: { sha256: digest.replace('sha256:', '') } };
}

/** A target's plan may know more than it says. */
function recordOf(plan: Plan): NonNullable<DeployDetails['plan']> {
  const { headline, unchanged, changes, before, after, inProgress, current, notices } = plan;
  return { headline, unchanged, changes, before, after, inProgress, current, notices };
}

/** Before there is a plan only the inputs are known. */
function askedStrategy({ target }: Config): string {
  if (target.kind === 'kubernetes') return 'rolling';
  return target.strategy.kind === 'own' ? "the service's own" : target.strategy.kind;
}

/** Nothing that was not begun is held against its analysis; what runs already was asked about, but by a dry run. */
function analysed({ analysis }: Config, { rollout, analysis: rounds }: Ending): readonly Judged[] {
  if (analysis === null || rollout.outcome === 'planned') return [];
  if (rollout.outcome === 'unchanged' && rounds.length === 0) return [];
  if (rollout.causes[0]?.source === 'evidence') return [];
  return analysisChecks(analysis.lines, rounds, 'the rollout ended before it was asked');
}
