/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html */

import type {
  ContinueServiceDeploymentRequest,
  DescribeServiceDeploymentsRequest,
  DescribeServiceRevisionsRequest,
  ListServiceDeploymentsRequest,
  StopServiceDeploymentRequest,
} from '@aws-sdk/client-ecs';
import { fail } from '../failure-detection.ts';
import { clusterArn } from '../names.ts';
import {
  type RevisionState,
  type ServiceDeploymentState,
  type ServiceState,
  type State,
  terminalStatuses,
} from '../state.ts';
import { deploymentOf, type World } from '../world.ts';
import { ApiError } from './api-error.ts';
import {
  changes,
  clusterOf,
  given,
  type Json,
  type Operation,
  page,
  reads,
  seconds,
  serviceOf,
} from './operation.ts';
import { countsOf, wanted } from './services.ts';

/** Times are numbers in the protocol. */
interface ListInput extends Omit<ListServiceDeploymentsRequest, 'createdAt'> {
  readonly createdAt?: { readonly before?: number; readonly after?: number };
}

export const serviceDeploymentOperations: Readonly<Record<string, Operation>> = {
  ListServiceDeployments: reads((world, input: ListInput) => {
    const service = serviceOf(world, clusterOf(world, input.cluster), input.service ?? '');
    const { before, after } = input.createdAt ?? {};
    const found = service.serviceDeployments
      .filter(
        ({ status }) =>
          input.status === undefined || input.status.length === 0 || input.status.includes(status),
      )
      .filter(({ createdAt }) => before === undefined || seconds(createdAt) < before)
      .filter(({ createdAt }) => after === undefined || seconds(createdAt) > after)
      .reverse();
    const { items, ...rest } = page(found, { ...input, maxResults: input.maxResults ?? 20 }, 100);
    return { serviceDeployments: items.map((d) => brief(world.state, service, d)), ...rest };
  }),
  DescribeServiceDeployments: reads((world, input: DescribeServiceDeploymentsRequest) => {
    const arns = input.serviceDeploymentArns ?? [];
    if (arns.length > 20) {
      throw new ApiError(
        'InvalidParameterException',
        'serviceDeploymentArns cannot have more than 20 elements.',
      );
    }
    const found = arns.map((arn) => find(world, arn));
    return {
      serviceDeployments: found.flatMap((f) =>
        f === null ? [] : [rendered(world.state, f.service, f.deployment)],
      ),
      failures: arns.filter((_, i) => found[i] === null).map((arn) => ({ arn, reason: 'MISSING' })),
    };
  }),
  DescribeServiceRevisions: reads((world, input: DescribeServiceRevisionsRequest) => {
    const arns = input.serviceRevisionArns ?? [];
    const all = world.state.services.flatMap((service) =>
      service.revisions.map((revision) => ({ service, revision })),
    );
    const found = arns.map((arn) => all.find(({ revision }) => revision.arn === arn));
    return {
      serviceRevisions: found.flatMap((f) =>
        f === undefined ? [] : [renderedRevision(world.state, f.service, f.revision)],
      ),
      failures: arns.filter((_, i) => found[i] === undefined).map((arn) => ({ arn, reason: 'MISSING' })),
    };
  }),
  StopServiceDeployment: changes((world, input: StopServiceDeploymentRequest) => {
    const { deployment } = existing(world, input.serviceDeploymentArn ?? '');
    // The words of this refusal are not known.
    if (terminalStatuses.includes(deployment.status)) {
      throw new ApiError('ConflictException', 'The service deployment is in a terminal state.');
    }
    requestStop(world, deployment, input.stopType ?? 'ROLLBACK');
    return { serviceDeploymentArn: deployment.arn };
  }),
  ContinueServiceDeployment: changes((world, input: ContinueServiceDeploymentRequest) => {
    const { service, deployment } = existing(world, input.serviceDeploymentArn ?? '');
    const { hookId = '', action = 'CONTINUE' } = input;
    if (!/^ecs-[a-z]+-.+$/.test(hookId)) {
      throw new ApiError(
        'InvalidParameterException',
        'Invalid hookId: hookId must follow the format: ecs-{hookType}-{id}',
      );
    }
    if (terminalStatuses.includes(deployment.status)) {
      throw new ApiError(
        'InvalidParameterException',
        'Continuing a service deployment is not allowed for service deployment in terminal states.',
      );
    }
    const hook = deployment.hooks.find(({ id }) => id === hookId);
    if (hook?.status !== 'AWAITING_ACTION' || deployment.status !== 'IN_PROGRESS') {
      throw new ApiError(
        'InvalidParameterException',
        'Provided hookId is either completed, unavailable, or not associated with the given Resource ARN',
      );
    }
    hook.status = action === 'CONTINUE' ? 'SUCCEEDED' : 'FAILED';
    if (action === 'ROLLBACK') {
      // The words of status and event are not known.
      const reason = `${hook.stage} pause hook was rolled back.`;
      fail(world, service, deployment, { event: reason, reason, rollback: true });
    }
    return { serviceDeploymentArn: deployment.arn };
  }),
};

