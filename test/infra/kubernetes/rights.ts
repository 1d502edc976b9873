/** What somebody may do, as the API server itself answers it: over every resource that it serves, and every verb. */

import { KubeApi } from '../../support/kubernetes/api.ts';
import type { ControlPlane } from '../../support/kubernetes/index.ts';

/** `get pods`, `create deployments.apps/scale`. */
export type Right = string;

export interface Somebody {
  readonly user: string;
  readonly groups: readonly string[];
}

export function accountOf(namespace: string, name: string): Somebody {
  return {
    user: `system:serviceaccount:${namespace}:${name}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  };
}

interface Resource {
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespaced: boolean;
}

/** Beside those of the API's own resources: what lets somebody become more than they are. */
const special: readonly Resource[] = ['users', 'groups', 'userextras'].map((resource) => ({
  group: '',
  resource,
  subresource: '',
  namespaced: false,
}));

const verbs = [
  ...['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'],
  ...['impersonate', 'escalate', 'bind', 'approve', 'sign'],
];

/** All resources that the server has, with their subresources. */
export async function resourcesOf({ api }: ControlPlane): Promise<readonly Resource[]> {
  const { groups } = await api.get<{
    groups: { name: string; preferredVersion: { groupVersion: string } }[];
  }>('/apis');
  const places = [
    { group: '', path: '/api/v1' },
    ...groups.map(({ name, preferredVersion }) => ({
      group: name,
      path: `/apis/${preferredVersion.groupVersion}`,
    })),
  ];
  const lists = await Promise.all(
    places.map(async ({ group, path }) => {
      const { resources } = await api.get<{ resources: { name: string; namespaced: boolean }[] }>(path);
      return resources.map(({ name, namespaced }) => {
        const [resource = '', subresource = ''] = name.split('/');
        return { group, resource, subresource, namespaced };
      });
    }),
  );
  return [...lists.flat(), ...special];
}

/**
 * By SubjectAccessReviews. `namespace` null: in all namespaces at once, and for what has none. `name`: of the object, empty for
 * any.
 */
export async function rightsOf(
  cluster: ControlPlane,
  { user, groups }: Somebody,
  namespace: string | null,
  resources: readonly Resource[],
  name = '',
): Promise<ReadonlySet<Right>> {
  const asked = resources
    .filter(({ namespaced }) => namespaced || namespace === null)
    .flatMap((resource) => verbs.map((verb) => ({ ...resource, verb })));
  const allowed = new Set<Right>();
  let next = 0;
  const work = async (): Promise<void> => {
    for (let one = asked[next++]; one !== undefined; one = asked[next++]) {
      const { verb, group, resource, subresource } = one;
      const attributes = { verb, group, resource, subresource, name, namespace: namespace ?? '' };
      const { status } = await cluster.api.create<{ status: { allowed: boolean } }>(
        '/apis/authorization.k8s.io/v1/subjectaccessreviews',
        {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SubjectAccessReview',
          spec: { user, groups, resourceAttributes: attributes },
        },
      );
      const full = `${resource}${group === '' ? '' : `.${group}`}${subresource === '' ? '' : `/${subresource}`}`;
      if (status.allowed) allowed.add(`${verb} ${full}`);
    }
  };
  await Promise.all(Array.from({ length: 16 }, work));
  return allowed;
}

/** What one has and the other has not, in order. */
export function beyond(some: ReadonlySet<Right>, others: ReadonlySet<Right>): readonly Right[] {
  return [...some].filter((right) => !others.has(right)).sort();
}

interface RuleReview {
  readonly status: {
    readonly incomplete: boolean;
    readonly resourceRules: readonly {
      readonly verbs: readonly string[];
      readonly apiGroups: readonly string[];
      readonly resources: readonly string[];
      readonly resourceNames?: readonly string[];
    }[];
  };
}

/** By the account itself, with a token of its own: the rules that hold for it in the namespace, one line each. */
export async function ownRules(
  { url, ca, api }: ControlPlane,
  namespace: string,
  account: string,
  where: string,
): Promise<readonly string[]> {
  const { status } = await api.create<{ status: { token: string } }>(
    `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`,
    { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
  );
  const own = new KubeApi(url, ca, status.token);
  try {
    const review = await own.create<RuleReview>('/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectRulesReview',
      spec: { namespace: where },
    });
    if (review.status.incomplete) throw new Error('the API server does not list all rules');
    return review.status.resourceRules
      .map(({ verbs: of, apiGroups, resources, resourceNames = [] }) =>
        [of.join(), apiGroups.join() || 'core', resources.join(), ...resourceNames].join(' '),
      )
      .sort();
  } finally {
    own.close();
  }
}
