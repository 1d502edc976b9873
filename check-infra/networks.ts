/** Releases as networks: read once each, since many checks ask for them. */

import type { Release } from './infra.ts';
import {
  type Cluster,
  clusterOf,
  type Expectations,
  parseExpectations,
  withExpectations,
} from './reachability/index.ts';

export interface Network {
  /** With what `reachability.yaml` says of the namespaces and addresses that are elsewhere. */
  readonly cluster: Cluster;
  /** Null: there is no such file. */
  readonly expectations: Expectations | null;
}

const networks = new WeakMap<Release, Network>();
const clusters = new WeakMap<Release, Cluster>();

/** @throws RunError that names what is wrong with `reachability.yaml` */
export function networkOf(release: Release): Network {
  const known = networks.get(release);
  if (known !== undefined) return known;
  const cluster = clusterIn(release);
  const { reachability } = release;
  const expectations =
    reachability === null ? null : parseExpectations(reachability.text, reachability.place, cluster);
  const network = {
    cluster: expectations === null ? cluster : withExpectations(cluster, expectations),
    expectations,
  };
  networks.set(release, network);
  return network;
}

/** Its objects alone. */
export function clusterIn(release: Release): Cluster {
  const known = clusters.get(release);
  if (known !== undefined) return known;
  const cluster = clusterOf(release.manifests.map(({ object }) => object));
  clusters.set(release, cluster);
  return cluster;
}