/**
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stop-service-deployment.html: from PENDING and IN_PROGRESS to
 * ROLLBACK_REQUESTED; what is stopping or rolling back already goes on. ABORT is in the model and not in the guide.
 */
export function requestStop(
  world: World,
  deployment: ServiceDeploymentState,
  type: 'ROLLBACK' | 'ABORT',
): void {
  if (deployment.status !== 'PENDING' && deployment.status !== 'IN_PROGRESS') return;
  deployment.updatedAt = world.state.now;
  deployment.status = type === 'ROLLBACK' ? 'ROLLBACK_REQUESTED' : 'STOP_REQUESTED';
  // The words are not known.
  deployment.statusReason =
    type === 'ROLLBACK'
      ? 'Service deployment rolled back because of a request to stop it.'
      : 'Service deployment stopped because of a request to stop it.';
}

function find(
  world: World,
  arn: string,
): { readonly service: ServiceState; readonly deployment: ServiceDeploymentState } | null {
  for (const service of world.state.services) {
    const deployment = service.serviceDeployments.find((d) => d.arn === arn);
    if (deployment !== undefined) return { service, deployment };
  }
  return null;
}

function existing(world: World, arn: string): NonNullable<ReturnType<typeof find>> {
  const found = find(world, arn);
  if (found === null) {
    throw new ApiError('ServiceDeploymentNotFoundException', 'The service deployment does not exist.');
  }
  return found;
}

function brief(state: State, service: ServiceState, of: ServiceDeploymentState): Json {
  return given({
    serviceDeploymentArn: of.arn,
    serviceArn: service.arn,
    clusterArn: clusterArn(state, service.cluster),
    startedAt: time(of.startedAt),
    createdAt: time(of.createdAt),
    finishedAt: time(of.finishedAt),
    targetServiceRevisionArn: of.target,
    status: of.status,
    statusReason: of.statusReason,
  });
}

function rendered(state: State, service: ServiceState, of: ServiceDeploymentState): Json {
  const { weights } = of;
  const summary = (revision: string, deployment: string, target: boolean): Json => {
    const entry = deploymentOf(service, deployment);
    const share = (percent: number): number => (target ? percent : 100 - percent);
    return given({
      arn: revision,
      requestedTaskCount: entry.retired ? 0 : wanted(state, service, entry),
      runningTaskCount: countsOf(state, service, entry).runningCount,
      pendingTaskCount: countsOf(state, service, entry).pendingCount,
      requestedTestTrafficWeight: weights === null ? null : share(weights.test),
      requestedProductionTrafficWeight: weights === null ? null : share(weights.production),
    });
  };
  const { breaker, alarms } = of;
  return given({
    serviceDeploymentArn: of.arn,
    serviceArn: service.arn,
    clusterArn: clusterArn(state, service.cluster),
    createdAt: time(of.createdAt),
    startedAt: time(of.startedAt),
    finishedAt: time(of.finishedAt),
    stoppedAt: time(of.stoppedAt),
    updatedAt: time(of.updatedAt),
    sourceServiceRevisions: of.sources.map((s) => summary(s.revision, s.deployment, false)),
    targetServiceRevision: summary(of.target, of.deployment, true),
    status: of.status,
    statusReason: of.statusReason,
    lifecycleStage: of.stage,
    lifecycleHookDetails:
      of.hooks.length === 0
        ? null
        : of.hooks.map((hook) =>
            given({
              hookId: hook.id,
              targetType: hook.hook.targetType ?? 'AWS_LAMBDA',
              targetArn: hook.hook.hookTargetArn,
              status: hook.status,
              expiresAt: time(hook.expiresAt),
              timeoutAction: hook.timeoutAction,
            }),
          ),
    deploymentConfiguration: of.configuration,
    rollback:
      of.rollback === null
        ? null
        : {
            reason: of.rollback.reason,
            startedAt: time(of.rollback.startedAt),
            serviceRevisionArn: of.rollback.revision,
          },
    deploymentCircuitBreaker:
      breaker.status === 'DISABLED'
        ? { status: 'DISABLED' }
        : { status: breaker.status, failureCount: breaker.failures, threshold: breaker.threshold },
    alarms: given({
      status: alarms.status,
      alarmNames: of.configuration.alarms?.alarmNames,
      triggeredAlarmNames: alarms.triggered.length === 0 ? null : alarms.triggered,
    }),
  });
}

function renderedRevision(state: State, service: ServiceState, revision: RevisionState): Json {
  return given({
    serviceRevisionArn: revision.arn,
    serviceArn: service.arn,
    clusterArn: clusterArn(state, service.cluster),
    taskDefinition: revision.taskDefinition,
    launchType: service.launchType,
    platformVersion: service.launchType === 'FARGATE' ? '1.4.0' : null,
    platformFamily: service.launchType === 'FARGATE' ? 'Linux' : null,
    loadBalancers: service.loadBalancers,
    networkConfiguration: service.networkConfiguration,
    containerImages: revision.images.map(({ container, image, digest }) => ({
      containerName: container,
      imageDigest: digest,
      image,
    })),
    guardDutyEnabled: false,
    createdAt: time(revision.createdAt),
  });
}

function time(milliseconds: number | null): number | null {
  return milliseconds === null ? null : seconds(milliseconds);
}
