/** What the verbs of the API are called with. */

import type { KubeObject } from '../../../../core/kubernetes/index.ts';
import type { Resource } from './discovery.ts';
import type { Asked } from './failure.ts';

export type Serves = Pick<Resource, 'group' | 'version' | 'plural' | 'namespaced' | 'kind'>;

export interface ApplyOptions {
  readonly dryRun?: boolean;
  /** Takes fields over from other managers. */
  readonly force?: boolean;
}

export interface DeleteOptions {
  /** The server only says whether it would. */
  readonly dryRun?: boolean;
  /** With a uid: of this version alone. */
  readonly resourceVersion?: string | undefined;
}

export interface Selection {
  readonly labels?: string;
  readonly fields?: string;
}

export interface Listing {
  readonly items: readonly KubeObject[];
  /** Of the collection: where a watch goes on. */
  readonly resourceVersion: string;
}

export interface LogOptions {
  readonly container: string;
  /** Of the container's life before this one. */
  readonly previous: boolean;
  readonly lines: number;
}

export function askedFor(
  verb: Asked['verb'],
  { plural, group }: Serves,
  namespace: string | null,
  name: string | null,
): Asked {
  return { verb, resource: plural, group, namespace, name };
}

export function queryOf({ labels, fields }: Selection): URLSearchParams {
  const query = new URLSearchParams();
  if (labels !== undefined && labels !== '') query.set('labelSelector', labels);
  if (fields !== undefined && fields !== '') query.set('fieldSelector', fields);
  return query;
}
