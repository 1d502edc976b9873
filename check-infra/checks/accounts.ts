/** Service accounts and what they may do. */

import { at, type KubeObject, listAt, textAt } from '../../core/kubernetes/index.ts';
import type { Check, Infra, Release } from '../infra.ts';
import {
  accountOf,
  type Found,
  inRelease,
  isSameNamespace,
  named,
  objectsOf,
  type Problem,
  workloadsIn,
  workloadsOf,
} from './objects.ts';

export const unusedAccount: Check = {
  name: 'service-account-unused',
  refuses: 'a ServiceAccount that no pod runs under: the pods run as `default`, and its rights reach nobody',
  run: (infra) => named('service-account-unused', objectsOf(infra, 'ServiceAccount').flatMap(unusedIn)),
};

function unusedIn({ release, object, place }: Found): Problem[] {
  const { name } = object.metadata;
  const isUsed = workloadsIn(release).some(
    (workload) => accountOf(workload.spec) === name && isSameNamespace(workload.object, object),
  );
  if (isUsed || name === 'default') return [];
  return [
    {
      place,
      message: `no pod runs under the ServiceAccount ${name}`,
      mend: `set \`serviceAccountName: ${name}\` in the pods that it is for, or take it away`,
    },
  ];
}

/** Nothing but secrets by name is a right to some of them. */
export const allSecrets: Check = {
  name: 'role-reads-all-secrets',
  refuses: 'a Role that may read every Secret, without resourceNames',
  run: (infra) =>
    named('role-reads-all-secrets', [...objectsOf(infra, 'Role', 'ClusterRole')].flatMap(readsAllIn)),
};

const readingVerbs = new Set(['get', 'list', 'watch', '*']);

function readsAllIn({ object, place }: Found): Problem[] {
  return listAt(object, 'rules').flatMap((rule, index): Problem[] => {
    const isSecrets =
      has(listAt(rule, 'resources'), 'secrets') &&
      listAt(rule, 'apiGroups').some((group) => group === '' || group === '*');
    const verbs = listAt(rule, 'verbs')
      .map(String)
      .filter((verb) => readingVerbs.has(verb));
    // `list` and `watch` cannot be limited by names that are not asked for, `get` can.
    if (!isSecrets || verbs.length === 0 || listAt(rule, 'resourceNames').length > 0) return [];
    return [
      {
        place,
        message: `rule ${index + 1} of ${object.kind}/${object.metadata.name} may ${verbs.join(', ')} every Secret`,
        mend: 'name those that are needed in `resourceNames`, with the verb `get` alone; pods get theirs by volumes and variables, without any right',
      },
    ];
  });
}

function has(list: readonly unknown[], item: string): boolean {
  return list.some((one) => one === item || one === '*');
}

export const discoveryRights: Check = {
  name: 'discovery-without-rbac',
  refuses: 'a Prometheus that finds its targets by the API server, but may not list them',
  run: (infra) =>
    named(
      'discovery-without-rbac',
      infra.scrapes.flatMap((scrape) => discoveryIn(infra, scrape)),
    ),
};

const resourcesOfRole: Readonly<Record<string, readonly string[]>> = {
  pod: ['pods'],
  service: ['services'],
  endpoints: ['endpoints', 'services', 'pods'],
  endpointslice: ['endpointslices', 'services', 'pods'],
  node: ['nodes'],
  ingress: ['ingresses'],
};

function discoveryIn(infra: Infra, { place, value, release, text }: Infra['scrapes'][number]): Problem[] {
  if (release === null) return [];
  const roles = listAt(value, 'scrape_configs').flatMap((job) =>
    listAt(job, 'kubernetes_sd_configs').map((discovery) => ({
      job: textAt(job, 'job_name'),
      role: textAt(discovery, 'role'),
      isElsewhere: textAt(discovery, 'kubeconfig_file') !== '' || textAt(discovery, 'api_server') !== '',
    })),
  );
  const workload = workloadsOf(infra).find(
    (one) => one.release === release && mountsText(one.spec, release, text),
  );
  if (workload === undefined) return [];
  const account = accountOf(workload.spec);
  // An account that is made elsewhere gets its rights there, too.
  const isHere = inRelease(release, 'ServiceAccount').some(({ object }) => object.metadata.name === account);
  if (!isHere && account !== 'default') return [];
  return roles.flatMap(({ job, role, isElsewhere }): Problem[] => {
    if (isElsewhere) return [];
    const missing = (resourcesOfRole[role] ?? []).filter(
      (resource) =>
        !['list', 'watch'].every((verb) => may(release, workload.object, account, verb, resource)),
    );
    const hasToken =
      at(workload.spec, 'automountServiceAccountToken') ?? accountToken(release, workload.object, account);
    const why =
      missing.length > 0
        ? `the ServiceAccount ${account} may not list and watch ${missing.join(', ')}`
        : hasToken === false
          ? `its pods get no token of the ServiceAccount ${account}`
          : null;
    return why === null
      ? []
      : [
          {
            place,
            message: `the job ${job} finds targets by role ${role}, but ${why}`,
            mend:
              missing.length > 0
                ? `give ${account} a Role with get, list and watch on ${missing.join(', ')}, and a RoleBinding`
                : 'set `automountServiceAccountToken: true` in its pods',
          },
        ];
  });
}

function accountToken(release: Release, near: KubeObject, name: string): unknown {
  const found = inRelease(release, 'ServiceAccount').find(
    ({ object }) => object.metadata.name === name && isSameNamespace(object, near),
  );
  return found === undefined ? undefined : at(found.object, 'automountServiceAccountToken');
}

function mountsText(
  spec: KubeObject['metadata'] | Parameters<typeof at>[0],
  release: Release,
  text: string,
): boolean {
  return listAt(spec, 'volumes').some((volume) => {
    const name = textAt(volume, 'configMap', 'name');
    return inRelease(release, 'ConfigMap').some(
      ({ object }) => object.metadata.name === name && Object.values(at(object, 'data') ?? {}).includes(text),
    );
  });
}

/** By a RoleBinding in the pods' namespace, or a ClusterRoleBinding. */
function may(
  release: Release,
  workload: KubeObject,
  account: string,
  verb: string,
  resource: string,
): boolean {
  const bindings = inRelease(release, 'RoleBinding', 'ClusterRoleBinding').filter(({ object }) =>
    listAt(object, 'subjects').some(
      (subject) =>
        textAt(subject, 'kind') === 'ServiceAccount' &&
        textAt(subject, 'name') === account &&
        (textAt(subject, 'namespace') || object.metadata.namespace) === workload.metadata.namespace,
    ),
  );
  return bindings.some(({ object }) =>
    inRelease(release, 'Role', 'ClusterRole')
      .filter(
        (role) =>
          role.object.kind === textAt(object, 'roleRef', 'kind') &&
          role.object.metadata.name === textAt(object, 'roleRef', 'name'),
      )
      .some((role) =>
        listAt(role.object, 'rules').some(
          (rule) => has(listAt(rule, 'verbs'), verb) && has(listAt(rule, 'resources'), resource),
        ),
      ),
  );
}
