/**
 * Objects of one kind as they are now: listed, then watched from there on, and listed anew where the server has forgotten.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */

import {
  isKubeObject,
  type Json,
  type KubeObject,
  objectAt,
  textAt,
} from '../../../../core/kubernetes/index.ts';
import type { KubeApi } from './api.ts';
import { ApiFailure, statusCode } from './failure.ts';
import type { Selection, Serves } from './options.ts';

export interface MirrorOptions {
  readonly resource: Serves;
  readonly namespace: string | null;
  readonly selection: Selection;
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Called after each change, and when the state of the connection changes. */
  readonly changed: () => void;
  readonly signal: AbortSignal;
  /** Ends the first list, as `signal` does. */
  readonly opening?: AbortSignal;
}

/** Between attempts while the server cannot be reached. */
const pauseMs = 1000;
const longestPauseMs = 10_000;

export class Mirror {
  /** By uid. */
  readonly objects = new Map<string, KubeObject>();
  /** Null: it is up to date as far as is known. Else why it may not be. */
  trouble: ApiFailure | null = null;
  private readonly api: KubeApi;
  private readonly options: MirrorOptions;

  private constructor(api: KubeApi, options: MirrorOptions) {
    this.api = api;
    this.options = options;
  }

  /** Returns after the first list; goes on until the signal. @throws ApiFailure of the first list. */
  static async start(api: KubeApi, options: MirrorOptions): Promise<Mirror> {
    const mirror = new Mirror(api, options);
    const version = await mirror.relist(options.opening);
    void mirror.follow(version);
    return mirror;
  }

  /** Looks anew, whatever the watch has told so far. @throws ApiFailure */
  async refresh(signal: AbortSignal): Promise<void> {
    await this.relist(signal);
  }

  get all(): readonly KubeObject[] {
    return [...this.objects.values()];
  }

  private async relist(earlier?: AbortSignal): Promise<string> {
    const { resource, namespace, selection, signal: whole, changed } = this.options;
    const signal = earlier === undefined ? whole : AbortSignal.any([whole, earlier]);
    const { items, resourceVersion } = await this.api.list(resource, namespace, selection, signal);
    this.objects.clear();
    for (const item of items) this.objects.set(item.metadata.uid ?? item.metadata.name, item);
    this.trouble = null;
    changed();
    return resourceVersion;
  }

  /** Never rejects. */
  private async follow(from: string): Promise<void> {
    const { signal, sleep, changed } = this.options;
    let version: string | null = from;
    let failures = 0;
    while (!signal.aborted) {
      try {
        version ??= await this.relist();
        const next = await this.watchFrom(version);
        // Something stands between that ends watches at once: it is not asked in a circle.
        if (next === version) await sleep(pauseMs, signal);
        version = next;
        failures = 0;
        this.trouble = null;
      } catch (error) {
        if (signal.aborted) return;
        const failure = error instanceof ApiFailure ? error : unexpected(error);
        failures += 1;
        // 410: older than what the server still knows; a list mends it, unless it is so again and again.
        if (failure.code === 410) {
          version = null;
          if (failures > 1) await sleep(Math.min(longestPauseMs, pauseMs * failures), signal);
          continue;
        }
        this.trouble = failure;
        changed();
        // A watch that was lost may have missed what the list knows.
        version = null;
        await sleep(Math.min(longestPauseMs, pauseMs * failures), signal);
      }
    }
  }

  /** Until the server ends the watch; the version to go on from. */
  private async watchFrom(from: string): Promise<string> {
    const { resource, namespace, selection, signal, changed } = this.options;
    let version = from;
    for await (const event of this.api.watch(resource, namespace, selection, version, signal)) {
      const type = textAt(event, 'type');
      const object: Json = objectAt(event, 'object');
      if (type === 'ERROR') throw errorOf(object);
      version = textAt(object, 'metadata', 'resourceVersion') || version;
      this.trouble = null;
      if (type === 'BOOKMARK' || !isKubeObject(object)) continue;
      const uid = object.metadata.uid ?? object.metadata.name;
      if (type === 'DELETED') this.objects.delete(uid);
      else if (!isOlder(object, this.objects.get(uid))) this.objects.set(uid, object);
      changed();
    }
    return version;
  }
}

/** A watch may tell late of what a list has told already. Versions grow (KEP-5504); what is no number says nothing. */
function isOlder(object: KubeObject, known: KubeObject | undefined): boolean {
  const [a, b] = [object.metadata.resourceVersion ?? '', known?.metadata.resourceVersion ?? ''];
  return /^\d+$/.test(a) && /^\d+$/.test(b) && BigInt(a) < BigInt(b);
}

function errorOf(status: Json): ApiFailure {
  const said = textAt(status, 'message');
  return new ApiFailure(`the API server ends the watch: ${said}`, {
    code: statusCode(status),
    reason: textAt(status, 'reason'),
    said,
  });
}

function unexpected(error: unknown): ApiFailure {
  const said = error instanceof Error ? error.message : String(error);
  return new ApiFailure(said, { code: null, reason: 'Unknown', said });
}
