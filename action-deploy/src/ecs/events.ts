/**
 * What the events of a service say. Texts:
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-unhealthy-event-messages.html
 */

import type { TimelineEvent } from '../types.ts';
import { cleanLine } from './clean.ts';
import { hintOf } from './hints.ts';

export interface ReadEvent {
  readonly kind: TimelineEvent['kind'];
  /** Null: nothing that could be a cause. */
  readonly reason: string | null;
  /** Without the service's name. */
  readonly text: string;
  readonly hint: string;
}

interface Rule {
  readonly when: RegExp;
  readonly kind: TimelineEvent['kind'];
  readonly reason?: string;
  readonly hint?: string;
}

/** The first that fits decides. */
const rules: readonly Rule[] = [
  { when: /rolling back to/i, kind: 'rollback' },
  { when: /deployment failed: alarm/i, kind: 'failure', reason: 'AlarmDetected' },
  { when: /deployment failed/i, kind: 'failure', reason: 'DeploymentFailed' },
  { when: /deployment completed|reached a steady state/i, kind: 'step' },
  {
    when: /no container instance met all of its requirements/i,
    kind: 'failure',
    reason: 'UnableToPlaceTask',
    hint: 'the cluster has no room for the task',
  },
  {
    when: /unable to place a task.*(?:reached the limit|limit on the number)/is,
    kind: 'failure',
    reason: 'UnableToPlaceTask',
    hint: 'a quota of the account is used up',
  },
  { when: /unable to place a task/i, kind: 'failure', reason: 'UnableToPlaceTask' },
  {
    when: /unable to stop or start tasks during a deployment/i,
    kind: 'failure',
    reason: 'DeploymentConfiguration',
    hint: 'minimumHealthyPercent and maximumPercent leave no room to replace a task',
  },
  { when: /is unhealthy in/i, kind: 'failure', reason: 'Unhealthy' },
  { when: /failed container health checks/i, kind: 'failure', reason: 'FailedContainerHealthChecks' },
  { when: /unable to consistently start tasks/i, kind: 'failure', reason: 'TaskStartImpaired' },
  { when: /throttled/i, kind: 'warning', reason: 'Throttled' },
  { when: /unable to|failed|error/i, kind: 'warning', reason: 'ServiceEvent' },
];

/** In the order of what they tell: the reason of a cause is the first of these that is among the events. */
const order = [
  'UnableToPlaceTask',
  'FailedContainerHealthChecks',
  'Unhealthy',
  'DeploymentConfiguration',
  'ServiceEvent',
  'TaskStartImpaired',
  'Throttled',
];

export function readEvent(message: string): ReadEvent {
  const text = cleanLine(
    message
      .replace(/^\(service [^)]*\)\s*/, '')
      .replace(/arn:\S+?:targetgroup\/([^/\s]+)\/[0-9a-f]+/g, '$1')
      .replace(/\(task ([0-9a-f]{8})[0-9a-f]{24}\)/g, '(task $1)'),
  );
  const rule = rules.find(({ when }) => when.test(message));
  if (rule === undefined) return { kind: 'progress', reason: null, text, hint: '' };
  const pulled = /Reason: ([A-Z][A-Za-z]*Error)/.exec(message)?.[1];
  return {
    kind: rule.kind,
    reason: rule.reason === 'UnableToPlaceTask' && pulled !== undefined ? pulled : (rule.reason ?? null),
    text,
    hint: hintOf(message)?.hint ?? rule.hint ?? '',
  };
}

/** What comes before what in a cause; smaller is nearer to the root. Null: no cause. */
export function weightOf({ reason }: ReadEvent): number | null {
  // That the deployment failed is the outcome, not the cause; an alarm is told by its own name.
  if (reason === null || reason === 'DeploymentFailed' || reason === 'AlarmDetected') return null;
  return Math.max(order.indexOf(reason), 0);
}
