/** Whom nobody thought of: ends that are tried against policies, to see whether these admit more than they should. */

import { isInBlock } from './addresses.ts';
import type { Address, Cluster, Endpoint, PodPort, Pods } from './cluster.ts';
import { peerExamples } from './examples.ts';
import { blocksIn, type Peer, type Policy } from './policy.ts';
import { blockOf, regionsOf } from './regions.ts';
import { type Labels, selectorText, selects } from './selector.ts';

export interface Stranger {
  readonly end: Endpoint;
  /** It may do what one of these may. */
  readonly likes: readonly Endpoint[];
}

export interface Strangers {
  readonly strangers: readonly Stranger[];
  /** With the namespaces that are made up for them. */
  readonly namespaces: Cluster['namespaces'];
}

/** A name that no namespace has. */
const elsewhere = 'a-namespace-of-others';

/**
 * Pods without labels in each namespace, and in one of nobody; pods with the labels of those that are known, beside them and in
 * another namespace; pods that the policies themselves name; an address of each part of the network that policies tell apart.
 */
export function strangersTo(cluster: Cluster, named: readonly Endpoint[]): Strangers {
  const { namespaces, usualNamespace } = cluster;
  const known = named.filter((end) => end.is === 'pods');
  const ports = portsOf(cluster, known);
  const stranger = (name: string, namespace: string, labels: Labels): Pods => ({
    is: 'pods',
    name,
    namespace,
    labels,
    ports,
    hostNetwork: false,
  });
  const spaces = new Set([...namespaces.keys(), ...known.map(({ namespace }) => namespace), elsewhere]);
  const taken = new Set(known.map(identity));
  const unlabelled = [...spaces]
    .map((namespace) =>
      stranger(namespace === elsewhere ? 'any pod elsewhere' : `any pod of ${namespace}`, namespace, {}),
    )
    .map((end) => ({ end, likes: known.filter((one) => identity(one) === identity(end)).slice(0, 1) }));
  const labelled = known.filter(({ labels }) => Object.keys(labels).length > 0);
  const beside = labelled.map((one) => ({
    end: { ...one, name: `another pod with the labels of ${one.name}`, hostNetwork: false },
    likes: [one],
  }));
  const moved = labelled
    .flatMap(({ name, namespace, labels }) => [
      stranger(`a pod elsewhere with the labels of ${name}`, elsewhere, labels),
      ...(namespace === usualNamespace
        ? []
        : [stranger(`a pod of ${usualNamespace} with the labels of ${name}`, usualNamespace, labels)]),
    ])
    .filter((end) => !taken.has(identity(end)))
    .map((end) => ({ end, likes: [] }));
  const tried = new Set([...unlabelled, ...beside, ...moved].map(({ end }) => identity(end)));
  const made = new Map<string, Labels>();
  const admitted = new Map<string, Stranger>();
  for (const policy of cluster.policies) {
    for (const peer of peersOf(policy)) {
      for (const { namespace, namespaceLabels, labels } of peerExamples(peer, policy, cluster)) {
        const text = selectorText({ matchLabels: labels });
        const end = stranger(
          `${text === '' ? 'any pod' : `a pod with ${text}`} in ${namespace}`,
          namespace,
          labels,
        );
        if (namespaceLabels !== null) made.set(namespace, namespaceLabels);
        if (tried.has(identity(end)) || taken.has(identity(end))) continue;
        // A peer that names somebody is tried with that one, who has all of these labels.
        const isKnown = known.some(
          (one) => one.namespace === namespace && hasAll(one.labels, labels) && namesPods(peer, one.labels),
        );
        if (!isKnown) admitted.set(identity(end), { end, likes: known.filter((one) => isOne(end, one)) });
      }
    }
  }
  return {
    strangers: [
      ...unlabelled,
      ...beside,
      ...moved,
      ...admitted.values(),
      ...addressStrangers(cluster, named),
    ],
    namespaces: new Map([...made, ...namespaces]),
  };
}

/** An outsider stands for all pods with its labels. */
function isOne(end: Pods, outsider: Pods): boolean {
  return end.namespace === outsider.namespace && hasAll(end.labels, outsider.labels);
}

function namesPods(peer: Peer, labels: Labels): boolean {
  return peer.is === 'pods' && selects(peer.pods, labels);
}

function peersOf({ ingress, egress }: Policy): Peer[] {
  return [...(ingress ?? []), ...(egress ?? [])].flatMap(({ peers }) => peers ?? []);
}

/** Whether the labels hold all that are wanted, of which there is one at least. */
function hasAll(labels: Labels, wanted: Labels): boolean {
  const entries = Object.entries(wanted);
  return (
    entries.length > 0 &&
    entries.every(([name, value]) => Object.hasOwn(labels, name) && labels[name] === value)
  );
}

/** Their ports may have any of the names that are in use; a name that policies alone use has a port of its own. */
function portsOf({ policies }: Cluster, known: readonly Pods[]): PodPort[] {
  const ports = known.flatMap((one) => one.ports.filter(({ name }) => name !== null));
  const names = policies
    .flatMap(({ ingress, egress }) => [...(ingress ?? []), ...(egress ?? [])])
    .flatMap((rule) => rule.ports ?? [])
    .flatMap(({ port, protocol }) => (typeof port === 'string' ? [{ name: port, protocol }] : []))
    .filter(({ name, protocol }) => !ports.some((one) => one.name === name && one.protocol === protocol));
  const fresh = new Map(names.map((one) => [`${one.name} ${one.protocol}`, one]));
  return [...ports, ...[...fresh.values()].map((one, index) => ({ ...one, port: 61_001 + index }))];
}

const everything = ['0.0.0.0/0', '::/0'];

/** One in each region; by IPv6 only where somebody speaks of it. */
function addressStrangers({ policies }: Cluster, named: readonly Endpoint[]): Stranger[] {
  const addresses = named.filter((end) => end.is === 'address');
  const cidrs = [
    ...blocksIn(policies).flatMap(({ cidr, except }) => [cidr, ...except]),
    ...addresses.flatMap(({ address, block }) =>
      block === undefined ? [blockOf(address)] : [block.cidr, ...block.except],
    ),
  ];
  const roots = everything.filter((cidr) => cidr !== '::/0' || cidrs.some((one) => one.includes(':')));
  return regionsOf([...addresses.map(cidrOf), ...cidrs, ...roots]).map(({ cidr, address }) => ({
    end: { is: 'address', name: nameOf(cidr, addresses), address },
    likes: addresses.filter((one) => holds(one, address)),
  }));
}

function cidrOf({ address, block }: Address): string {
  return block?.cidr ?? blockOf(address);
}

function holds(end: Address, address: string): boolean {
  return isInBlock(end.block ?? { cidr: blockOf(end.address), except: [] }, address);
}

function nameOf(cidr: string, addresses: readonly Address[]): string {
  const own = addresses.find((one) => cidrOf(one) === cidr);
  if (own !== undefined) return own.name;
  if (cidr === '0.0.0.0/0') return 'the internet';
  if (cidr === '::/0') return 'the internet by IPv6';
  return cidr.replace(/\/(?:32|128)$/, '');
}

function identity({ namespace, labels }: Pods): string {
  return JSON.stringify([namespace, Object.entries(labels).sort()]);
}
