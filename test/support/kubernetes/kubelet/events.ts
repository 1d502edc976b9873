/** Events as the kubelet records them: the same thing said again raises the count of the event that there is. */

import { randomBytes } from 'node:crypto';
import type { KubeApi } from '../api.ts';
import { type Container, type Pod, timestamp } from './pod-types.ts';

export type Severity = 'Normal' | 'Warning';

export class EventRecorder {
  readonly #api: KubeApi;
  readonly #node: string;
  readonly #told = new Map<string, { readonly path: string; count: number }>();
  /** One after the other, so that they are stored in the order in which they happened. */
  #last: Promise<void> = Promise.resolve();

  constructor(api: KubeApi, node: string) {
    this.#api = api;
    this.#node = node;
  }

  /** `container`: what the event is about, if not the pod as a whole. */
  record(pod: Pod, severity: Severity, reason: string, message: string, container?: Container): void {
    this.#last = this.#last.then(() => this.#store(pod, severity, reason, message, container));
    // A namespace that is going takes no events; nobody reads them any more.
    this.#last = this.#last.catch(() => undefined);
  }

  /** When all are stored. */
  settled(): Promise<void> {
    return this.#last;
  }

  async #store(
    pod: Pod,
    severity: Severity,
    reason: string,
    message: string,
    container?: Container,
  ): Promise<void> {
    const { name, namespace, uid, resourceVersion } = pod.metadata;
    const init = pod.spec.initContainers?.some((one) => one.name === container?.name) ?? false;
    const fieldPath =
      container === undefined
        ? undefined
        : `spec.${init ? 'initContainers' : 'containers'}{${container.name}}`;
    const key = [uid, fieldPath, reason, message].join('\n');
    const now = timestamp();
    const before = this.#told.get(key);
    if (before !== undefined) {
      before.count++;
      await this.#api.call('PATCH', before.path, { count: before.count, lastTimestamp: now });
      return;
    }
    const folder = `/api/v1/namespaces/${namespace}/events`;
    const event = `${name}.${randomBytes(8).toString('hex')}`;
    await this.#api.create(folder, {
      metadata: { name: event },
      involvedObject: {
        apiVersion: 'v1',
        kind: 'Pod',
        name,
        namespace,
        uid,
        resourceVersion,
        ...(fieldPath === undefined ? {} : { fieldPath }),
      },
      type: severity,
      reason,
      message,
      source: { component: 'kubelet', host: this.#node },
      reportingComponent: 'kubelet',
      reportingInstance: this.#node,
      count: 1,
      firstTimestamp: now,
      lastTimestamp: now,
    });
    this.#told.set(key, { path: `${folder}/${event}`, count: 1 });
  }
}
