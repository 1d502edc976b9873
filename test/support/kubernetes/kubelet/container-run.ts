/**
 * One container of a pod, from the pull of its image to its last end, as pkg/kubelet/kuberuntime and pkg/kubelet/images
 * go about it; reasons, messages and events are theirs.
 */

import { randomBytes } from 'node:crypto';
import type { Behaviour } from './behaviours.ts';
import type { Severity } from './events.ts';
import { imageIdOf, invalidImageName, notFound } from './image-name.ts';
import { type End, type Living, live } from './life.ts';
import { ContainerLog } from './logs.ts';
import { pause } from './pause.ts';
import {
  type Container,
  type ContainerState,
  type ContainerStatus,
  describePod,
  type Pod,
  type Terminated,
  timestamp,
} from './pod-types.ts';

/** What a container asks of its pod. */
export interface Surroundings extends Omit<Living, 'container' | 'stand'> {
  readonly pod: () => Pod;
  /** How it behaves in its next life. */
  readonly behaviour: () => Behaviour;
  /** Its status has changed. */
  readonly changed: () => void;
  /** Why its environment cannot be made. */
  readonly environmentProblem: () => Promise<string | null>;
}

const pullErrorMs = 5_000;
const syncMs = 10_000;
/** Of looking at what runs. */
const relistMs = 1_000;
const firstBackOffMs = 10_000;
const longestBackOffMs = 300_000;

export class ContainerRun {
  readonly container: Container;
  readonly #init: boolean;
  readonly #around: Surroundings;
  #state: ContainerState;
  #last: Terminated | undefined;
  #ready = false;
  #started = false;
  #lives = 0;
  #id: string | undefined;
  #imageId = '';
  #log: ContainerLog | undefined;
  #previousLog: ContainerLog | undefined;

  constructor(container: Container, init: boolean, waiting: string, around: Surroundings) {
    this.container = container;
    this.#init = init;
    this.#around = around;
    this.#state = { waiting: { reason: waiting } };
  }

