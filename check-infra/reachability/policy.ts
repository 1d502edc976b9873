/** Network policies: https://kubernetes.io/docs/concepts/services-networking/network-policies/ */

import {
  at,
  isObject,
  type Json,
  type KubeObject,
  listAt,
  numberAt,
  textAt,
} from '../../core/kubernetes/index.ts';
import type { Block } from './addresses.ts';
import { type Protocol, protocolOf } from './port.ts';

export interface PolicyPort {
  readonly protocol: Protocol;
  /** Null: all ports of the protocol; a name is one of the destination's pods. */
  readonly port: number | string | null;
  /** The last of a range. */
  readonly endPort: number | null;
}

export type Peer =
  | {
      readonly is: 'pods';
      /** Undefined: those of the policy's own namespace. */
      readonly namespaces: Json | undefined;
      /** Undefined: all pods there. */
      readonly pods: Json | undefined;
    }
  | ({ readonly is: 'block' } & Block);

export interface Rule {
  /** Null: everybody. */
  readonly peers: readonly Peer[] | null;
  /** Null: all ports. */
  readonly ports: readonly PolicyPort[] | null;
}

export type Direction = 'ingress' | 'egress';

export interface Policy {
  readonly name: string;
  readonly namespace: string;
  readonly pods: Json | undefined;
  /** Null: it does not isolate its pods in this direction. */
  readonly ingress: readonly Rule[] | null;
  readonly egress: readonly Rule[] | null;
}

export function policyOf(object: KubeObject, namespace: string): Policy {
  const types = listAt(object, 'spec', 'policyTypes').map(String);
  const hasEgress = listAt(object, 'spec', 'egress').length > 0;
  // "If no policyTypes are specified … Ingress will always be set and Egress will be set if [it] has any egress rules."
  const isolates =
    types.length > 0
      ? { ingress: types.includes('Ingress'), egress: types.includes('Egress') }
      : { ingress: true, egress: hasEgress };
  return {
    name: object.metadata.name,
    namespace,
    pods: at(object, 'spec', 'podSelector'),
    ingress: isolates.ingress ? rulesOf(object, 'ingress', 'from') : null,
    egress: isolates.egress ? rulesOf(object, 'egress', 'to') : null,
  };
}

function rulesOf(object: KubeObject, direction: Direction, peers: 'from' | 'to'): Rule[] {
  return listAt(object, 'spec', direction).map((rule) => {
    // A list that is empty is as good as none.
    const given = listAt(rule, peers);
    const ports = listAt(rule, 'ports');
    return {
      peers: given.length === 0 ? null : given.map(peerOf),
      ports: ports.length === 0 ? null : ports.map(portOf),
    };
  });
}

function peerOf(peer: Json): Peer {
  const block = at(peer, 'ipBlock');
  return isObject(block)
    ? { is: 'block', cidr: textAt(block, 'cidr'), except: listAt(block, 'except').map(String) }
    : // One left empty is null, and null is none: `namespaceSelector:` is not `namespaceSelector: {}`.
      {
        is: 'pods',
        namespaces: at(peer, 'namespaceSelector') ?? undefined,
        pods: at(peer, 'podSelector') ?? undefined,
      };
}

function portOf(port: Json): PolicyPort {
  const number = numberAt(port, 'port');
  const name = textAt(port, 'port');
  return {
    protocol: protocolOf(textAt(port, 'protocol')),
    port: number ?? (name === '' ? null : name),
    endPort: numberAt(port, 'endPort'),
  };
}

/** Blocks of addresses that policies name. */
export function blocksIn(policies: readonly Policy[]): Block[] {
  return policies
    .flatMap(({ ingress, egress }) => [...(ingress ?? []), ...(egress ?? [])])
    .flatMap(({ peers }) => peers ?? [])
    .flatMap((peer) => (peer.is === 'block' ? [peer] : []));
}
