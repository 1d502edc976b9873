/** Where Ingresses and routes of the Gateway API lead: a port of a Service each. */

import { at, listAt, numberAt, textAt } from '../../core/kubernetes/index.ts';
import type { Release } from '../infra.ts';
import { type Found, inRelease, namespaceOf } from './objects.ts';

export interface Backend {
  readonly from: Found;
  /** Its name, and its namespace: it may not be there. */
  readonly service: string;
  readonly namespace: string;
  /** Number or name, as it is written; undefined: none is named. */
  readonly port: number | string | undefined;
}

export function ingressBackends(release: Release): Backend[] {
  return inRelease(release, 'Ingress').flatMap((from) =>
    [
      at(from.object, 'spec', 'defaultBackend'),
      ...listAt(from.object, 'spec', 'rules').flatMap((rule) =>
        listAt(rule, 'http', 'paths').map((path) => at(path, 'backend')),
      ),
    ].map((backend) => ({
      from,
      service: textAt(backend, 'service', 'name'),
      namespace: namespaceOf(from.object),
      port:
        numberAt(backend, 'service', 'port', 'number') ??
        (textAt(backend, 'service', 'port', 'name') || undefined),
    })),
  );
}

export function routeBackends(release: Release): Backend[] {
  return inRelease(release, 'HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute').flatMap((from) =>
    listAt(from.object, 'spec', 'rules')
      .flatMap((rule) => listAt(rule, 'backendRefs'))
      .filter((backend) => (textAt(backend, 'kind') || 'Service') === 'Service')
      .map((backend) => ({
        from,
        service: textAt(backend, 'name'),
        namespace: textAt(backend, 'namespace') || namespaceOf(from.object),
        port: numberAt(backend, 'port') ?? undefined,
      })),
  );
}
