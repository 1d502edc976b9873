/** The verbs of the Kubernetes API that a rollout needs. */

import {
  isKubeObject,
  isObject,
  type Json,
  type KubeObject,
  listAt,
  textAt,
} from '../../../../core/kubernetes/index.ts';
import { type ApiWorld, Calls, parse } from './calls.ts';
import type { Connection } from './connection.ts';
import { apiVersionOf, type Discovery, discover, pathOf } from './discovery.ts';
import { ApiFailure, type Asked, conflictsOnlyWith } from './failure.ts';
import {
  type ApplyOptions,
  askedFor,
  type DeleteOptions,
  type Listing,
  type LogOptions,
  queryOf,
  type Selection,
  type Serves,
} from './options.ts';

/** Who owns the fields that are applied: managedFields name it. */
export const fieldManager = 'ml-gates-deploy';

/** Admission webhooks may take 30 s each. */
const timeoutMs = 60_000;
/** Of a watch: short, since a connection that a middlebox has dropped is silent, too. */
const watchSeconds = 60;
const pageSize = 500;
const mostLogBytes = 256 * 1024;

export class KubeApi {
  readonly connection: Connection;
  private readonly calls: Calls;
  private known: Promise<Discovery> | null = null;

  constructor(connection: Connection, world: ApiWorld) {
    this.connection = connection;
    this.calls = new Calls(connection, world);
  }

  close(): void {
    this.calls.close();
  }

  /** `1.33.13`, from `/version`. @throws ApiFailure */
  async version(signal: AbortSignal): Promise<string> {
    const answer = await this.raw('/version', signal);
    return textAt(answer, 'gitVersion').replace(/^v/, '');
  }

  /** Asked once; `again` after a CustomResourceDefinition was made. @throws ApiFailure */
  discovery(signal: AbortSignal, again = false): Promise<Discovery> {
    if (again) this.known = null;
    this.known ??= discover((path, accept) => this.raw(path, signal, accept)).catch((error: unknown) => {
      this.known = null;
      throw error;
    });
    return this.known;
  }

  /** Null: there is none. @throws ApiFailure */
  async get(
    resource: Serves,
    namespace: string | null,
    name: string,
    signal: AbortSignal,
  ): Promise<KubeObject | null> {
    const asked = askedFor('get', resource, namespace, name);
    const response = await this.calls.send(
      { method: 'GET', path: pathOf(resource, namespace, name), timeoutMs, signal },
      asked,
    );
    if (response.status === 404) return null;
    return this.calls.objectOf(response, asked);
  }

  /** All of them, page by page. @throws ApiFailure */
  async list(
    resource: Serves,
    namespace: string | null,
    selection: Selection,
    signal: AbortSignal,
  ): Promise<Listing> {
    const asked = askedFor('list', resource, namespace, null);
    for (let round = 0; ; round++) {
      try {
        return await this.pages(resource, namespace, selection, asked, signal);
      } catch (error) {
        // A page's token has expired: from the first page on once more.
        if (!(error instanceof ApiFailure) || error.code !== 410 || round > 1) throw error;
      }
    }
  }

  /**
   * Makes what is not there; 409 where it is. After a lost answer that may be the caller's own: it must tell by the object.
   * @throws ApiFailure
   */
  async create(resource: Serves, object: KubeObject, signal: AbortSignal): Promise<KubeObject> {
    const namespace = object.metadata.namespace ?? null;
    const asked = askedFor('create', resource, namespace, object.metadata.name);
    const response = await this.calls.send(
      {
        method: 'POST',
        path: `${pathOf(resource, namespace)}?${new URLSearchParams({ fieldManager })}`,
        body: JSON.stringify(object),
        timeoutMs,
        signal,
      },
      asked,
    );
    return this.calls.objectOf(response, asked);
  }

  /** Server-side apply. @throws ApiFailure */
  async apply(
    resource: Serves,
    object: KubeObject,
    options: ApplyOptions,
    signal: AbortSignal,
  ): Promise<KubeObject> {
    try {
      return await this.applyOnce(resource, object, options, signal);
    } catch (error) {
      // A rollback that was killed leaves fields that this manager has patched: those it may take from itself.
      const isOwn = error instanceof ApiFailure && conflictsOnlyWith(fieldManager, error.causes);
      if (!isOwn) throw error;
      return this.applyOnce(resource, object, { ...options, force: true }, signal);
    }
  }

  private async applyOnce(
    resource: Serves,
    object: KubeObject,
    options: ApplyOptions,
    signal: AbortSignal,
  ): Promise<KubeObject> {
    const namespace = object.metadata.namespace ?? null;
    const { name } = object.metadata;
    const asked = askedFor('patch', resource, namespace, name);
    const query = new URLSearchParams({ fieldManager, fieldValidation: 'Strict' });
    if (options.force === true) query.set('force', 'true');
    if (options.dryRun === true) query.set('dryRun', 'All');
    const response = await this.calls.send(
      {
        method: 'PATCH',
        path: `${pathOf(resource, namespace, name)}?${query}`,
        // JSON is YAML.
        contentType: 'application/apply-patch+yaml',
        body: JSON.stringify(object),
        timeoutMs,
        signal,
      },
      asked,
    );
    return this.calls.objectOf(response, asked);
  }

