/** The rollout itself: GitHub is told of it, and what happens on the way is kept for the report. */

import { type DeploymentState, openDeployment } from '../../core/github/index.ts';
import type { RunContext } from '../../core/run/index.ts';
import { createAnalysis, throughProxy } from './analysis/index.ts';
import type { Config } from './config.ts';
import { createTimeline } from './timeline.ts';
import type {
  Analysis,
  AnalysisRound,
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

export async function roll(
  target: Target,
  plan: Plan,
  image: ResolvedImage,
  {
    config,
    context,
    world,
  }: { readonly config: Config; readonly context: RunContext; readonly world: World },
): Promise<Rolled> {
  const timeline = createTimeline(world.log, world.clock);
  const rounds: AnalysisRound[] = [];
  const deployment = await openGitHub(config, plan, image, context);
  await deployment?.tell('in_progress', plan.headline);
  try {
    const rollout = await target.roll(plan, image, {
      ...world,
      tell: timeline.tell,
      deadline: new Date(world.clock().getTime() + config.timeoutMs),
      rollback: config.rollback,
      analysis:
        config.analysis === null
          ? null
          : kept(
              createAnalysis(config.analysis, await throughProxy(config.analysis, world)),
              rounds,
              timeline.tell,
            ),
    });
    await deployment?.tell(stateOf(rollout), causeOf(rollout) ?? rollout.left);
    return {
      rollout,
      analysis: rounds,
      timeline: timeline.events(),
      deployment: deployment?.record ?? null,
      notices: deployment?.notices ?? [],
    };
  } catch (error) {
    await deployment?.tell('error', error instanceof Error ? error.message : String(error));
    throw error;
  }
}

function stateOf({ outcome }: Rollout): DeploymentState {
  if (passes(outcome)) return 'success';
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
