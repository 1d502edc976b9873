/**
 * What is wrong with new pods: pure, from their states and events. Each suspicion says how long it must last until it is
 * certain; some are certain at once, and some only explain why a deadline was missed.
 */

import { oneLine } from '../../../../core/kubernetes/index.ts';
import type { Cause } from '../../types.ts';
import type { Patience } from '../patience.ts';
import type { ContainerView, Ended, EventView, PodView } from './views.ts';

export interface Suspicion {
  /** The same thing at the next look has the same key. */
  readonly key: string;
  /** Milliseconds; 0: certain; null: no certainty however long it lasts. */
  readonly certainAfterMs: number | null;
  readonly source: Cause['source'];
  readonly reason: string;
  /** `pod web-6d4-x2`, without which the same of two pods is the same text. */
  readonly subject: string;
  /** One line that follows the subject. */
  readonly text: string;
  /** Whose log tells more; null: nobody's. */
  readonly log: { readonly pod: string; readonly container: string; readonly previous: boolean } | null;
}

/** A crash may be chance once; the third life that ends, after two restarts, is not. */
const fewestRestarts = 2;
/** Evicted for want of memory on the node, or refused by the kubelet: not certain to be the revision's fault until it repeats. */
const fewestLost = 3;

/**
 * Pods of the new revision; `events` of any objects. Of pods that are older than `since` (ISO 8601, by the server's clock), as
 * of a revision that did not change, what was over by then does not count.
 */
export function diagnose(
  pods: readonly PodView[],
  events: readonly EventView[],
  since: string,
  patience: Patience,
): Suspicion[] {
  const fresh = pods.filter(({ ready, createdAt }) => !ready || createdAt >= since);
  const lost = fresh.filter(({ phase }) => phase === 'Failed').length;
  return fresh
    .filter(({ leaving, phase, createdAt }) => !leaving && (phase !== 'Failed' || createdAt >= since))
    .flatMap((pod) => {
      const own = events.filter(({ uid }) => uid === pod.uid);
      const found = pod.phase === 'Failed' ? [ofLost(pod, lost)] : ofPod(pod, own, since, patience);
      return found.filter((suspicion) => suspicion !== null);
    });
}

function ofPod(
  pod: PodView,
  events: readonly EventView[],
  since: string,
  patience: Patience,
): (Suspicion | null)[] {
  if (pod.unscheduled !== null) return [ofUnscheduled(pod, pod.unscheduled, events, patience)];
  const found = pod.containers.map((container) => ofContainer(pod, container, events, since, patience));
  const isWaiting = found.every((suspicion) => suspicion === null);
  return [...found, isWaiting ? ofSandbox(pod, events, patience) : null];
}

function suspicion(
  pod: PodView,
  container: ContainerView | null,
  certainAfterMs: number | null,
  reason: string,
  text: string,
  log: 'previous' | 'current' | 'none',
): Suspicion {
  const name =
    container === null
      ? ''
      : `${container.kind === 'init' ? 'init container' : 'container'} ${container.name}`;
  return {
    key: `${pod.uid}/${container?.name ?? ''}/${reason}`,
    certainAfterMs,
    source: 'unit',
    reason,
    subject: `pod ${pod.name}`,
    text: name === '' ? text : `${name}: ${text}`,
    log:
      log === 'none' || container === null
        ? null
        : { pod: pod.name, container: container.name, previous: log === 'previous' },
  };
}

function ofContainer(
  pod: PodView,
  container: ContainerView,
  events: readonly EventView[],
  since: string,
  patience: Patience,
): Suspicion | null {
  const { state, last } = container;
  const ended = state.is === 'ended' ? state : last;
  // One of a pod from before may be old.
  const isOver = ended !== null && pod.createdAt < since && ended.finishedAt < since;
  if (ended?.reason === 'OOMKilled' && !isOver) {
    const text = 'OOMKilled: it wants more memory than its limit';
    return suspicion(pod, container, 0, 'OOMKilled', text, state.is === 'ended' ? 'current' : 'previous');
  }
  switch (state.is) {
    case 'waiting':
      return ofWaiting(pod, container, state, events, patience);
    case 'ended':
      // An init container that has done its work.
      if (container.kind === 'init' && state.exitCode === 0) return null;
      return suspicion(pod, container, null, state.reason || 'Error', ending(state), 'current');
    case 'running':
      return container.ready || container.kind === 'init' ? null : ofUnready(pod, container, events);
    case 'unknown':
      return null;
  }
}

