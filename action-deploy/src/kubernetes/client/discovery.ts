/**
 * What kinds the cluster knows, and where they are served.
 * https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api
 */

import { nearest } from '../../../../core/gate/index.ts';
import { type Json, type JsonObject, listAt, textAt } from '../../../../core/kubernetes/index.ts';

export interface Resource {
  /** Empty: the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** As it stands in the path: `deployments`. */
  readonly plural: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

export function apiVersionOf({ group, version }: Pick<Resource, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`;
}

/** `deployments.apps` */
export function resourceName({ plural, group }: Pick<Resource, 'plural' | 'group'>): string {
  return group === '' ? plural : `${plural}.${group}`;
}

/** `/apis/apps/v1/namespaces/prod/deployments/web` */
export function pathOf(
  resource: Pick<Resource, 'group' | 'version' | 'plural' | 'namespaced'>,
  namespace: string | null,
  name?: string,
): string {
  const root = resource.group === '' ? `/api/${resource.version}` : `/apis/${apiVersionOf(resource)}`;
  const within =
    resource.namespaced && namespace !== null ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}${within}/${resource.plural}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
}

/** With it a server gives all groups at once; one that does not know it gives the old documents. */
export const discoveryAccept = [
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
  'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList',
  'application/json',
].join(',');

export type Fetch = (path: string, accept?: string) => Promise<Json>;

export class Discovery {
  private readonly resources: readonly Resource[];
  /** Groups that their servers did not describe. */
  readonly stale: readonly string[];

  constructor(resources: readonly Resource[], stale: readonly string[] = []) {
    this.resources = resources;
    this.stale = stale;
  }

  find(apiVersion: string, kind: string): Resource | null {
    return (
      this.resources.find((resource) => resource.kind === kind && apiVersionOf(resource) === apiVersion) ??
      null
    );
  }

  /** As kubectl says it, with what may have been meant. */
  unknown(apiVersion: string, kind: string): string {
    const sentence = `no matches for kind "${kind}" in version "${apiVersion}"`;
    const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
    const sameKind = this.resources.filter((resource) => resource.kind === kind).map(apiVersionOf);
    if (sameKind.length > 0)
      return `${sentence}; the cluster has ${kind} in ${[...new Set(sameKind)].join(', ')}`;
    const stale = this.stale.includes(`${group}`);
    if (stale) return `${sentence}; the server of the API group ${group} does not answer`;
    const inGroup = this.resources.filter((resource) => resource.group === group);
    const near = nearest(
      kind,
      inGroup.map(({ kind: name }) => name),
    );
    const found = inGroup.find((resource) => resource.kind === near);
    return found === undefined
      ? `${sentence}; install its CustomResourceDefinition first, or add it to what is deployed`
      : `${sentence}; did you mean ${found.kind} (${apiVersionOf(found)})?`;
  }

  /** For Helm's `--api-versions`: `apps/v1` and `apps/v1/Deployment`. */
  get capabilities(): readonly string[] {
    const found = new Set<string>();
    for (const resource of this.resources) {
      found.add(apiVersionOf(resource));
      found.add(`${apiVersionOf(resource)}/${resource.kind}`);
    }
    return [...found].sort();
  }
}

/** @throws ApiFailure when the server does not answer. */
export async function discover(fetch: Fetch): Promise<Discovery> {
  const [core, groups] = await Promise.all([fetch('/api', discoveryAccept), fetch('/apis', discoveryAccept)]);
  const isAggregated = [core, groups].every((answer) => textAt(answer, 'kind') === 'APIGroupDiscoveryList');
  if (isAggregated) {
    const items = [...listAt(core, 'items'), ...listAt(groups, 'items')];
    return new Discovery(items.flatMap(ofGroup), items.filter(isStale).map(nameOf));
  }
  return byGroup(fetch, core, groups);
}

function nameOf(group: Json): string {
  return textAt(group, 'metadata', 'name');
}

function isStale(group: Json): boolean {
  return listAt(group, 'versions').some((version) => textAt(version, 'freshness') === 'Stale');
}

function ofGroup(group: Json): Resource[] {
  return listAt(group, 'versions').flatMap((version) =>
    listAt(version, 'resources').map((resource) => ({
      group: nameOf(group),
      version: textAt(version, 'version'),
      kind: textAt(resource, 'responseKind', 'kind'),
      plural: textAt(resource, 'resource'),
      namespaced: textAt(resource, 'scope') === 'Namespaced',
      verbs: listAt(resource, 'verbs').map(String),
    })),
  );
}

/** Servers before 1.26: one document for each group and version. One that fails is left out, as kubectl does. */
async function byGroup(fetch: Fetch, core: Json, groups: Json): Promise<Discovery> {
  const places = [
    ...listAt(core, 'versions').map((version) => ({ group: '', version: String(version) })),
    ...listAt(groups, 'groups').flatMap((group) =>
      listAt(group, 'versions').map((version) => ({
        group: textAt(group, 'name'),
        version: textAt(version, 'version'),
      })),
    ),
  ];
  const stale: string[] = [];
  const lists = await Promise.all(
    places.map(async ({ group, version }) => {
      const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
      try {
        const list = await fetch(path);
        return listAt(list, 'resources').flatMap((resource) => ofList(resource, group, version));
      } catch {
        stale.push(group);
        return [];
      }
    }),
  );
  return new Discovery(lists.flat(), stale);
}

function ofList(resource: Json, group: string, version: string): Resource[] {
  const plural = textAt(resource, 'name');
  // `deployments/scale` is a subresource.
  if (plural.includes('/')) return [];
  return [
    {
      group,
      version,
      kind: textAt(resource, 'kind'),
      plural,
      namespaced: (resource as JsonObject).namespaced === true,
      verbs: listAt(resource, 'verbs').map(String),
    },
  ];
}
