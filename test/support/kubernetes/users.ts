/** Users with just the rights that a test gives them. */

import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeCertificate } from '../certificates.ts';
import type { KubeApi } from './api.ts';
import { type Credentials, type Proof, userNames } from './credentials.ts';

/** As a Role has it. */
export interface PolicyRule {
  /** `''` is the core group. */
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

export interface Access {
  /** Where `rules` hold, and the namespace of the kubeconfig. */
  readonly namespace: string;
  readonly rules: readonly PolicyRule[];
  /** In all namespaces, and for what has none. */
  readonly clusterRules?: readonly PolicyRule[];
  /** Default: a name of its own. */
  readonly name?: string;
  /** A service account with a token (default), or a user of a client certificate. */
  readonly as?: 'service-account' | 'certificate';
}

export interface Identity {
  /** As the API server and its audit log have it. */
  readonly user: string;
  readonly proof: Proof;
}

interface Subject {
  readonly kind: 'ServiceAccount' | 'User';
  readonly name: string;
  readonly namespace?: string;
  readonly apiGroup?: string;
}

const rbac = 'rbac.authorization.k8s.io';

/** Makes the user, its roles and their bindings; returns when the API server grants what they say. */
export async function makeUser(api: KubeApi, credentials: Credentials, access: Access): Promise<Identity> {
  const { namespace, rules, clusterRules = [] } = access;
  const name = access.name ?? `user-${randomBytes(4).toString('hex')}`;
  const { subject, identity } =
    access.as === 'certificate'
      ? certificateUser(credentials, name)
      : await serviceAccount(api, namespace, name);
  await bind(api, { role: `${namespace}-${name}`, namespace, rules, subject });
  await bind(api, { role: `${namespace}-${name}`, namespace: null, rules: clusterRules, subject });
  await untilGranted(api, identity.user, namespace, rules[0]);
  await untilGranted(api, identity.user, undefined, clusterRules[0]);
  return identity;
}

/** A user that the cluster knows and that may do nothing but what everybody may. */
async function serviceAccount(
  api: KubeApi,
  namespace: string,
  name: string,
): Promise<{ subject: Subject; identity: Identity }> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts`;
  await api.create(path, { metadata: { name } });
  const { status } = await api.create<{ status: { token: string } }>(`${path}/${name}/token`, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: 3600 },
  });
  return {
    subject: { kind: 'ServiceAccount', name, namespace },
    identity: {
      user: `system:serviceaccount:${namespace}:${name}`,
      proof: { kind: 'token', token: status.token },
    },
  };
}

function certificateUser({ authority }: Credentials, name: string): { subject: Subject; identity: Identity } {
  if (Object.values(userNames).includes(name)) throw new Error(`${name} is a user of the fixture`);
  const certificate = makeCertificate({ commonName: name, names: [name], authority });
  return {
    subject: { kind: 'User', name, apiGroup: rbac },
    identity: { user: name, proof: { kind: 'certificate', certificate } },
  };
}

async function bind(
  api: KubeApi,
  what: {
    readonly role: string;
    readonly namespace: string | null;
    readonly rules: readonly PolicyRule[];
    readonly subject: Subject;
  },
): Promise<void> {
  const { role, namespace, rules, subject } = what;
  if (rules.length === 0) return;
  const [kind, folder] =
    namespace === null
      ? (['ClusterRole', `/apis/${rbac}/v1`] as const)
      : (['Role', `/apis/${rbac}/v1/namespaces/${namespace}`] as const);
  const plural = kind.toLowerCase();
  await api.create(`${folder}/${plural}s`, { metadata: { name: role }, rules });
  await api.create(`${folder}/${plural}bindings`, {
    metadata: { name: role },
    roleRef: { apiGroup: rbac, kind, name: role },
    subjects: [subject],
  });
}

/** The authorizer hears of roles by a watch, a moment later. */
async function untilGranted(
  api: KubeApi,
  user: string,
  namespace: string | undefined,
  rule: PolicyRule | undefined,
): Promise<void> {
  if (rule === undefined) return;
  const [resource, subresource] = (rule.resources[0] ?? '').split('/');
  const resourceAttributes = {
    verb: rule.verbs[0],
    group: rule.apiGroups[0],
    resource,
    ...(subresource === undefined ? {} : { subresource }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(rule.resourceNames === undefined ? {} : { name: rule.resourceNames[0] }),
  };
  const deadline = performance.now() + 30_000;
  while (performance.now() < deadline) {
    const { status } = await api.create<{ status: { allowed: boolean } }>(
      '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: { user, resourceAttributes },
      },
    );
    if (status.allowed) return;
    await sleep(20);
  }
  throw new Error(`${user} is still not granted ${JSON.stringify(resourceAttributes)}`);
}
