/** Who reaches what in each release, with the outsiders of its `reachability.yaml`. */

import type { Infra } from './infra.ts';
import {
  type Address,
  clusterOf,
  type Matrix,
  matrixOf,
  parseExpectations,
  withExpectations,
} from './reachability/index.ts';

export interface PlacedMatrix {
  readonly place: string;
  readonly matrix: Matrix;
}

/** Who there always is. */
const outside: Address = { is: 'address', name: 'the internet', address: '203.0.113.1' };

export function matricesOf({ releases }: Infra): PlacedMatrix[] {
  return releases.flatMap(({ place, manifests, reachability }) => {
    const cluster = clusterOf(manifests.map(({ object }) => object));
    if (cluster.pods.length === 0) return [];
    if (reachability === null) return [{ place, matrix: matrixOf(cluster, [outside], []) }];
    const expectations = parseExpectations(reachability.text, reachability.place, cluster);
    const { outsiders, flows } = expectations;
    return [{ place, matrix: matrixOf(withExpectations(cluster, expectations), outsiders, flows) }];
  });
}
