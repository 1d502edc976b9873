/** The state as tests look at it: names in place of ARNs. */

import { lastPart } from './names.ts';
import { type ServiceState, type State, tasksOf } from './state.ts';
import { deploymentOf } from './world.ts';

export interface Snapshot {
  readonly services: Readonly<Record<string, ServiceView>>;
  /** Revisions of each family, with those that were deregistered: `web:1`, `web:2`, … */
  readonly families: Readonly<Record<string, readonly string[]>>;
}

export interface ServiceView {
  readonly status: string;
  readonly desiredCount: number;
  /** Of the primary deployment: `web:42`. */
  readonly taskDefinition: string;
  /** Images of the primary deployment by container. */
  readonly images: Readonly<Record<string, string>>;
  /** Tasks that run by task definition; those that are stopping do not count. */
  readonly running: Readonly<Record<string, number>>;
  readonly deployments: readonly {
    readonly id: string;
    readonly taskDefinition: string;
    readonly status: string;
    readonly rolloutState: string;
    readonly failedTasks: number;
  }[];
  /** Newest first. */
  readonly serviceDeployments: readonly {
    readonly arn: string;
    readonly taskDefinition: string;
    readonly status: string;
    readonly statusReason: string | null;
    readonly stage: string | null;
    readonly step: number;
    readonly productionWeight: number | null;
  }[];
  readonly stopped: readonly {
    readonly task: string;
    readonly taskDefinition: string;
    readonly stopCode: string | null;
    readonly stoppedReason: string | null;
  }[];
  /** Newest first. */
  readonly events: readonly string[];
}

export function snapshotOf(state: State): Snapshot {
  const families: Record<string, string[]> = {};
  for (const { family, arn } of state.taskDefinitions) {
    families[family] = [...(families[family] ?? []), lastPart(arn)];
  }
  return {
    services: Object.fromEntries(state.services.map((service) => [service.name, view(state, service)])),
    families,
  };
}

function view(state: State, service: ServiceState): ServiceView {
  const primary = service.deployments.find(({ status }) => status === 'PRIMARY');
  const revision = service.revisions.find(({ arn }) => arn === primary?.revision);
  const tasks = tasksOf(state, service);
  const running: Record<string, number> = {};
  for (const { lastStatus, taskDefinition } of tasks) {
    if (lastStatus !== 'RUNNING') continue;
    const name = lastPart(taskDefinition);
    running[name] = (running[name] ?? 0) + 1;
  }
  return {
    status: service.status,
    desiredCount: service.desiredCount,
    taskDefinition: lastPart(primary?.taskDefinition ?? ''),
    images: Object.fromEntries((revision?.images ?? []).map(({ container, image }) => [container, image])),
    running,
    deployments: service.deployments
      .filter(({ retired }) => !retired)
      .map(({ id, taskDefinition, status, rolloutState, failedTasks }) => ({
        id,
        taskDefinition: lastPart(taskDefinition),
        status,
        rolloutState,
        failedTasks,
      })),
    serviceDeployments: [...service.serviceDeployments].reverse().map((d) => ({
      arn: d.arn,
      taskDefinition: lastPart(deploymentOf(service, d.deployment).taskDefinition),
      status: d.status,
      statusReason: d.statusReason,
      stage: d.stage,
      step: d.step,
      productionWeight: d.weights?.production ?? null,
    })),
    stopped: tasks
      .filter(({ lastStatus }) => lastStatus === 'STOPPED')
      .map(({ id, taskDefinition, stopCode, stoppedReason }) => ({
        task: id,
        taskDefinition: lastPart(taskDefinition),
        stopCode,
        stoppedReason,
      })),
    events: service.events.map(({ message }) => message).reverse(),
  };
}