  status(): ContainerStatus {
    const { name, image } = this.container;
    return {
      name,
      image,
      imageID: this.#imageId,
      ...(this.#id === undefined ? {} : { containerID: this.#id }),
      state: this.#state,
      lastState: this.#last === undefined ? {} : { terminated: this.#last },
      ready: this.#ready,
      started: this.#started,
      restartCount: Math.max(0, this.#lives - 1),
    };
  }

  /** The log that is meant, or why there is none, as `validateContainerLogStatus` of the kubelet decides it. */
  log(previous: boolean): ContainerLog | string {
    const where = `container "${this.container.name}" in pod "${this.#around.pod().metadata.name}"`;
    const waiting = 'waiting' in this.#state;
    // While it waits to be started again, its last life is the previous one.
    const log = previous && !waiting ? this.#previousLog : this.#log;
    if (log !== undefined) return log;
    if (previous) return `previous terminated ${where} not found`;
    const reason = 'waiting' in this.#state ? this.#state.waiting.reason : '';
    switch (reason) {
      case 'ErrImagePull':
        return `${where} is waiting to start: image can't be pulled`;
      case 'ImagePullBackOff':
        return `${where} is waiting to start: trying and failing to pull image`;
      default:
        return `${where} is waiting to start: ${reason}`;
    }
  }

  /** Starts it, again and again as the pod's policy wants; returns after its last end. */
  async run(restarts: 'always' | 'on-failure' | 'never'): Promise<void> {
    for (let backOff = 0; ; backOff = nextBackOff(backOff)) {
      const end = await this.#life();
      if (end === null || this.#around.stop.aborted) return;
      if (restarts === 'never' || (restarts === 'on-failure' && end.exitCode === 0)) return;
      // After its first end it is started again as soon as the end has been seen.
      if (!(await (backOff === 0 ? this.#wait(relistMs) : this.#backOff(backOff)))) return;
    }
  }

  /** Pulls, creates, starts, lives. Null: the pod was stopped before it could run. */
  async #life(): Promise<End | null> {
    if (!(await this.#pulled()) || !(await this.#configured())) return null;
    const behaviour = await this.#created();
    if (behaviour === null) return null;
    this.#lives++;
    this.#id = `containerd://${randomBytes(32).toString('hex')}`;
    this.#event('Normal', 'Created', `Created container: ${this.container.name}`);
    const startedAt = timestamp();
    this.#previousLog = this.#log;
    this.#log = new ContainerLog();
    if (behaviour.kind === 'start-fails') return await this.#startFailed(behaviour.message, startedAt);
    this.#event('Normal', 'Started', `Started container ${this.container.name}`);
    this.#become({ running: { startedAt } });
    if ('log' in behaviour && behaviour.log !== undefined) this.#log.write(behaviour.log);
    const end = await live(behaviour, {
      ...this.#around,
      container: this.container,
      stand: (started, ready) => this.#stand(started, ready),
    });
    this.#log.end();
    this.#end(end, startedAt);
    return end;
  }

  async #pulled(): Promise<boolean> {
    const { image } = this.container;
    if (this.#imageId !== '') {
      this.#event('Normal', 'Pulled', `Container image "${image}" already present on machine`);
      return true;
    }
    for (let backOff = firstBackOffMs; ; backOff = nextBackOff(backOff)) {
      const invalid = invalidImageName(image);
      if (invalid !== null) {
        const message = `Failed to apply default image tag "${image}": couldn't parse image name "${image}": ${invalid}`;
        this.#event('Warning', 'InspectFailed', message);
        this.#fail('InvalidImageName', message, 'InvalidImageName');
        if (!(await this.#wait(syncMs))) return false;
        continue;
      }
      this.#event('Normal', 'Pulling', `Pulling image "${image}"`);
      const behaviour = this.#around.behaviour();
      const startMs = behaviour.kind === 'runs' ? (behaviour.startMs ?? 30) : 30;
      if (!(await pause(startMs, this.#around.stop))) return false;
      if (behaviour.kind !== 'pull-fails') {
        this.#imageId = imageIdOf(image);
        const took = `${startMs}ms (${startMs}ms including waiting)`;
        this.#event(
          'Normal',
          'Pulled',
          `Successfully pulled image "${image}" in ${took}. Image size: 4096 bytes.`,
        );
        return true;
      }
      const message = behaviour.message ?? notFound(image);
      this.#event('Warning', 'Failed', `Failed to pull image "${image}": ${message}`);
      this.#fail('ErrImagePull', message, 'ErrImagePull');
      if (!(await this.#wait(pullErrorMs))) return false;
      this.#event('Normal', 'BackOff', `Back-off pulling image "${image}"`);
      this.#fail(
        'ImagePullBackOff',
        `Back-off pulling image "${image}": ErrImagePull: ${message}`,
        'ImagePullBackOff',
      );
      if (!(await this.#wait(backOff))) return false;
    }
  }

  async #configured(): Promise<boolean> {
    for (;;) {
      const behaviour = this.#around.behaviour();
      const scripted = behaviour.kind === 'config-fails' ? behaviour.message : null;
      const message = scripted ?? (await this.#around.environmentProblem());
      if (message === null) return true;
      this.#fail('CreateContainerConfigError', message, message);
      if (!(await this.#wait(syncMs))) return false;
    }
  }

  /** How it will behave. */
  async #created(): Promise<Behaviour | null> {
    for (;;) {
      const behaviour = this.#around.behaviour();
      if (this.#around.stop.aborted) return null;
      if (behaviour.kind !== 'create-fails') return behaviour;
      this.#fail('CreateContainerError', behaviour.message, behaviour.message);
      if (!(await this.#wait(syncMs))) return null;
    }
  }

  /** The runtime keeps a container that it could not start as one that ended with 128; the kubelet says it is waiting. */
  async #startFailed(message: string, startedAt: string): Promise<End | null> {
    const end: End = { exitCode: 128, reason: 'StartError', message };
    this.#log?.end();
    this.#last = this.#terminated(end, startedAt);
    this.#fail('RunContainerError', message, message);
    return (await this.#wait(pullErrorMs)) ? end : null;
  }

  async #backOff(milliseconds: number): Promise<boolean> {
    if (!(await this.#wait(relistMs))) return false;
    const { name } = this.container;
    const pod = describePod(this.#around.pod());
    this.#last = 'terminated' in this.#state ? this.#state.terminated : this.#last;
    this.#event('Warning', 'BackOff', `Back-off restarting failed container ${name} in pod ${pod}`);
    const message = `back-off ${goDuration(milliseconds)} restarting failed container=${name} pod=${pod}`;
    this.#become({ waiting: { reason: 'CrashLoopBackOff', message } });
    return await this.#wait(milliseconds);
  }

  #end(end: End, startedAt: string): void {
    this.#ready = this.#init && end.exitCode === 0;
    this.#started = false;
    this.#become({ terminated: this.#terminated(end, startedAt) });
  }

  #terminated(end: End, startedAt: string): Terminated {
    return { ...end, startedAt, finishedAt: timestamp(), containerID: this.#id ?? '' };
  }

  /** An init container that is no sidecar is ready when it has done its work. */
  #stand(started: boolean, ready: boolean): void {
    this.#started = started;
    this.#ready = ready && !(this.#init && this.container.restartPolicy !== 'Always');
    this.#around.changed();
  }

  #become(state: ContainerState): void {
    if ('running' in state && 'terminated' in this.#state) this.#last = this.#state.terminated;
    this.#state = state;
    this.#around.changed();
  }

  /** It waits for `reason`; the event says `error`. */
  #fail(reason: string, message: string, error: string): void {
    this.#event('Warning', 'Failed', `Error: ${error}`);
    this.#ready = false;
    this.#started = false;
    this.#become({ waiting: { reason, message } });
  }

  #event(severity: Severity, reason: string, message: string): void {
    this.#around.event(severity, reason, message);
  }

  #wait(milliseconds: number): Promise<boolean> {
    return pause(milliseconds / this.#around.speed, this.#around.stop);
  }
}

function nextBackOff(before: number): number {
  return before === 0 ? firstBackOffMs : Math.min(before * 2, longestBackOffMs);
}

/** As Go writes durations of whole seconds: `10s`, `1m20s`, `5m0s`. */
function goDuration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
