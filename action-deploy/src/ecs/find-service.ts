/** The service that is deployed to; one that is not there is told with the nearest name. */

import { nearest } from '../../../core/gate/index.ts';
import { InputError, type InputProblem, quote, RunError } from '../../../core/inputs/index.ts';
import type { EcsConfig } from '../config.ts';
import type { EcsApi } from './api.ts';
import { isFailure } from './call-failure.ts';
import type { Scope } from './calls.ts';
import { lastPart, type Service } from './model.ts';

/** @throws InputError: not there; RunError: no service that this action can deploy to; CallFailure */
export async function findService(api: EcsApi, config: EcsConfig, scope: Scope): Promise<Service> {
  const service = await described(api, config, scope);
  if (service === null) throw await missing('service', config, () => api.serviceArns(config.cluster, scope));
  const name = `service ${service.name} of cluster ${service.cluster}`;
  if (service.status !== 'ACTIVE') {
    throw new RunError(`${name} is ${service.status}: it was deleted, and runs nothing any more`);
  }
  if (service.controller === 'CODE_DEPLOY') {
    throw new RunError(
      `${name} is deployed by CodeDeploy (deployment controller CODE_DEPLOY), which this action does not drive; ` +
        'deploy it with aws-actions/amazon-ecs-deploy-task-definition, or move it to ECS’s own blue/green deployments',
    );
  }
  if (service.controller !== 'ECS') {
    throw new RunError(
      `${name} has the deployment controller ${service.controller}: something else makes its task sets; ` +
        'only services with the controller ECS can be deployed to',
    );
  }
  return service;
}

async function described(api: EcsApi, config: EcsConfig, scope: Scope): Promise<Service | null> {
  try {
    return await api.service(config.cluster, config.service, scope);
  } catch (error) {
    if (!isFailure(error, 'refused') || error.reason !== 'ClusterNotFoundException') throw error;
    throw await missing('cluster', config, () => api.clusterArns(scope));
  }
}

async function missing(
  input: 'cluster' | 'service',
  config: EcsConfig,
  arns: () => Promise<readonly string[]>,
): Promise<InputError> {
  const given = config[input];
  const names = await namesOf(arns);
  const near = names === null ? undefined : nearest(lastPart(given), names);
  const where = input === 'cluster' ? 'in this account and region' : `in cluster ${lastPart(config.cluster)}`;
  const problem: InputProblem = {
    input,
    message: `there is no ${input} ${quote(given)} ${where}`,
    ...(names === null ? {} : { allowed: listed(names, input) }),
    ...(near === undefined ? {} : { nearest: near }),
  };
  return new InputError([problem]);
}

/** Only a hint: where it cannot be had, there is none. */
async function namesOf(arns: () => Promise<readonly string[]>): Promise<readonly string[] | null> {
  try {
    return (await arns()).map(lastPart).sort();
  } catch (error) {
    if (isFailure(error)) return null;
    throw error;
  }
}

const mostNames = 12;

function listed(names: readonly string[], what: string): string {
  if (names.length === 0) return `none: there is no ${what} at all`;
  const more = names.length > mostNames ? `, and ${names.length - mostNames} more` : '';
  return names.slice(0, mostNames).join(', ') + more;
}
