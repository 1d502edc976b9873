/**
 * A Kubernetes cluster for tests, on loopback: the real control plane, and a stand-in for its nodes.
 *
 *     const cluster = await startControlPlane();          // up in some 10 s; one for a test file
 *     const kubelet = await startKubelet(cluster);        // pods become ready after some 100 ms
 *     afterAll(() => cluster.stop());                     // ends all of it
 *
 *     const namespace = await cluster.namespace();
 *     const user = await cluster.kubeconfigFor({ namespace, rules: [...] });   // user.kubeconfig is a path
 *     kubelet.behave('registry.example/web:2', { kind: 'crashes', exitCode: 3, log: ['no model'] });
 *     await cluster.apply(namespace, deployment);
 *     await cluster.kubectl('rollout', 'status', 'deployment/web', '--namespace', namespace);
 *     await cluster.audit(user.user);                     // what this user has called
 *
 * What the scheduler and the controllers refuse is made with them: a request of more than the nodes have (FailedScheduling),
 * a ResourceQuota or a LimitRange (`FailedCreate`, ReplicaFailure), `startAdmissionWebhook` (denied by a webhook).
 */

export type { AdmissionOptions, AdmissionWebhook } from './admission.ts';
export { startAdmissionWebhook } from './admission.ts';
export type { KubeApi, KubeObject } from './api.ts';
export { KubeError } from './api.ts';
export type { AuditEntry } from './audit.ts';
export type { ControlPlane, ControlPlaneOptions, User } from './control-plane.ts';
export { startControlPlane } from './control-plane.ts';
export type { Proof, StaticToken } from './credentials.ts';
export type { Behaviour, Kubelet, KubeletOptions, NodeOptions } from './kubelet/index.ts';
export { startKubelet } from './kubelet/index.ts';
export type { Access, PolicyRule } from './users.ts';
export type { DeploymentOptions } from './workloads.ts';
export { deployment } from './workloads.ts';
