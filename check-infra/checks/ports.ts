/** Ports of Services that other objects name. */

import { at, isObject, type Json, listAt, numberAt, objectAt, textAt } from '../../core/kubernetes/index.ts';
import type { Check, Release } from '../infra.ts';
import { labelsOf, selects } from '../reachability/index.ts';
import { ingressBackends, routeBackends } from './backends.ts';
import { type Found, inRelease, named, namespaceOf, type Problem } from './objects.ts';

export const servicePort: Check = {
  name: 'service-port-unknown',
  refuses:
    'an Ingress, a route of the Gateway API or a ServiceMonitor that names a port which the Service does not have: often that of the pods',
  run: ({ releases }) =>
    named(
      'service-port-unknown',
      releases.flatMap((release) => [...routed(release), ...monitored(release)]),
    ),
};

function routed(release: Release): Problem[] {
  const services = inRelease(release, 'Service');
  return [...ingressBackends(release), ...routeBackends(release)].flatMap((backend): Problem[] => {
    const { from, service, namespace, port } = backend;
    // An action of AWS's controller is named where a port's name stands.
    if (port === undefined || port === 'use-annotation') return [];
    const meant = services.filter(
      ({ object }) => object.metadata.name === service && namespaceOf(object) === namespace,
    );
    const [first] = meant;
    if (first === undefined || meant.some((one) => hasPort(one, port))) return [];
    return [
      {
        place: from.place,
        message: `it leads to port ${port} of Service ${service}, which has ${portsText(first)}`,
        mend: 'name a port of the Service, not of its pods: the controller looks it up there, and answers 503 without it',
      },
    ];
  });
}

/** Of the Prometheus operator, whose `port` is the name of a Service's port; `targetPort` is one of the pods. */
function monitored(release: Release): Problem[] {
  return inRelease(release, 'ServiceMonitor').flatMap((from) => {
    const { object, place } = from;
    const services = inRelease(release, 'Service').filter(
      (one) =>
        isWatched(object.spec, namespaceOf(object), namespaceOf(one.object)) &&
        selects(at(object.spec, 'selector'), labelsOf(objectAt(one.object, 'metadata', 'labels'))),
    );
    const [first] = services;
    if (first === undefined) return [];
    return listAt(object, 'spec', 'endpoints').flatMap((endpoint): Problem[] => {
      const port = textAt(endpoint, 'port');
      if (port === '' || services.some((one) => portsOf(one).some(({ name }) => name === port))) return [];
      return [
        {
          place,
          message: `it asks the port called ${port}, but Service ${first.object.metadata.name} has ${portsText(first)}: nothing is asked`,
          mend: 'write the name of a port of the Service; a number is no name',
        },
      ];
    });
  });
}

/** Its own namespace, unless `namespaceSelector` names others or any. */
function isWatched(spec: Json | undefined, own: string, namespace: string): boolean {
  const selector = at(spec, 'namespaceSelector');
  if (at(selector, 'any') === true) return true;
  const names = listAt(selector, 'matchNames').map(String);
  return names.length === 0 ? namespace === own : names.includes(namespace);
}

function portsOf({ object }: Found): { readonly name: string; readonly port: number | null }[] {
  return listAt(object, 'spec', 'ports')
    .filter(isObject)
    .map((one) => ({ name: textAt(one, 'name'), port: numberAt(one, 'port') }));
}

/** One without ports, as an ExternalName, is asked on any. */
function hasPort(service: Found, port: number | string): boolean {
  const ports = portsOf(service);
  return ports.length === 0 || ports.some((one) => one.port === port || one.name === port);
}

function portsText(service: Found): string {
  const ports = portsOf(service).map(({ name, port }) => (name === '' ? `${port}` : `${port} (${name})`));
  return ports.length === 0 ? 'no port' : ports.join(', ');
}
