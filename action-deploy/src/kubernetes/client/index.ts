/**
 * A small client of the Kubernetes API: a kubeconfig or a service account, discovery, the verbs of a rollout, and watches.
 * Objects keep all their fields.
 */

export { fieldManager, KubeApi } from './api.ts';
export type { ApiWorld } from './calls.ts';
export type { Connection, ConnectionWorld } from './connection.ts';
export { bearer, type Credentials, type Expiring, renewedCredentials } from './credentials.ts';
export { apiVersionOf, Discovery, type Resource, resourceName } from './discovery.ts';
export { ApiFailure, conflicts } from './failure.ts';
export { findConnection, type Places, shownPath } from './kubeconfig/index.ts';
export { Mirror } from './mirror.ts';
export type { Selection, Serves } from './options.ts';
export * from './resources.ts';