function ofWaiting(
  pod: PodView,
  container: ContainerView,
  { reason, message }: { readonly reason: string; readonly message: string },
  events: readonly EventView[],
  patience: Patience,
): Suspicion | null {
  const said = message === '' ? '' : `: ${oneLine(message)}`;
  switch (reason) {
    case 'ErrImagePull':
    case 'ImagePullBackOff':
    case 'RegistryUnavailable': {
      const text = pullText(container.image, message, events);
      // `ErrImagePull` and `ImagePullBackOff` take turns: one suspicion.
      const one = suspicion(
        pod,
        container,
        isFinal(text) ? 0 : patience.pullMs,
        'ImagePullBackOff',
        text,
        'none',
      );
      return reason === 'ErrImagePull' ? { ...one, reason } : one;
    }
    case 'InvalidImageName':
    case 'ErrImageNeverPull':
    case 'ImageInspectError':
      return suspicion(pod, container, 0, reason, `${reason} of ${container.image}${said}`, 'none');
    case 'CreateContainerConfigError':
      return suspicion(pod, container, patience.configMs, reason, `${reason}${said}`, 'none');
    case 'CreateContainerError':
    case 'PreCreateHookError':
    case 'PreStartHookError':
    case 'PostStartHookError':
      return suspicion(pod, container, patience.configMs, reason, `${reason}${said}`, 'none');
    case 'RunContainerError': {
      const certain = container.restarts >= fewestRestarts ? 0 : patience.configMs;
      return suspicion(pod, container, certain, reason, `${reason}${said}`, 'none');
    }
    case 'CrashLoopBackOff': {
      const { restarts, last } = container;
      const certain = restarts >= fewestRestarts ? 0 : null;
      const how = last === null ? '' : `, ${ending(last)}`;
      const killed = killedBy(events);
      const text = `CrashLoopBackOff after ${restartsText(restarts)}${how}${killed === null ? '' : `; ${killed}`}`;
      return suspicion(pod, container, certain, reason, text, 'previous');
    }
    default:
      // ContainerCreating, PodInitializing: as it should be.
      return null;
  }
}

/** `exit code 3 (Error): no model` */
function ending({ reason, exitCode, message }: Ended): string {
  const why = reason === '' || reason === 'Error' || reason === 'Completed' ? '' : ` (${reason})`;
  const how =
    exitCode === 0
      ? 'it ended by itself with exit code 0, and should go on running'
      : `exit code ${exitCode}${why}`;
  return message === '' ? how : `${how}: ${oneLine(message)}`;
}

/** The message of a back-off says less than that of the pull before it. */
function pullText(image: string, message: string, events: readonly EventView[]): string {
  const failed = latest(
    events,
    ({ reason, message: text }) => reason === 'Failed' && text.includes('Failed to pull image'),
  );
  const told = /^Back-off pulling image "[^"]*"$/.test(message.trim())
    ? (failed?.message ?? message)
    : message;
  const cause = told
    .replace(/^Back-off pulling image "[^"]*":\s*/, '')
    .replace(/^Failed to pull image "[^"]*":\s*/, '')
    .replace(/^ErrImagePull:\s*/, '')
    .replace(/^rpc error: code = \w+ desc = /, '');
  return `the image ${image} cannot be pulled${cause === '' ? '' : `: ${oneLine(cause)}`}`;
}

/** The registry has answered, and will answer the same. */
function isFinal(text: string): boolean {
  return /not found|manifest unknown|name unknown|no such image|unauthorized|authentication required|access denied|denied:|forbidden|no basic auth|insufficient_scope|no match for platform|invalid reference format/i.test(
    text,
  );
}

