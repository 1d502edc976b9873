/** Causes that are known from how the watch of a rollout ended, and not from what died. Pure. */

import type { Cause } from '../types.ts';
import type { CallFailure } from './call-failure.ts';
import { explained } from './explain.ts';
import { lastPart, type Service } from './model.ts';
import { ownOf, type Watched } from './phase.ts';

function made(source: Cause['source'], reason: string, text: string): Cause {
  return { source, reason, text, logLines: [] };
}

/** @param by ARN of the task definition @param name of the service */
export function superseded(by: string, name: string): Cause {
  const text = `a newer deployment of somebody else, with ${lastPart(by)}, took its place on ${name}`;
  return made('platform', 'Superseded', text);
}

export function gone(name: string): Cause {
  return made('platform', 'ServiceDeleted', `${name} was deleted while it was being deployed to`);
}

export function unknown(name: string): Cause {
  return made('platform', 'DeploymentFailed', `the deployment of ${name} failed, and ECS does not say why`);
}

/** @param wanted `web:42` */
export function shutOut(failure: CallFailure, wanted: string): Cause {
  const text = `${wanted} was being rolled out when AWS shut the job out: ${explained(failure)}`;
  return made('platform', failure.reason, text);
}

export function cancelled(wanted: string): Cause {
  return made('cancelled', 'Cancelled', `the job was cancelled while ${wanted} was being rolled out`);
}

export function notPromoted(text: string): Cause {
  return made('analysis', 'NotPromoted', text);
}

/** @param seen null: nothing could be read */
export function late(name: string, seen: Service | null, watched: Watched): Cause {
  const own = seen === null ? null : ownOf(seen, watched);
  const wanted = lastPart(watched.taskDefinition);
  const state = own === null ? '' : `: ${own.running} of ${own.desired} tasks of ${wanted} run`;
  return made('deadline', 'TimedOut', `${name} was not steady in time${state}`);
}
