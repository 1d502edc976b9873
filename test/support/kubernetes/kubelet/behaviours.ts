/** How containers behave: the script of a test, since no image is ever run. */

import type { Container, Pod } from './pod-types.ts';

/** All times in milliseconds, as they are; `log` is what the container writes, a line each, when it starts. */
export type Behaviour =
  /** Runs until it is stopped. */
  | {
      readonly kind: 'runs';
      /** Of pulling and creating; default 30. A slow one stays in ContainerCreating. */
      readonly startMs?: number;
      /** From the start until the startup and readiness probes succeed, where there are any; default 50. */
      readonly readyMs?: number;
      readonly log?: readonly string[];
      /** Stays until it is killed, after the grace period. */
      readonly ignoresTerm?: boolean;
    }
  /** Ends by itself with exit code 0. */
  | { readonly kind: 'completes'; readonly afterMs?: number; readonly log?: readonly string[] }
  /** Ends by itself with another exit code, again and again: CrashLoopBackOff. */
  | {
      readonly kind: 'crashes';
      /** Default 1. */
      readonly exitCode?: number;
      /** Default `Error`; with `OOMKilled` the exit code is 137 if none is given. */
      readonly reason?: 'Error' | 'OOMKilled';
      /** What it left in its termination message. */
      readonly message?: string;
      /** Default 50. */
      readonly afterMs?: number;
      /** Its probes succeed after this time; without it they do not before it ends. */
      readonly readyMs?: number;
      readonly log?: readonly string[];
    }
  /** ErrImagePull, then ImagePullBackOff. */
  | { readonly kind: 'pull-fails'; readonly message?: string }
  /** CreateContainerConfigError. One whose Secret or ConfigMap does not exist comes without a script. */
  | { readonly kind: 'config-fails'; readonly message: string }
  /** CreateContainerError. */
  | { readonly kind: 'create-fails'; readonly message: string }
  /** RunContainerError, then CrashLoopBackOff: the runtime cannot start what was created. */
  | { readonly kind: 'start-fails'; readonly message: string }
  /** Runs, and its readiness probe fails; the container must have one. */
  | { readonly kind: 'not-ready'; readonly message?: string; readonly log?: readonly string[] }
  /** Runs and is ready, then its liveness probe fails until it is restarted; the container must have one. */
  | {
      readonly kind: 'not-live';
      readonly message?: string;
      /** Default 100. */
      readonly afterMs?: number;
      readonly log?: readonly string[];
    }
  /** Runs, and its startup probe fails until it is restarted; the container must have one. */
  | { readonly kind: 'not-started'; readonly message?: string; readonly log?: readonly string[] }
  /** The node evicts the pod, for want of memory. */
  | {
      readonly kind: 'evicted';
      readonly message?: string;
      /** Default 500: a controller replaces the pod at once. */
      readonly afterMs?: number;
      readonly log?: readonly string[];
    };

export type BehaviourKind = Behaviour['kind'];

/**
 * What a behaviour is for: a label of the pod `name=value`, an image as the pod names it, its digest `sha256:…`, or its
 * repository. `#container` at the end means only the container of this name. In this order, and with `#` before without.
 */
export type Subject = string;

export function findBehaviour(
  script: ReadonlyMap<Subject, Behaviour>,
  pod: Pod,
  container: Container,
): Behaviour | undefined {
  const { image } = container;
  const [, repository, digest] = /^(.*?)(?::[^:/@]+)?(?:@(sha256:[0-9a-f]+))?$/.exec(image) ?? [];
  const labels = Object.entries(pod.metadata.labels ?? {}).map(([name, value]) => `${name}=${value}`);
  for (const subject of [...labels, image, digest, repository]) {
    if (subject === undefined) continue;
    const found = script.get(`${subject}#${container.name}`) ?? script.get(subject);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What a container does that no script names: it runs, or does its work and ends. */
export function defaultBehaviour(pod: Pod, container: Container, init: boolean): Behaviour {
  const ends = init ? container.restartPolicy !== 'Always' : pod.spec.restartPolicy !== 'Always';
  return ends ? { kind: 'completes' } : { kind: 'runs' };
}
