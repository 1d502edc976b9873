/**
 * What RBAC must allow: the README's list, and what a test holds the audit log against. Kinds that are deployed need `get`,
 * `patch`, and `create` where they may be new, `delete` where a rollback must be able to take them away again.
 */

export interface Permission {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** `cluster`: a ClusterRole. */
  readonly scope: 'namespace' | 'cluster';
  /** One clause: what it is for. */
  readonly why: string;
  /** What is missing without it; null: the action does not work. */
  readonly without: string | null;
}

/** Of each kind that is deployed, in the namespaces where it is. */
export const verbsOfDeployedKinds = ['get', 'create', 'patch', 'delete'] as const;

export const permissions: readonly Permission[] = [
  {
    apiGroups: ['apps'],
    resources: ['deployments', 'statefulsets', 'daemonsets'],
    verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete'],
    scope: 'namespace',
    why: 'workloads are applied, watched and put back; those kinds that are deployed',
    without: null,
  },
  {
    apiGroups: ['apps'],
    resources: ['replicasets', 'controllerrevisions'],
    verbs: ['list', 'watch'],
    scope: 'namespace',
    why: 'they tell new pods from former ones',
    without: null,
  },
  {
    apiGroups: [''],
    resources: ['pods'],
    verbs: ['list', 'watch'],
    scope: 'namespace',
    why: 'why a pod does not run stands in its state',
    without: null,
  },
  {
    apiGroups: [''],
    resources: ['secrets'],
    verbs: ['get', 'create', 'patch', 'delete'],
    scope: 'namespace',
    why: 'the former state is kept in a Secret while a rollout goes on',
    without: null,
  },
  {
    apiGroups: [''],
    resources: ['events'],
    verbs: ['list', 'watch'],
    scope: 'namespace',
    why: 'messages of probes, the scheduler and volumes',
    without: 'causes are less exact',
  },
  {
    apiGroups: [''],
    resources: ['pods/log'],
    verbs: ['get'],
    scope: 'namespace',
    why: 'the last lines of what died',
    without: 'causes come without a log',
  },
  {
    apiGroups: ['autoscaling'],
    resources: ['horizontalpodautoscalers'],
    verbs: ['list'],
    scope: 'namespace',
    why: 'replicas that an autoscaler sets are left to it',
    without: 'replicas in manifests conflict with an autoscaler',
  },
  {
    apiGroups: [''],
    resources: ['pods'],
    verbs: ['delete'],
    scope: 'namespace',
    why: 'a StatefulSet waits for a broken pod even after its template was put back',
    without: 'a StatefulSet is not rolled back',
  },
  {
    apiGroups: [''],
    resources: ['nodes'],
    verbs: ['list'],
    scope: 'cluster',
    why: 'the platforms that the image must be built for',
    without: "the image's platform is not checked",
  },
  {
    apiGroups: [''],
    resources: ['namespaces'],
    verbs: ['list'],
    scope: 'cluster',
    why: 'a namespace that does not exist is told with the nearest name',
    without: 'there is no nearest name',
  },
];
