/** Restores what ran before, by the shortest way that ECS has, and sees to it that it runs. */

import type { Rollback, RollingWorld } from '../types.ts';
import type { EcsApi } from './api.ts';
import { isFailure } from './call-failure.ts';
import { type Scope, shortScope } from './calls.ts';
import { explained } from './explain.ts';
import { ongoing, rollingBack } from './history.ts';
import { type JsonObject, sameJson } from './json.ts';
import { leftOf, nameOf, pauseOf } from './left.ts';
import type { Look } from './look.ts';
import { lastPart, type Service, type ServiceDeployment } from './model.ts';
import { newestOf, othersOf, type Snapshot } from './phase.ts';
import { sent } from './sent.ts';
import { changeoverTime, strategyOf } from './strategy.ts';
import { rollbackTime } from './watch.ts';

export interface RollbackParts {
  readonly api: EcsApi;
  readonly look: Look;
  readonly world: RollingWorld;
  /** As it was before the rollout. */
  readonly service: Service;
  /** ARN of the task definition that ran before; null: none is known. */
  readonly former: string | null;
  /** The rollout changed the deployment configuration of the service. */
  readonly reconfigured: boolean;
}

/** How often a rollback is sent that was looked for and not found: giving up leaves the service in a bad state. */
const patience = 50;
const pollEvery = 5_000;
/** After the job was cancelled. */
const pollSoon = 1_000;

/** Somebody else deployed: what ran before ours is no longer anybody's to restore. */
class Superseded extends Error {
  readonly by: string;

  constructor(by: string) {
    super(`superseded by ${by}`);
    this.by = by;
  }
}

/**
 * Does not throw for what goes wrong.
 *
 * @returns `supersededBy`: ARN of the task definition that somebody else deployed meanwhile; nothing was sent
 */
export async function rollBack(parts: RollbackParts): Promise<Rollback | { readonly supersededBy: string }> {
  const { world } = parts;
  const cancelled = world.signal.aborted;
  const budget = rollbackTime + changeoverTime(parts.service.configuration);
  const scope: Scope = cancelled
    ? shortScope(world.clock)
    : { signal: world.signal, until: new Date(world.clock().getTime() + budget) };
  try {
    const snapshot = await seen(parts, scope);
    refuseSuperseded(parts, snapshot);
    const { deployment } = snapshot;
    if (parts.former === null && (deployment === null || !ongoing.has(deployment.status))) {
      return { by: 'action', verified: false, text: 'nothing is known that could be restored' };
    }
    const expected = await begin(parts, snapshot, scope);
    return await verified(parts, 'action', expected, scope, cancelled);
  } catch (error) {
    if (error instanceof Superseded) return { supersededBy: error.by };
    if (!isFailure(error)) throw error;
    const text =
      error.kind === 'ended'
        ? 'the rollback was not seen to end'
        : `the rollback failed: ${explained(error)}`;
    return { by: 'action', verified: false, text };
  }
}

/**
 * Waits until what ECS restores by itself runs.
 *
 * @param budget in milliseconds
 */
export async function platformRollback(parts: RollbackParts, budget = rollbackTime): Promise<Rollback> {
  const { world } = parts;
  const cancelled = world.signal.aborted;
  const scope: Scope = cancelled
    ? shortScope(world.clock)
    : { signal: world.signal, until: new Date(world.clock().getTime() + budget) };
  try {
    const snapshot = await seen(parts, scope);
    const expected = await targetOf(parts, snapshot, scope);
    return await verified(parts, 'platform', expected, scope, cancelled);
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { by: 'platform', verified: false, text: `the rollback was not seen to end: ${explained(error)}` };
  }
}

/** @returns ARN of the task definition that will run again; null: whichever ECS chooses */
async function begin(parts: RollbackParts, snapshot: Snapshot, scope: Scope): Promise<string | null> {
  const { deployment } = snapshot;
  if (deployment === null || !ongoing.has(deployment.status)) return restore(parts, scope);
  if (!rollingBack.has(deployment.status)) {
    try {
      await stop(parts, deployment, scope);
    } catch (error) {
      // It may have ended in the meantime, or only UpdateService is allowed.
      if (!isFailure(error, 'refused', 'denied', 'no-such-operation') || parts.former === null) throw error;
      refuseSuperseded(parts, await seen(parts, scope));
      return restore(parts, scope);
    }
  }
  return targetOf(parts, await seen(parts, scope), scope);
}

function refuseSuperseded({ look, former }: RollbackParts, snapshot: Snapshot): void {
  const other = othersOf(snapshot, look.watched, former);
  if (other !== null) throw new Superseded(other.taskDefinition);
}

