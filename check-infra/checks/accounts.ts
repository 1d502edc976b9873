/** Service accounts, and Secrets that roles may read. */

import {
  isObject,
  type Json,
  type JsonObject,
  type KubeObject,
  listAt,
  textAt,
} from '../../core/kubernetes/index.ts';
import type { Check, Infra } from '../infra.ts';
import {
  accountOf,
  type Found,
  isIncomplete,
  isSameNamespace,
  isTogether,
  named,
  namespaceOf,
  objectsOf,
  type Problem,
  type Workload,
  workloadsOf,
} from './objects.ts';

export const unusedAccount: Check = {
  name: 'service-account-unused',
  refuses: 'a ServiceAccount that no pod runs under: the pods run as `default`, and its rights reach nobody',
  run: (infra) =>
    named(
      'service-account-unused',
      objectsOf(infra, 'ServiceAccount').flatMap((found) => unusedIn(infra, found)),
    ),
};

function unusedIn(infra: Infra, found: Found): Problem[] {
  const { object, place } = found;
  const { name } = object.metadata;
  const isUsed = objectsOf(infra).some(
    (other) => isSameNamespace(other.object, object) && usesAccount(other.object, name),
  );
  // Without pods in its namespace there is nothing that could run under it: they are applied with something else.
  const workloads = workloadsOf(infra).filter((workload) => isTogether(workload, found));
  if (isUsed || name === 'default' || workloads.length === 0 || isIncomplete(infra)) return [];
  if (isBound(infra, object) && isForOthers(name, workloads)) return [];
  return [
    {
      place,
      message: `no pod runs under the ServiceAccount ${name}`,
      mend: `set \`serviceAccountName: ${name}\` in the pods that it is for, or take it away`,
    },
  ];
}

/** As those of pipelines are called, and of people. */
const outside =
  /(?:^|[-_.])(?:ci|cd|deploy\w*|pipelines?|github\w*|gitlab\w*|jenkins|argo\w*|flux|runners?|users?|admins?|(?:ro)?bot|operators?)(?:$|[-_.])/i;

/** One that has rights may be for somebody outside, as a pipeline, or for pods that an operator makes. */
function isForOthers(name: string, workloads: readonly Workload[]): boolean {
  const names = workloads.map(({ object: { metadata } }) => metadata.name);
  if (names.some((one) => /operator|controller/i.test(one))) return true;
  if (names.some((one) => name.includes(one) || one.includes(name))) return false;
  // Who says no account runs under `default`, without the rights that are there for somebody.
  return outside.test(name) || workloads.every(({ spec }) => accountOf(spec) !== 'default');
}

function isBound(infra: Infra, account: KubeObject): boolean {
  return objectsOf(infra, 'RoleBinding', 'ClusterRoleBinding').some(({ object }) =>
    listAt(object, 'subjects').some(
      (subject) =>
        textAt(subject, 'kind') === 'ServiceAccount' &&
        textAt(subject, 'name') === account.metadata.name &&
        (textAt(subject, 'namespace') || namespaceOf(object)) === namespaceOf(account),
    ),
  );
}

/** Wherever it is said: operators have fields for it in their own objects. A Secret with its token is for somebody outside. */
function usesAccount(object: JsonObject, name: string): boolean {
  if (textAt(object, 'metadata', 'annotations', 'kubernetes.io/service-account.name') === name) return true;
  return holdsAccount(object.spec, name);
}

function holdsAccount(value: Json | undefined, name: string): boolean {
  if (Array.isArray(value)) return value.some((one: Json) => holdsAccount(one, name));
  if (!isObject(value)) return false;
  return Object.entries(value).some(
    ([key, below]) =>
      (/^serviceAccount(?:Name|Ref)?$/.test(key) && (below === name || textAt(below, 'name') === name)) ||
      holdsAccount(below, name),
  );
}

export const allSecrets: Check = {
  name: 'role-reads-all-secrets',
  refuses: 'a Role that may read every Secret, and an account that may do everything',
  run: (infra) =>
    named('role-reads-all-secrets', [
      ...objectsOf(infra, 'Role', 'ClusterRole').flatMap(readsAllIn),
      ...objectsOf(infra, 'RoleBinding', 'ClusterRoleBinding').flatMap(boundToAll),
    ]),
};

const readingVerbs = new Set(['get', 'list', 'watch', '*']);

/**
 * Controllers of these read the Secrets that such objects name, which may be any: they cannot do with less. As ingress-nginx and
 * cert-manager are given. Whoever is a controller writes the objects' status, too.
 */
const namingSecrets = ['ingresses', 'gateways', 'certificates'];

function readsAllIn({ object, place }: Found): Problem[] {
  // Of Kubernetes itself, as `kubectl get --output yaml` writes them.
  if (textAt(object, 'metadata', 'labels', 'kubernetes.io/bootstrapping') === 'rbac-defaults') return [];
  const rules = listAt(object, 'rules');
  const may = (resource: string, verbs: readonly string[]): boolean =>
    rules.some(
      (rule) =>
        listAt(rule, 'resources').includes(resource) &&
        verbs.some((verb) => has(listAt(rule, 'verbs'), verb)),
    );
  const isController = namingSecrets.some(
    (kind) => may(kind, ['watch']) && may(`${kind}/status`, ['update', 'patch']),
  );
  return rules.flatMap((rule, index): Problem[] => {
    const resources = listAt(rule, 'resources');
    const isSecrets = has(resources, 'secrets') && has(listAt(rule, 'apiGroups'), '');
    const verbs = listAt(rule, 'verbs')
      .map(String)
      .filter((verb) => readingVerbs.has(verb));
    if (!isSecrets || verbs.length === 0 || listAt(rule, 'resourceNames').length > 0) return [];
    if (isController && !resources.includes('*')) return [];
    return [
      {
        place,
        message: `rule ${index + 1} of ${object.kind}/${object.metadata.name} may ${verbs.join(', ').replace('*', 'do anything with')} every Secret`,
        mend: 'name those that are needed in `resourceNames`, with the verb `get` alone; pods get theirs by volumes and variables, without any right',
      },
    ];
  });
}

/** Roles of the cluster's own that read Secrets; `view` does not: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles */
const readingRoles: Readonly<Record<string, string>> = {
  'cluster-admin': 'do everything, and so read every Secret',
  admin: 'read every Secret, as the ClusterRole admin does',
  edit: 'read every Secret, as the ClusterRole edit does',
};

function boundToAll({ object, place }: Found): Problem[] {
  const role = textAt(object, 'roleRef', 'name');
  const what = Object.hasOwn(readingRoles, role) ? readingRoles[role] : undefined;
  if (what === undefined || textAt(object, 'roleRef', 'kind') !== 'ClusterRole') return [];
  return listAt(object, 'subjects').flatMap((subject): Problem[] => {
    if (textAt(subject, 'kind') !== 'ServiceAccount') return [];
    const name = `${textAt(subject, 'namespace') || namespaceOf(object)}/${textAt(subject, 'name')}`;
    return [
      {
        place,
        message: `${object.kind}/${object.metadata.name} lets the ServiceAccount ${name} ${what}`,
        mend: 'bind a Role with what it needs',
      },
    ];
  });
}

/** `*` stands for all. */
export function has(list: readonly Json[], item: string): boolean {
  return list.some((one) => one === item || one === '*');
}
