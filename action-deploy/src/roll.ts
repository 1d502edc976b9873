/** The rollout itself: GitHub is told of it, and what happens on the way is kept for the report. */

import { type DeploymentState, openDeployment } from '../../core/github/index.ts';
import type { RunContext } from '../../core/run/index.ts';
import { createAnalysis, throughProxy } from './analysis/index.ts';
import type { Config } from './config.ts';
import { cleanLine } from './ecs/clean.ts';
import { createTimeline } from './timeline.ts';
import type {
  Analysis,
  AnalysisRound,
  Cause,
  DeployDetails,
  Plan,
  ResolvedImage,
  RollingWorld,
  Rollout,
  Target,
  TimelineEvent,
  World,
} from './types.ts';
import { causeOf, passes } from './verdict.ts';

export interface Rolled {
  readonly rollout: Rollout;
  readonly analysis: readonly AnalysisRound[];
  readonly timeline: readonly TimelineEvent[];
  readonly deployment: DeployDetails['deployment'];
  readonly notices: readonly string[];
}

export interface RollParts {
  readonly config: Config;
  readonly context: RunContext;
  readonly world: World;
}

export async function roll(
  target: Target,
  plan: Plan,
  image: ResolvedImage,
  parts: RollParts,
): Promise<Rolled> {
  const { config, world } = parts;
  return await recorded(plan, image, parts, (rolling) =>
    target.roll(plan, image, {
      ...world,
      ...rolling,
      deadline: new Date(world.clock().getTime() + config.timeoutMs),
      rollback: config.rollback,
      bakeMs: config.bakeMs,
    }),
  );
}

/**
 * What runs already is judged as well, once: the run that brought it may have been killed before it was judged, or have
 * found it bad. Nothing is changed, whatever comes of it.
 */
export async function confirm(plan: Plan, image: ResolvedImage, parts: RollParts): Promise<Rolled> {
  const { world } = parts;
  return await recorded(plan, image, parts, async ({ analysis }) => {
    const { left, current: ids, unproven } = plan;
    const found = { units: [], rollback: null, left, ids, notices: [] };
    const round = analysis === null ? null : await analysis.judge('of what runs already', world);
    if (round === null || round.promote) return { ...found, outcome: 'unchanged', causes: [], unproven };
    return { ...found, outcome: 'failed', causes: [refusal(round, world)], unproven: null };
  });
}

function refusal({ stage, lines }: AnalysisRound, { signal }: World): Cause {
  if (signal.aborted) {
    const text = 'the job was cancelled while what runs already was judged; nothing was changed';
    return { source: 'cancelled', reason: 'Cancelled', text, logLines: [] };
  }
  const bad = lines.filter(({ verdict }) => verdict !== 'pass');
  const told = bad.map(({ check, reason }) => `${check}: ${reason}`).join('; ');
  const text = cleanLine(`the analysis ${stage} does not promote: ${told}`);
  return { source: 'analysis', reason: 'NotPromoted', text, logLines: [] };
}

/** GitHub is told of it, and what happens is kept. */
async function recorded(
  plan: Plan,
  image: ResolvedImage,
  { config, context, world }: RollParts,
  run: (rolling: Pick<RollingWorld, 'tell' | 'analysis'>) => Promise<Rollout>,
): Promise<Rolled> {
  const { tell, events } = createTimeline(world.log, world.clock);
  const rounds: AnalysisRound[] = [];
  const deployment = await openGitHub(config, plan, image, context);
  await deployment?.tell('in_progress', plan.headline);
  try {
    const analysis =
      config.analysis === null
        ? null
        : kept(createAnalysis(config.analysis, await throughProxy(config.analysis, world)), rounds, tell);
    const rollout = await run({ tell, analysis });
    await deployment?.tell(stateOf(rollout), causeOf(rollout) ?? rollout.unproven ?? rollout.left);
    return {
      rollout,
      analysis: rounds,
      timeline: events(),
      deployment: deployment?.record ?? null,
      notices: deployment?.notices ?? [],
    };
  } catch (error) {
    await deployment?.tell('error', error instanceof Error ? error.message : String(error));
    throw error;
  }
}

/** What proved nothing is no success: the verdict is none either. */
function stateOf({ outcome, unproven }: Rollout): DeploymentState {
  if (passes(outcome)) return unproven === null ? 'success' : 'failure';
  return outcome === 'superseded' ? 'inactive' : 'failure';
}

async function openGitHub(config: Config, plan: Plan, image: ResolvedImage, context: RunContext) {
  const github = await context.github();
  if (config.environment === null || github === null) return null;
  const { client, secrets } = github;
  const { name, url } = config.environment;
  return await openDeployment(
    {
      sha: context.commit,
      environment: name,
      environmentUrl: url,
      production: null,
      transient: false,
      description: plan.headline,
      payload: { target: config.target.kind, place: placeOf(config.target), image: image.reference },
    },
    { context: github.context, client, log: context.log, secrets },
  );
}

/** Tells two deployments of one commit into one environment apart. */
function placeOf(target: Config['target']): string {
  if (target.kind === 'ecs') return `${target.cluster}/${target.service}`;
  return [target.eksCluster ?? '', target.namespace ?? ''].join('/');
}

/** Its rounds are in the log and in the report. */
function kept(analysis: Analysis, rounds: AnalysisRound[], tell: RollingWorld['tell']): Analysis {
  return {
    async judge(...given) {
      const round = await analysis.judge(...given);
      rounds.push(round);
      const reasons = round.lines.map(({ check, verdict, reason }) => `${check}: ${verdict}, ${reason}`);
      tell({
        at: round.at,
        kind: round.promote ? 'analysis' : 'failure',
        subject: `analysis ${round.stage}`,
        text: reasons.join('; '),
      });
      return round;
    },
  };
}
