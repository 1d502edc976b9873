/**
 * Lifecycle hooks at the stages of a deployment that shifts traffic. Sources:
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/pause-lifecycle-hooks.html,
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/lambda-lifecycle-hooks.html,
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshooting-blue-green.html (the words of failures).
 */

import { createHash } from 'node:crypto';
import type { DeploymentLifecycleHook } from '@aws-sdk/client-ecs';
import { fail } from './failure-detection.ts';
import type { HookAnswer } from './scenario.ts';
import type { HookState, ServiceDeploymentState, ServiceState } from './state.ts';
import type { World } from './world.ts';

const answerMs = 10_000;
const defaultTimeoutMinutes = 1_440;

/** Runs the hooks of the stage; false while one of them holds the deployment up, and when one has made it fail. */
export function hooksAllowNext(world: World, service: ServiceState, live: ServiceDeploymentState): boolean {
  const { stage, step } = live;
  if (stage === null) return true;
  const here = (): HookState[] => live.hooks.filter((hook) => hook.stage === stage && hook.step === step);
  if (here().length === 0) {
    for (const hook of live.configuration.lifecycleHooks ?? []) {
      if (hook.lifecycleStages?.some((name) => name === stage)) live.hooks.push(begun(world, live, hook));
    }
  }
  for (const hook of here()) {
    const failure = goOn(world, hook);
    if (failure !== null) {
      fail(world, service, live, {
        event: `Service deployment rolled back because ${failure}`,
        reason: failure,
        rollback: true,
      });
      return false;
    }
  }
  return here().every(({ status, timeoutAction }) =>
    status === 'TIMED_OUT' ? timeoutAction === 'CONTINUE' : status === 'SUCCEEDED',
  );
}

function begun(world: World, live: ServiceDeploymentState, hook: DeploymentLifecycleHook): HookState {
  const { now } = world.state;
  const kind = hook.targetType === 'PAUSE' ? 'pause' : 'lambda';
  const name = `${live.id} ${live.stage} ${live.step} ${live.hooks.length}`;
  const { timeoutInMinutes = defaultTimeoutMinutes, action = 'ROLLBACK' } = hook.timeoutConfiguration ?? {};
  return {
    // "hookId must follow the format: ecs-{hookType}-{id}"
    id: `ecs-${kind}-${createHash('sha256').update(name).digest('base64url')}`,
    stage: live.stage ?? 'PRE_SCALE_UP',
    step: live.step,
    hook,
    status: kind === 'pause' ? 'AWAITING_ACTION' : 'IN_PROGRESS',
    startedAt: now,
    expiresAt: now + timeoutInMinutes * 60_000,
    timeoutAction: action,
  };
}

/** Why the deployment fails; null: it does not, or not yet. */
function goOn(world: World, state: HookState): string | null {
  const { now } = world.state;
  const pause = state.hook.targetType === 'PAUSE';
  if (state.status === 'AWAITING_ACTION' || state.status === 'IN_PROGRESS') {
    if (now >= state.expiresAt) {
      state.status = 'TIMED_OUT';
      if (state.timeoutAction === 'CONTINUE') return null;
      return pause
        ? `${state.stage} pause hook timed out.`
        : `${state.stage} lifecycle hook(s) failed. Lifecycle hook target ${state.hook.hookTargetArn} timed out.`;
    }
    if (!pause && now - state.startedAt >= answerMs) {
      return answered(state, world.scenario.hooks?.[state.stage] ?? 'SUCCEEDED');
    }
  }
  return null;
}

function answered(state: HookState, answer: HookAnswer): string | null {
  const target = state.hook.hookTargetArn ?? '';
  switch (answer) {
    case 'silent':
      return null;
    case 'SUCCEEDED':
      state.status = 'SUCCEEDED';
      return null;
    case 'FAILED':
      state.status = 'FAILED';
      return `${state.stage} lifecycle hook(s) failed. Lifecycle hook target ${target} returned FAILED status.`;
    case 'invalid':
      state.status = 'FAILED';
      return `${state.stage} lifecycle hook(s) failed. ECS was unable to parse the response from ${target} due to HookStatus must not be null`;
  }
}
