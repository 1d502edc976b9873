/** What Prometheus may ask the API server, where it finds its targets by it. */

import {
  at,
  type JsonObject,
  type KubeObject,
  listAt,
  objectAt,
  textAt,
} from '../../core/kubernetes/index.ts';
import type { Check, Infra, ScrapeFile } from '../infra.ts';
import { has } from './accounts.ts';
import {
  accountOf,
  type Found,
  inRelease,
  isSameNamespace,
  named,
  namespaceOf,
  objectsOf,
  type Problem,
  type Workload,
  workloadsIn,
} from './objects.ts';

export const discoveryRights: Check = {
  name: 'discovery-without-rbac',
  refuses: 'a Prometheus that finds its targets by the API server, but may not list them',
  run: (infra) =>
    named(
      'discovery-without-rbac',
      infra.scrapes.flatMap((scrape) => discoveryIn(infra, scrape)),
    ),
};

interface Resource {
  readonly group: string;
  readonly name: string;
}

const pods = { group: '', name: 'pods' };
const services = { group: '', name: 'services' };

/** https://prometheus.io/docs/prometheus/latest/configuration/configuration/#kubernetes_sd_config */
const resourcesOfRole: Readonly<Record<string, readonly Resource[]>> = {
  pod: [pods],
  service: [services],
  endpoints: [{ group: '', name: 'endpoints' }, services, pods],
  endpointslice: [{ group: 'discovery.k8s.io', name: 'endpointslices' }, services, pods],
  node: [{ group: '', name: 'nodes' }],
  ingress: [{ group: 'networking.k8s.io', name: 'ingresses' }],
};

function discoveryIn(infra: Infra, { place, value, release, text }: ScrapeFile): Problem[] {
  const workload = release === null ? undefined : workloadsIn(release).find((one) => mounts(one, text));
  if (release === null || workload === undefined) return [];
  const account = accountOf(workload.spec);
  const token = tokenProblem(infra, workload, account);
  const areRightsKnown = isKnown(infra, workload, account);
  return listAt(value, 'scrape_configs').flatMap((job) =>
    listAt(job, 'kubernetes_sd_configs').flatMap((discovery): Problem[] => {
      // Another cluster, with credentials of its own.
      if (textAt(discovery, 'kubeconfig_file') !== '' || textAt(discovery, 'api_server') !== '') return [];
      const role = textAt(discovery, 'role');
      const wanted = namespacesOf(discovery, namespaceOf(workload.object));
      const missing = areRightsKnown
        ? (resourcesOfRole[role] ?? []).filter(
            (resource) => !mayList(infra, workload, account, resource, role === 'node' ? null : wanted),
          )
        : [];
      const names = missing.map(({ name }) => name).join(', ');
      const where = wanted === null || role === 'node' ? 'in all namespaces' : `in ${wanted.join(', ')}`;
      const told = `the job ${textAt(job, 'job_name')} finds targets by role ${role}, but`;
      if (missing.length > 0) {
        const kind = where === 'in all namespaces' ? 'ClusterRole' : 'Role';
        return [
          {
            place,
            message: `${told} the ServiceAccount ${account} may not list and watch ${names} ${where}`,
            mend: `give ${account} a ${kind} with get, list and watch on ${names}, and a ${kind}Binding`,
          },
        ];
      }
      return token === null ? [] : [{ place, message: `${told} ${token}`, mend: tokenMend }];
    }),
  );
}

const tokenMend = 'set `automountServiceAccountToken: true` in its pods';

/** The pod's own word goes before the account's. */
function tokenProblem(infra: Infra, { spec, object }: Workload, account: string): string | null {
  const found = accountObject(infra, object, account);
  const said = at(spec, 'automountServiceAccountToken') ?? at(found, 'automountServiceAccountToken');
  const hasOwn = listAt(spec, 'volumes').some((volume) =>
    listAt(volume, 'projected', 'sources').some((source) => at(source, 'serviceAccountToken') !== undefined),
  );
  return said === false && !hasOwn ? `its pods get no token of the ServiceAccount ${account}` : null;
}

/** An account that is made elsewhere may have its rights from there as well. */
function isKnown(infra: Infra, { object }: Workload, account: string): boolean {
  return account === 'default' || accountObject(infra, object, account) !== undefined;
}

function accountObject(infra: Infra, workload: KubeObject, name: string): KubeObject | undefined {
  return objectsOf(infra, 'ServiceAccount').find(
    ({ object }) => object.metadata.name === name && isSameNamespace(object, workload),
  )?.object;
}

/** Null: all. */
function namespacesOf(discovery: Parameters<typeof listAt>[0], own: string): readonly string[] | null {
  const names = listAt(discovery, 'namespaces', 'names').map(String);
  const all = at(discovery, 'namespaces', 'own_namespace') === true ? [own, ...names] : names;
  return all.length === 0 ? null : all;
}

function mounts({ spec, release }: Workload, text: string): boolean {
  const names = listAt(spec, 'volumes').flatMap((volume) => [
    textAt(volume, 'configMap', 'name'),
    ...listAt(volume, 'projected', 'sources').map((source) => textAt(source, 'configMap', 'name')),
  ]);
  return inRelease(release, 'ConfigMap').some(
    ({ object }) =>
      names.includes(object.metadata.name) && Object.values(objectAt(object, 'data')).includes(text),
  );
}

function mayList(
  infra: Infra,
  { object }: Workload,
  account: string,
  resource: Resource,
  wanted: readonly string[] | null,
): boolean {
  const own = namespaceOf(object);
  const granting = objectsOf(infra, 'RoleBinding', 'ClusterRoleBinding').filter(
    (binding) => isFor(binding.object, account, own) && grants(infra, binding, resource),
  );
  if (granting.some((binding) => binding.object.kind === 'ClusterRoleBinding')) return true;
  return wanted?.every((namespace) => granting.some((one) => namespaceOf(one.object) === namespace)) ?? false;
}

function isFor(binding: JsonObject, account: string, namespace: string): boolean {
  return listAt(binding, 'subjects').some((subject) => {
    const name = textAt(subject, 'name');
    switch (textAt(subject, 'kind')) {
      case 'ServiceAccount':
        // The API server refuses one without a namespace; kustomize and charts write it.
        return name === account && (textAt(subject, 'namespace') || namespace) === namespace;
      case 'Group':
        return (
          name === 'system:authenticated' ||
          name === 'system:serviceaccounts' ||
          name === `system:serviceaccounts:${namespace}`
        );
      case 'User':
        return name === `system:serviceaccount:${namespace}:${account}`;
      default:
        return false;
    }
  });
}

function grants(infra: Infra, { object }: Found, { group, name }: Resource): boolean {
  const kind = textAt(object, 'roleRef', 'kind');
  const role = objectsOf(infra, kind).find(
    (one) =>
      one.object.metadata.name === textAt(object, 'roleRef', 'name') &&
      (kind === 'ClusterRole' || isSameNamespace(one.object, object)),
  );
  // One of the cluster's own (`view`), or one that the API server fills from others.
  if (role === undefined || at(role.object, 'aggregationRule') !== undefined) return kind === 'ClusterRole';
  return ['list', 'watch'].every((verb) =>
    listAt(role.object, 'rules').some(
      (rule) =>
        has(listAt(rule, 'verbs'), verb) &&
        has(listAt(rule, 'resources'), name) &&
        has(listAt(rule, 'apiGroups'), group),
    ),
  );
}
