/**
 * Blue/green, canary and linear deployments, stage by stage. Sources:
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html,
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/canary-deployment.html,
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-linear.html.
 */

import type { DeploymentConfiguration } from '@aws-sdk/client-ecs';
import { keep } from './converge.ts';
import { finish } from './endings.ts';
import { hooksAllowNext } from './hooks.ts';

import { primaryOf, type ServiceDeploymentState, type ServiceState, type Stage, tasksOf } from './state.ts';
import { deploymentOf, type World } from './world.ts';

/** How long a stage lasts that waits for nothing; made up. */
const stageMs = 5_000;
const minute = 60_000;

/** One second of a deployment that shifts traffic. */
export function shift(world: World, service: ServiceState, live: ServiceDeploymentState): void {
  const { now } = world.state;
  const green = primaryOf(service);
  live.stage ??= firstStage(service, live);
  const blues = live.sources
    .map(({ deployment }) => deploymentOf(service, deployment))
    .filter((deployment) => deployment !== green);
  const blue = blues.findLast(({ completed }) => completed) ?? blues.at(-1);
  const reconciling = live.stage === 'RECONCILE_SERVICE';
  // What is neither the target nor serves the production traffic goes when the service is reconciled.
  for (const other of blues) if (other !== blue) keep(world, service, other, 0);
  if (reconciling && blues.some((d) => d !== blue && hasTasks(world, service, d.id))) return;

  const scaling = !['RECONCILE_SERVICE', 'PRE_SCALE_UP'].includes(live.stage);
  const greenHealthy = scaling && keep(world, service, green, service.desiredCount);
  if (blue !== undefined) keep(world, service, blue, live.stage === 'CLEAN_UP' ? 0 : service.desiredCount);

  if (!hooksAllowNext(world, service, live)) return;
  const past = now - live.stageSince;
  switch (live.stage) {
    case 'SCALE_UP':
      if (greenHealthy) enter(world, live, 'POST_SCALE_UP');
      return;
    case 'PRODUCTION_TRAFFIC_SHIFT': {
      const steps = shiftsOf(live.configuration);
      const last = live.step === steps.length - 1;
      // "The last step bake time is skipped once traffic is shifted 100.0%."
      if (past < stageMs + (last ? 0 : bakeBetween(live.configuration))) return;
      if (last) enter(world, live, 'POST_PRODUCTION_TRAFFIC_SHIFT');
      else {
        live.step++;
        enter(world, live, 'PRE_PRODUCTION_TRAFFIC_SHIFT');
      }
      return;
    }
    case 'BAKE_TIME':
      if (past >= (live.configuration.bakeTimeInMinutes ?? 0) * minute) enter(world, live, 'CLEAN_UP');
      return;
    case 'CLEAN_UP':
      // Seen at the service: SUCCESSFUL as soon as the old tasks are told to stop; `Service.deployments` follows when they
      // have stopped.
      if (past >= stageMs) finish(world, live, 'SUCCESSFUL');
      return;
    default:
      if (past >= stageMs) enter(world, live, after(live.stage));
  }
}

/** Percent of the production traffic after each shift. */
export function shiftsOf({
  strategy,
  canaryConfiguration,
  linearConfiguration,
}: DeploymentConfiguration): number[] {
  switch (strategy) {
    case 'CANARY': {
      const { canaryPercent = 5 } = canaryConfiguration ?? {};
      return canaryPercent >= 100 ? [100] : [canaryPercent, 100];
    }
    case 'LINEAR': {
      const { stepPercent = 10 } = linearConfiguration ?? {};
      const steps: number[] = [];
      for (let i = 1; i * stepPercent < 100; i++) steps.push(Math.round(i * stepPercent * 10) / 10);
      return [...steps, 100];
    }
    default:
      return [100];
  }
}

function bakeBetween({
  strategy,
  canaryConfiguration,
  linearConfiguration,
}: DeploymentConfiguration): number {
  if (strategy === 'CANARY') return (canaryConfiguration?.canaryBakeTimeInMinutes ?? 10) * minute;
  return strategy === 'LINEAR' ? (linearConfiguration?.stepBakeTimeInMinutes ?? 6) * minute : 0;
}

/** "This stage only happens when you start a new service deployment with more than 1 service revision in an ACTIVE state." */
function firstStage(service: ServiceState, live: ServiceDeploymentState): Stage {
  if (service.loadBalancers.length > 0) live.weights = { production: 0, test: 0 };
  return live.sources.length > 1 ? 'RECONCILE_SERVICE' : 'PRE_SCALE_UP';
}

function after(stage: Stage): Stage {
  const order: readonly Stage[] = [
    'RECONCILE_SERVICE',
    'PRE_SCALE_UP',
    'SCALE_UP',
    'POST_SCALE_UP',
    'TEST_TRAFFIC_SHIFT',
    'POST_TEST_TRAFFIC_SHIFT',
    'PRE_PRODUCTION_TRAFFIC_SHIFT',
    'PRODUCTION_TRAFFIC_SHIFT',
    'POST_PRODUCTION_TRAFFIC_SHIFT',
    'BAKE_TIME',
    'CLEAN_UP',
  ];
  return order[order.indexOf(stage) + 1] ?? 'CLEAN_UP';
}

function enter(world: World, live: ServiceDeploymentState, stage: Stage): void {
  live.stage = stage;
  live.stageSince = world.state.now;
  live.updatedAt = world.state.now;
  if (live.weights === null) return;
  if (stage === 'TEST_TRAFFIC_SHIFT') live.weights = { ...live.weights, test: 100 };
  if (stage === 'PRODUCTION_TRAFFIC_SHIFT') {
    live.weights = { ...live.weights, production: shiftsOf(live.configuration)[live.step] ?? 100 };
  }
}

function hasTasks(world: World, service: ServiceState, deployment: string): boolean {
  return tasksOf(world.state, service).some((t) => t.deployment === deployment && t.lastStatus !== 'STOPPED');
}