function ofUnready(pod: PodView, container: ContainerView, events: readonly EventView[]): Suspicion | null {
  const probe = latest(
    events,
    ({ reason, message }) => reason === 'Unhealthy' && /^(?:Readiness|Startup) probe/.test(message),
  );
  const restarted = container.restarts === 0 ? '' : `, after ${restartsText(container.restarts)}`;
  const text =
    probe === null
      ? `it runs, but is not ready${restarted}`
      : `not ready${restarted}: ${oneLine(probe.message)}`;
  return suspicion(pod, container, null, probe === null ? 'NotReady' : 'Unhealthy', text, 'current');
}

function killedBy(events: readonly EventView[]): string | null {
  const probe = latest(
    events,
    ({ reason, message }) => reason === 'Unhealthy' && /^(?:Liveness|Startup) probe/.test(message),
  );
  const killed = latest(
    events,
    ({ reason, message }) => reason === 'Killing' && /failed (?:liveness|startup) probe/.test(message),
  );
  return probe === null || killed === null
    ? null
    : `it is killed, as its ${lowerFirst(oneLine(probe.message))}`;
}

function ofUnscheduled(
  pod: PodView,
  { reason, message }: { readonly reason: string; readonly message: string },
  events: readonly EventView[],
  patience: Patience,
): Suspicion {
  // The cluster autoscaler says TriggeredScaleUp, Karpenter Nominated: a node is on its way.
  const helped = latest(
    events,
    (event) => event.reason === 'TriggeredScaleUp' || event.reason === 'Nominated',
  );
  const refused = latest(events, (event) => event.reason === 'NotTriggerScaleUp');
  const isHelped = helped !== null && (refused === null || refused.at <= helped.at);
  const autoscaler =
    refused === null || isHelped ? '' : `; the autoscaler adds no node: ${oneLine(refused.message, 200)}`;
  const text = `no node takes it: ${oneLine(message)}${autoscaler}`;
  const word = reason === 'SchedulingGated' ? reason : 'FailedScheduling';
  return suspicion(pod, null, isHelped ? null : patience.schedulingMs, word, text, 'none');
}

/** What keeps a pod from having any container: volumes and its network. */
function ofSandbox(pod: PodView, events: readonly EventView[], patience: Patience): Suspicion | null {
  const isCreating = pod.containers.some(
    ({ state }) =>
      state.is === 'unknown' ||
      (state.is === 'waiting' && /^(?:ContainerCreating|PodInitializing)$/.test(state.reason)),
  );
  const hasBegun = pod.containers.some(({ state }) => state.is === 'running' || state.is === 'ended');
  if (!isCreating || hasBegun) return null;
  const failed = latest(events, ({ reason }) =>
    ['FailedMount', 'FailedAttachVolume', 'FailedCreatePodSandBox', 'FailedPreStopHook'].includes(reason),
  );
  return failed === null
    ? null
    : suspicion(
        pod,
        null,
        patience.mountMs,
        failed.reason,
        `${failed.reason}: ${oneLine(failed.message)}`,
        'none',
      );
}

/** Evicted, or refused by its node: it is over with this pod, and another one takes its place. */
function ofLost(pod: PodView, lost: number): Suspicion | null {
  // A node that is shut down is no fault of the revision.
  if (['Terminated', 'NodeShutdown', 'NodeLost', 'Shutdown'].includes(pod.reason)) return null;
  const reason = pod.reason === '' ? 'Failed' : pod.reason;
  const isOwnLimit = reason === 'Evicted' && /exceed.*limit|usage of EmptyDir/i.test(pod.message);
  const certain = isOwnLimit || lost >= fewestLost ? 0 : null;
  const said = pod.message === '' ? '' : `: ${oneLine(pod.message)}`;
  return suspicion(pod, null, certain, reason, `${reason}${said}`, 'none');
}

function latest(events: readonly EventView[], wanted: (event: EventView) => boolean): EventView | null {
  let found: EventView | null = null;
  for (const event of events) if (wanted(event) && (found === null || event.at >= found.at)) found = event;
  return found;
}

function restartsText(restarts: number): string {
  return restarts === 1 ? 'one restart' : `${restarts} restarts`;
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