/** A deployment that is paused is rolled back through its pause. */
async function stop(parts: RollbackParts, deployment: ServiceDeployment, scope: Scope): Promise<void> {
  const { api, look, world } = parts;
  const pause = pauseOf(deployment);
  const send = async (): Promise<true> => {
    if (pause === null) await api.stop(deployment.arn, scope);
    else await api.resume(deployment.arn, pause.id, 'ROLLBACK', scope);
    return true;
  };
  const find = async (): Promise<true | null> => {
    const now = (await look.take(scope)).deployment;
    return now === null || now.status === 'IN_PROGRESS' || now.status === 'PENDING' ? null : true;
  };
  world.tell({ kind: 'rollback', subject: '', text: 'the deployment is stopped and rolled back' });
  await sent(send, find, (ms) => world.sleep(ms, scope.signal), patience);
}

/** By a new deployment of what ran before: the one that failed has ended, or ECS has no service deployments. */
async function restore(parts: RollbackParts, scope: Scope): Promise<string> {
  const { api, world, service, former, reconfigured } = parts;
  if (former === null) throw new Error('restore is called only where there is a former state');
  const fields: JsonObject = {
    taskDefinition: former,
    ...(reconfigured ? { deploymentConfiguration: service.configuration } : {}),
  };
  const text = `${lastPart(former)} is deployed again (${strategyOf(service.configuration)})`;
  world.tell({ kind: 'rollback', subject: `service ${service.name}`, text });
  await sent(
    async () => {
      await api.update(service, fields, scope);
      return true;
    },
    async () => {
      const snapshot = await parts.look.take(scope);
      // Before it is sent again.
      refuseSuperseded(parts, snapshot);
      return snapshot.service !== null && newestOf(snapshot.service)?.taskDefinition === former ? true : null;
    },
    (ms) => world.sleep(ms, scope.signal),
    patience,
  );
  return former;
}

/** What ECS goes back to, as it says itself; else what ran before. */
async function targetOf(parts: RollbackParts, snapshot: Snapshot, scope: Scope): Promise<string | null> {
  const arn = snapshot.deployment?.rollback?.revision ?? null;
  if (arn === null) return parts.former;
  try {
    const [revision] = await parts.api.serviceRevisions([arn], scope);
    return revision?.taskDefinition ?? parts.former;
  } catch (error) {
    if (!isFailure(error)) throw error;
    return parts.former;
  }
}

/** Waits until it runs as it did: the newest deployment, complete, with all its tasks. */
async function verified(
  parts: RollbackParts,
  by: Rollback['by'],
  expected: string | null,
  scope: Scope,
  cancelled: boolean,
): Promise<Rollback> {
  const { world, look } = parts;
  const no = (text: string): Rollback => ({ by, verified: false, text });
  let stale = 0;
  while (world.clock() < scope.until) {
    const { service, deployment } = await seen(parts, scope);
    const newest = service === null ? null : newestOf(service);
    if (service === null || newest === null) return no('the service was deleted');
    const right = expected === null || newest.taskDefinition === expected;
    const name = lastPart(newest.taskDefinition);
    if (deployment?.status === 'ROLLBACK_FAILED') {
      return no(`ECS rolled back in vain: ${leftOf(service, nameOf(service))}`);
    }
    if (right && newest.rolloutState === 'FAILED') return no(`${name} does not come up again either`);
    const busy = deployment !== null && ongoing.has(deployment.status);
    const complete = newest.rolloutState === 'COMPLETED' || newest.rolloutState === null;
    if (right && complete && !busy && newest.running >= newest.desired) {
      await reconfigure(parts, service, scope);
      return { by, verified: true, text: `${name} runs again: ${newest.running} of ${newest.desired} tasks` };
    }
    // Reads may be behind for some seconds; a third task definition that stays is somebody else's.
    if (!right && newest.taskDefinition !== look.watched.taskDefinition && ++stale > 6) {
      return no(`${name} was deployed by somebody else in the meantime`);
    }
    await world.sleep(cancelled ? pollSoon : pollEvery, scope.signal);
    if (scope.signal.aborted)
      return no('the job was cancelled while it was rolled back; ECS goes on with it');
  }
  return no(
    cancelled
      ? 'the rollback was begun, and ECS goes on with it; the job ended before it was done'
      : `${expected === null ? 'the former state' : lastPart(expected)} was not seen to run again in time`,
  );
}

/** That it cannot be read for a while is no reason to give up. @throws CallFailure when the time is up */
async function seen({ look, world }: RollbackParts, scope: Scope): Promise<Snapshot> {
  for (;;) {
    try {
      return await look.take(scope);
    } catch (error) {
      if (!isFailure(error, 'lost', 'server', 'throttled')) throw error;
      await world.sleep(pollEvery, scope.signal);
    }
  }
}

/** The strategy that the rollout had set goes with it. This starts no deployment. */
async function reconfigure(parts: RollbackParts, now: Service, scope: Scope): Promise<void> {
  const { api, world, service, reconfigured } = parts;
  if (!reconfigured || !world.rollback || sameJson(now.configuration, service.configuration)) return;
  try {
    await api.update(service, { deploymentConfiguration: service.configuration }, scope);
  } catch (error) {
    if (!isFailure(error)) throw error;
    const text = `the deployment configuration stays that of the rollout (${strategyOf(now.configuration)}): ${explained(error)}`;
    world.tell({ kind: 'warning', subject: `service ${service.name}`, text });
  }
}
