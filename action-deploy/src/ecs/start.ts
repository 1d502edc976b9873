/** Registers the task definition and tells the service to run it. No answer is no failure: it is looked at what was done. */

import { RunError } from '../../../core/inputs/index.ts';
import type { RollingWorld } from '../types.ts';
import type { EcsApi } from './api.ts';
import { type CallFailure, isFailure } from './call-failure.ts';
import { type Scope, shortScope } from './calls.ts';
import { sameContent } from './canonical.ts';
import type { EcsPlan } from './ecs-plan.ts';
import { explained } from './explain.ts';
import { ongoing, rollingBack } from './history.ts';
import { textIn } from './json.ts';
import { nameOf } from './left.ts';
import { lastPart, type Service } from './model.ts';
import type { Watched } from './phase.ts';
import { sent } from './sent.ts';
import { primaryOf } from './service-state.ts';
import { registrable } from './task-definition.ts';

export interface Started {
  /** Before the rollout. */
  readonly service: Service;
  readonly watched: Watched;
  readonly takenUp: boolean;
}

type StartWorld = Pick<RollingWorld, 'clock' | 'sleep' | 'tell'>;

/** Between two looks at a rollback that goes on, in milliseconds. */
const waitPause = 10_000;

/** @throws RunError where nothing was changed that runs */
export async function start(api: EcsApi, plan: EcsPlan, scope: Scope, world: StartWorld): Promise<Started> {
  let registered: string | null = null;
  const updating = { lost: false };
  try {
    const service = await ready(api, plan, scope, world);
    const primary = primaryOf(service);
    const before = new Set(service.deployments.map(({ id }) => id));
    const { history } = plan.work;
    const arns = history.kind === 'known' ? history.deployments.map(({ arn }) => arn) : [];
    if (plan.work.registered !== null && isTakenUp(plan, service)) {
      // The plan's name is of what was the newest then.
      const named = primary.id === plan.work.primary.id && plan.inProgress?.startsWith('arn:') === true;
      const arn = named ? plan.inProgress : null;
      before.delete(primary.id);
      const knownArns = new Set(primary.id === plan.work.primary.id ? [] : arns);
      const since = primary.createdAt ?? world.clock();
      world.tell({
        kind: 'step',
        subject: `service ${service.name}`,
        text: `the rollout of ${lastPart(primary.taskDefinition)} is under way already, and is taken up`,
      });
      const watched = {
        taskDefinition: primary.taskDefinition,
        id: primary.id,
        arn,
        since,
        before,
        knownArns,
      };
      return { service, watched, takenUp: true };
    }
    registered = plan.work.registered ?? (await register(api, plan, scope, world));
    const since = await update(api, plan, service, registered, scope, world, updating);
    const knownArns = new Set(arns);
    const watched = { taskDefinition: registered, id: null, arn: null, since, before, knownArns };
    return { service, watched, takenUp: false };
  } catch (error) {
    if (!isFailure(error)) throw error;
    throw new RunError(refusal(error, plan, registered, updating.lost));
  }
}

/** The service as it is now. A rollback that is under way is waited for: it would be cut short. */
async function ready(api: EcsApi, plan: EcsPlan, scope: Scope, world: StartWorld): Promise<Service> {
  const { work } = plan;
  let told = false;
  for (;;) {
    const service = await api.service(work.service.clusterArn, work.service.arn, scope);
    if (service === null || service.status !== 'ACTIVE') {
      throw new RunError(`${nameOf(work.service)} was deleted since the plan was made; nothing was changed`);
    }
    const waits = work.history.kind === 'known' && (await isRollingBack(api, service, scope));
    if (!waits) {
      const now = primaryOf(service).taskDefinition;
      const expected = [work.primary.taskDefinition, work.registered, work.former];
      if (expected.includes(now)) return service;
      throw new RunError(
        `${nameOf(work.service)} was changed since the plan was made: ${lastPart(now)} took the place of ` +
          `${lastPart(work.primary.taskDefinition)}; nothing was changed; run again`,
      );
    }
    if (!told) {
      told = true;
      const text = 'an earlier deployment is being rolled back; that is waited for';
      world.tell({ kind: 'progress', subject: `service ${service.name}`, text });
    }
    await world.sleep(waitPause, scope.signal);
  }
}

