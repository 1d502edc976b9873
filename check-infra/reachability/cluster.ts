/** What of a cluster's objects decides who may talk to whom. */

import {
  type KubeObject,
  listAt,
  numberAt,
  objectAt,
  podMetadataOf,
  podSpecOf,
  textAt,
} from '../../core/kubernetes/index.ts';
import type { Block } from './addresses.ts';
import { addressesOf, ownLabels } from './controllers.ts';
import { type Policy, policyOf } from './policy.ts';
import { type Protocol, protocolOf } from './port.ts';
import { type Labels, labelsOf } from './selector.ts';

export interface PodPort {
  readonly name: string | null;
  readonly port: number;
  readonly protocol: Protocol;
}

/** The pods of one workload: they are all alike. */
export interface Pods {
  readonly is: 'pods';
  /** `Deployment/web` */
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly ports: readonly PodPort[];
  /** They share the addresses of their nodes. */
  readonly hostNetwork: boolean;
}

/** Outside of the cluster. */
export interface Address {
  readonly is: 'address';
  readonly name: string;
  /** Of a block, one that is in it. */
  readonly address: string;
  /** It stands for all of these; what must hold for it must hold for each. */
  readonly block?: Block;
}

/** The node that a pod runs on: its kubelet probes it. */
export interface Node {
  readonly is: 'node';
  readonly name: string;
}

export type Endpoint = Pods | Address | Node;

export interface ServicePort {
  readonly name: string | null;
  readonly port: number;
  readonly target: number | string;
  readonly protocol: Protocol;
}

export interface Service {
  readonly name: string;
  readonly namespace: string;
  /** Null: it has none, and its endpoints are made by somebody. */
  readonly selector: Labels | null;
  /** Its name leads to the pods' own addresses, and so to their own ports. */
  readonly headless: boolean;
  readonly ports: readonly ServicePort[];
  /** Of type ExternalName: what it is another name for. */
  readonly externalName: string | null;
  /** Where it leads by Endpoints and EndpointSlices, which one without selector has. */
  readonly addresses: readonly ServiceAddress[];
}

export interface ServiceAddress {
  readonly end: Address;
  /** Of the Service's port that leads there. */
  readonly portName: string | null;
  readonly port: { readonly port: number; readonly protocol: Protocol };
}

export interface Cluster {
  /** Of most of the pods. */
  readonly usualNamespace: string;
  readonly namespaces: ReadonlyMap<string, Labels>;
  readonly pods: readonly Pods[];
  readonly services: readonly Service[];
  readonly policies: readonly Policy[];
  /** CIDRs that all addresses of pods are in; null: not known. */
  readonly podBlocks: readonly string[] | null;
}

/** `usual` is the namespace of objects that name none. */
export function clusterOf(objects: readonly KubeObject[], usual = 'default'): Cluster {
  const pods: Pods[] = [];
  const services: Service[] = [];
  const policies: Policy[] = [];
  const namespaces = new Map<string, Labels>();
  for (const object of objects) {
    const { name, namespace = usual } = object.metadata;
    const kind = `${object.apiVersion.split('/').at(-2) ?? ''}/${object.kind}`;
    if (kind === '/Namespace')
      namespaces.set(name, labelsOfNamespace(name, labelsOf(object.metadata.labels)));
    // Knative has Services of its own, Calico NetworkPolicies.
    else if (kind === '/Service')
      services.push(serviceOf(object, namespace, addressesOf(objects, object, usual)));
    else if (kind === 'networking.k8s.io/NetworkPolicy') policies.push(policyOf(object, namespace));
    else {
      const found = podsOf(object, namespace);
      if (found !== null) pods.push(found);
    }
  }
  for (const { namespace } of [...pods, ...services, ...policies])
    if (!namespaces.has(namespace)) namespaces.set(namespace, labelsOfNamespace(namespace));
  return { usualNamespace: mostOf(pods) ?? usual, namespaces, pods, services, policies, podBlocks: null };
}

function mostOf(pods: readonly Pods[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { namespace } of pods) counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

/** The API server gives each namespace a label with its name. */
export function labelsOfNamespace(name: string, labels: Labels = {}): Labels {
  return { ...labels, 'kubernetes.io/metadata.name': name };
}

function podsOf(object: KubeObject, namespace: string): Pods | null {
  const spec = podSpecOf(object);
  if (spec === null) return null;
  // Init containers that go on running (sidecars) listen as well.
  const containers = [...listAt(spec, 'containers'), ...listAt(spec, 'initContainers')];
  return {
    is: 'pods',
    name: `${object.kind}/${object.metadata.name}`,
    namespace,
    labels: { ...ownLabels(object), ...labelsOf(podMetadataOf(object).labels) },
    hostNetwork: spec.hostNetwork === true,
    ports: containers.flatMap((container) =>
      listAt(container, 'ports').flatMap((port): PodPort[] => {
        const number = numberAt(port, 'containerPort');
        const name = textAt(port, 'name');
        return number === null
          ? []
          : [
              {
                name: name === '' ? null : name,
                port: number,
                protocol: protocolOf(textAt(port, 'protocol')),
              },
            ];
      }),
    ),
  };
}

function serviceOf(object: KubeObject, namespace: string, addresses: Service['addresses']): Service {
  const selector = labelsOf(objectAt(object, 'spec', 'selector'));
  return {
    name: object.metadata.name,
    namespace,
    selector:
      Object.keys(selector).length === 0 || textAt(object, 'spec', 'type') === 'ExternalName'
        ? null
        : selector,
    externalName:
      textAt(object, 'spec', 'type') === 'ExternalName' ? textAt(object, 'spec', 'externalName') : null,
    addresses,
    headless: textAt(object, 'spec', 'clusterIP') === 'None',
    ports: listAt(object, 'spec', 'ports').flatMap((port): ServicePort[] => {
      const number = numberAt(port, 'port');
      if (number === null) return [];
      const name = textAt(port, 'name');
      const target = numberAt(port, 'targetPort') ?? textAt(port, 'targetPort');
      return [
        {
          name: name === '' ? null : name,
          port: number,
          target: target === '' ? number : target,
          protocol: protocolOf(textAt(port, 'protocol')),
        },
      ];
    }),
  };
}