  /** A JSON patch (RFC 6902), which should test the resourceVersion that it was made for. @throws ApiFailure */
  async patch(
    resource: Serves,
    namespace: string | null,
    name: string,
    operations: readonly Json[],
    signal: AbortSignal,
  ): Promise<KubeObject> {
    const asked = askedFor('patch', resource, namespace, name);
    const response = await this.calls.send(
      {
        method: 'PATCH',
        path: `${pathOf(resource, namespace, name)}?${new URLSearchParams({ fieldManager })}`,
        contentType: 'application/json-patch+json',
        body: JSON.stringify(operations),
        timeoutMs,
        signal,
      },
      asked,
    );
    return this.calls.objectOf(response, asked);
  }

  /** Just the object of this uid, and what it owns; none such is no error. False: it is another one by now. @throws ApiFailure */
  async delete(
    resource: Serves,
    namespace: string | null,
    name: string,
    uid: string | null,
    signal: AbortSignal,
    { dryRun = false, resourceVersion }: DeleteOptions = {},
  ): Promise<boolean> {
    const asked = askedFor('delete', resource, namespace, name);
    const body = {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      propagationPolicy: 'Background',
      ...(dryRun ? { dryRun: ['All'] } : {}),
      ...(uid === null
        ? {}
        : { preconditions: { uid, ...(resourceVersion === undefined ? {} : { resourceVersion }) } }),
    };
    const response = await this.calls.send(
      {
        method: 'DELETE',
        path: pathOf(resource, namespace, name),
        body: JSON.stringify(body),
        timeoutMs,
        signal,
      },
      asked,
    );
    // 409: another object has taken its name, or it is not of this version any more.
    if (response.status === 409) return false;
    if (response.status !== 404) this.calls.refuse(response, asked);
    return true;
  }

  /** The last lines, oldest first. @throws ApiFailure */
  async logs(namespace: string, pod: string, options: LogOptions, signal: AbortSignal): Promise<string[]> {
    const asked: Asked = { verb: 'get', resource: 'pods/log', group: '', namespace, name: pod };
    const query = new URLSearchParams({
      container: options.container,
      previous: String(options.previous),
      tailLines: String(options.lines),
      limitBytes: String(mostLogBytes),
    });
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log?${query}`;
    const response = await this.calls.send({ method: 'GET', path, accept: '*/*', timeoutMs, signal }, asked);
    this.calls.refuse(response, asked);
    return response.body.split('\n').filter((line) => line !== '');
  }

  /**
   * What happens to the objects from the version on, one JSON object a line, until the server ends it.
   * @throws ApiFailure, at once or from the lines.
   */
  async *watch(
    resource: Serves,
    namespace: string | null,
    selection: Selection,
    resourceVersion: string,
    signal: AbortSignal,
  ): AsyncGenerator<Json> {
    const asked = askedFor('watch', resource, namespace, null);
    const query = queryOf(selection);
    query.set('watch', 'true');
    query.set('allowWatchBookmarks', 'true');
    query.set('resourceVersion', resourceVersion);
    query.set('timeoutSeconds', String(watchSeconds));
    yield* this.calls.lines(
      {
        method: 'GET',
        path: `${pathOf(resource, namespace)}?${query}`,
        timeoutMs: (watchSeconds + 15) * 1000,
        signal,
      },
      asked,
    );
  }

  private async pages(
    resource: Serves,
    namespace: string | null,
    selection: Selection,
    asked: Asked,
    signal: AbortSignal,
  ): Promise<Listing> {
    const items: KubeObject[] = [];
    for (let next = ''; ; ) {
      const query = queryOf(selection);
      query.set('limit', String(pageSize));
      if (next !== '') query.set('continue', next);
      const path = `${pathOf(resource, namespace)}?${query}`;
      const response = await this.calls.send({ method: 'GET', path, timeoutMs, signal }, asked);
      this.calls.refuse(response, asked);
      const list = parse(response.body);
      for (const item of listAt(list, 'items')) {
        // Items of a list do not name their kind.
        const whole = isObject(item)
          ? { ...item, apiVersion: apiVersionOf(resource), kind: resource.kind }
          : item;
        if (isKubeObject(whole)) items.push(whole);
      }
      next = textAt(list, 'metadata', 'continue');
      if (next === '') return { items, resourceVersion: textAt(list, 'metadata', 'resourceVersion') };
    }
  }

  private async raw(path: string, signal: AbortSignal, accept?: string): Promise<Json> {
    const asked: Asked = { verb: 'get', resource: path, group: '', namespace: null, name: null };
    const response = await this.calls.send(
      { method: 'GET', path, timeoutMs, signal, ...(accept === undefined ? {} : { accept }) },
      asked,
    );
    this.calls.refuse(response, asked);
    return parse(response.body);
  }
}