async function isRollingBack(api: EcsApi, service: Service, scope: Scope): Promise<boolean> {
  const [newest] = await api.serviceDeployments(service, null, scope);
  return newest !== undefined && ongoing.has(newest.status) && rollingBack.has(newest.status);
}

function isTakenUp({ inProgress, work }: EcsPlan, service: Service): boolean {
  const primary = primaryOf(service);
  if (primary.taskDefinition !== work.registered) return false;
  // Between plan and now somebody, or an earlier run, may have started just this.
  return inProgress !== null || primary.id !== work.primary.id;
}

async function register(api: EcsApi, plan: EcsPlan, scope: Scope, world: StartWorld): Promise<string> {
  const { definition } = plan.work;
  const family = textIn(definition, 'family') ?? '';
  const looking = lookingFrom(scope, world);
  const made = await sent(
    () => api.register(definition, scope),
    async () => {
      const latest = await api.taskDefinition(family, looking());
      const found = latest !== null && sameContent(registrable(latest.definition, latest.tags), definition);
      return found ? latest.arn : null;
    },
    (ms) => world.sleep(ms, looking().signal),
  );
  world.tell({ kind: 'step', subject: '', text: `registered ${lastPart(made)}` });
  return made;
}

/**
 * @param updating `lost`: set once an answer did not come
 * @returns when the rollout began, by ECS's clock where it is known already
 */
async function update(
  api: EcsApi,
  plan: EcsPlan,
  service: Service,
  taskDefinition: string,
  scope: Scope,
  world: StartWorld,
  updating: { lost: boolean },
): Promise<Date> {
  const { configuration } = plan.work;
  const former = primaryOf(service);
  const fields = {
    taskDefinition,
    ...(configuration === null ? {} : { deploymentConfiguration: configuration }),
    // Without a difference ECS starts nothing.
    ...(former.taskDefinition === taskDefinition ? { forceNewDeployment: true } : {}),
  };
  const begun = world.clock();
  const looking = lookingFrom(scope, world);
  await sent(
    async () => {
      await api.update(service, fields, scope);
      return true;
    },
    async () => {
      updating.lost = true;
      const now = await api.service(service.clusterArn, service.arn, looking());
      const primary = now === null ? null : primaryOf(now);
      return primary !== null && primary.id !== former.id && primary.taskDefinition === taskDefinition
        ? true
        : null;
    },
    (ms) => world.sleep(ms, looking().signal),
  );
  const text = `told to run ${lastPart(taskDefinition)} in place of ${lastPart(former.taskDefinition)}`;
  world.tell({ kind: 'step', subject: `service ${service.name}`, text });
  return begun;
}

/** What a change did must be known, also when the job was cancelled in the midst of it: then there is one short while more. */
function lookingFrom(scope: Scope, { clock }: StartWorld): () => Scope {
  let short: Scope | null = null;
  return () => {
    if (short === null && (scope.signal.aborted || clock() >= scope.until)) short = shortScope(clock);
    return short ?? scope;
  };
}

function refusal(failure: CallFailure, plan: EcsPlan, registered: string | null, lost: boolean): string {
  const { service, primary } = plan.work;
  const isNew = registered !== null && plan.work.registered === null;
  const also = isNew ? `; ${lastPart(registered)} was registered, and the next run will use it` : '';
  const before = lastPart(primary.taskDefinition);
  const runs = lost
    ? `whether the change was carried out is not known: ${nameOf(service)} ran ${before} before it; the next run looks, and takes it up`
    : `${nameOf(service)} runs ${before} as before`;
  return `${explained(failure)}; ${runs}${also}`;
}
