/** The target for ECS against the simulator: its time is the simulator's, and so is all that it reaches. */

import { createAws } from '../../action-deploy/src/aws/index.ts';
import type { EcsConfig } from '../../action-deploy/src/config.ts';
import { ecsTarget } from '../../action-deploy/src/ecs/index.ts';
import type {
  Analysis,
  Plan,
  ResolvedImage,
  RollingWorld,
  Rollout,
  TimelineEvent,
  World,
} from '../../action-deploy/src/types.ts';
import { silentLog } from '../../core/report/log.ts';
import type { EcsSimulator } from '../support/ecs/index.ts';

export const repository = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/api';

export function imageOf(letter = 'b'): ResolvedImage {
  const digest = `sha256:${letter.repeat(64)}`;
  return {
    given: `${repository}:2.0`,
    repository,
    tag: '2.0',
    digest,
    reference: `${repository}@${digest}`,
    platforms: [{ os: 'linux', architecture: 'amd64' }],
    scan: null,
  };
}

export interface RunOptions {
  readonly config?: Partial<EcsConfig>;
  readonly image?: ResolvedImage;
  readonly rollback?: boolean;
  /** Of the rollout, in milliseconds. Default: 30 minutes. */
  readonly timeoutMs?: number;
  /** Default: 20 seconds. */
  readonly bakeMs?: number;
  readonly analysis?: Analysis | null;
  readonly signal?: AbortSignal;
  /** Called between plan and rollout. */
  readonly between?: () => void;
}

export interface Run {
  readonly plan: Plan;
  readonly rollout: Rollout;
  readonly told: readonly (Omit<TimelineEvent, 'at'> & { readonly at?: string })[];
  /** Actions of IAM that the calls took. */
  readonly actions: readonly string[];
}

/** Of the service that the simulator has. */
export const webConfig: EcsConfig = {
  kind: 'ecs',
  cluster: 'prod',
  service: 'web',
  taskDefinition: { kind: 'service' },
  container: null,
  environment: [],
  strategy: { kind: 'rolling' },
};

export function worldOf(ecs: EcsSimulator, signal?: AbortSignal): World {
  return {
    env: ecs.env,
    workspace: '/nowhere',
    log: silentLog,
    clock: ecs.now,
    sleep: ecs.sleep,
    signal: signal ?? new AbortController().signal,
  };
}

/** Plan and rollout, as the action does them. */
export async function run(ecs: EcsSimulator, options: RunOptions = {}): Promise<Run> {
  const aws = createAws(ecs.env);
  try {
    const target = ecsTarget({ ...webConfig, ...options.config }, aws);
    const world = worldOf(ecs, options.signal);
    const image = options.image ?? imageOf();
    const plan = await target.plan(image, world);
    options.between?.();
    const told: Run['told'][number][] = [];
    const rolling: RollingWorld = {
      ...world,
      tell: (event) => void told.push(event),
      deadline: new Date(ecs.now().getTime() + (options.timeoutMs ?? 30 * 60_000)),
      rollback: options.rollback ?? true,
      bakeMs: options.bakeMs ?? 20_000,
      analysis: options.analysis ?? null,
    };
    const rollout = await target.roll(plan, image, rolling);
    return { plan, rollout, told, actions: aws.record.actions };
  } finally {
    aws.close();
  }
}

export async function planOnly(ecs: EcsSimulator, options: RunOptions = {}): Promise<Plan> {
  const aws = createAws(ecs.env);
  try {
    const target = ecsTarget({ ...webConfig, ...options.config }, aws);
    return await target.plan(options.image ?? imageOf(), worldOf(ecs, options.signal));
  } finally {
    aws.close();
  }
}

/** Says yes to each stage, or no to those that the function names. */
export function analysisOf(
  promotes: (stage: string) => boolean,
): Analysis & { readonly stages: readonly string[] } {
  const stages: string[] = [];
  return {
    stages,
    async judge(stage, { clock }) {
      stages.push(stage);
      const promote = promotes(stage);
      const verdict = promote ? 'pass' : 'fail';
      const reason = promote ? '0.2% is below 1%' : '3.4% is not below 1%';
      const line = { check: 'error_rate < 1%', value: promote ? 0.002 : 0.034, verdict, reason } as const;
      return { stage, at: clock().toISOString(), promote, lines: [line] };
    },
  };
}
