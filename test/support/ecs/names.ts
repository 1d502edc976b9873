/** ARNs and ids in the forms of Amazon ECS, the same in each run. */

import { createHash } from 'node:crypto';
import type { ServiceState, State } from './state.ts';

type Owner = Pick<State, 'account' | 'region'>;

const arnOf = ({ account, region }: Owner, resource: string): string =>
  `arn:aws:ecs:${region}:${account}:${resource}`;

export const clusterArn = (owner: Owner, name: string): string => arnOf(owner, `cluster/${name}`);

export const serviceArn = (owner: Owner, cluster: string, name: string): string =>
  arnOf(owner, `service/${cluster}/${name}`);

export const taskDefinitionArn = (owner: Owner, family: string, revision: number): string =>
  arnOf(owner, `task-definition/${family}:${revision}`);

export const taskArn = (owner: Owner, cluster: string, id: string): string =>
  arnOf(owner, `task/${cluster}/${id}`);

export const containerArn = (owner: Owner, cluster: string, task: string, container: string): string =>
  arnOf(owner, `container/${cluster}/${task}/${digestOf(`${task} ${container}`).slice(7, 39)}`);

export const revisionArn = (owner: Owner, service: ServiceState, id: string): string =>
  arnOf(owner, `service-revision/${service.cluster}/${service.name}/${id}`);

export const serviceDeploymentArn = (owner: Owner, service: ServiceState, id: string): string =>
  arnOf(owner, `service-deployment/${service.cluster}/${service.name}/${id}`);

export const targetGroupArn = ({ account, region }: Owner, name: string): string =>
  `arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/${name}/${digestOf(name).slice(7, 23)}`;

export const listenerRuleArn = ({ account, region }: Owner, name: string): string =>
  `arn:aws:elasticloadbalancing:${region}:${account}:listener-rule/app/${name}/${digestOf(name).slice(7, 23)}/${digestOf(`l ${name}`).slice(7, 23)}/${digestOf(`r ${name}`).slice(7, 23)}`;

export const alarmArn = ({ account, region }: Owner, name: string): string =>
  `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`;

export const roleArn = ({ account }: Owner, name: string): string => `arn:aws:iam::${account}:role/${name}`;

/** 32 hexadecimal digits, as tasks have. */
export function newHexId(state: State): string {
  return digestOf(`hex ${state.serial++}`).slice(7, 39);
}

/** 19 decimal digits, as deployments and revisions have. */
export function newNumericId(state: State): string {
  const hex = digestOf(`number ${state.serial++}`).slice(7, 23);
  return String((BigInt(`0x${hex}`) % 9_000_000_000_000_000_000n) + 1_000_000_000_000_000_000n);
}

/** 21 URL-safe characters, as service deployments have. */
export function newShortId(state: State): string {
  return createHash('sha256')
    .update(`short ${state.serial++}`)
    .digest('base64url')
    .slice(0, 21);
}

export function newUuid(state: State): string {
  const hex = digestOf(`uuid ${state.serial++}`).slice(7);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The digest that a tag stands for, made up from its text; the one that is named where a reference names one. */
export function digestOf(image: string): string {
  const named = /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1];
  return named ?? `sha256:${createHash('sha256').update(image).digest('hex')}`;
}

/** The last part of an ARN, or the text itself: names and ARNs are accepted alike. */
export function lastPart(nameOrArn: string): string {
  return nameOrArn.split('/').at(-1) ?? nameOrArn;
}
