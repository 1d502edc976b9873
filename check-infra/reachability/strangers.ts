/** Whom nobody thought of: ends that are tried against policies, to see whether these admit more than they should. */

import type { Cluster, Endpoint, Pods } from './cluster.ts';
import type { Labels } from './selector.ts';

export interface Stranger {
  readonly end: Endpoint;
  /** Whose labels it has, in the same namespace: it may do what that one may. Null: it may do nothing. */
  readonly like: Endpoint | null;
}

/** A name that no namespace has. */
const elsewhere = 'a-namespace-of-others';

/**
 * Pods without labels in each namespace, and in one of nobody; pods with the labels of those that are known, beside them and in
 * another namespace; somebody in the internet.
 */
export function strangersTo(
  { namespaces, usualNamespace, pods }: Cluster,
  named: readonly Endpoint[],
): Stranger[] {
  // Their ports may have any of the names that are in use.
  const ports = pods.flatMap((one) => one.ports.filter(({ name }) => name !== null));
  const stranger = (name: string, namespace: string, labels: Labels): Pods => ({
    is: 'pods',
    name,
    namespace,
    labels,
    ports,
    hostNetwork: false,
  });
  const known = named.filter((end) => end.is === 'pods');
  const spaces = new Set([...namespaces.keys(), ...known.map(({ namespace }) => namespace), elsewhere]);
  const taken = new Set(known.map(identity));
  const unlabelled = [...spaces]
    .map((namespace) =>
      stranger(namespace === elsewhere ? 'any pod elsewhere' : `any pod of ${namespace}`, namespace, {}),
    )
    .map((end) => ({ end, like: known.find((one) => identity(one) === identity(end)) ?? null }));
  const labelled = known.filter(({ labels }) => Object.keys(labels).length > 0);
  const beside = labelled.map((one) => ({
    end: { ...one, name: `another pod with the labels of ${one.name}` },
    like: one,
  }));
  const moved = labelled
    .flatMap(({ name, namespace, labels }) => [
      stranger(`a pod elsewhere with the labels of ${name}`, elsewhere, labels),
      ...(namespace === usualNamespace
        ? []
        : [stranger(`a pod of ${usualNamespace} with the labels of ${name}`, usualNamespace, labels)]),
    ])
    .filter((end) => !taken.has(identity(end)))
    .map((end) => ({ end, like: null }));
  const isInternet = named.some(({ is, name }) => is === 'address' && /internet/i.test(name));
  const internet: Endpoint = { is: 'address', name: 'the internet', address: '203.0.113.1' };
  return [...unlabelled, ...beside, ...moved, ...(isInternet ? [] : [{ end: internet, like: null }])];
}

function identity({ namespace, labels }: Pods): string {
  return JSON.stringify([namespace, Object.entries(labels).sort()]);
}
