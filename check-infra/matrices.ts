/** Who reaches what in each release, with the outsiders of its `reachability.yaml`. */

import type { Infra } from './infra.ts';
import { networkOf } from './networks.ts';
import { type Address, type Matrix, matrixOf } from './reachability/index.ts';

export interface PlacedMatrix {
  readonly place: string;
  readonly matrix: Matrix;
}

/** Who there always is. */
const outside: Address = { is: 'address', name: 'the internet', address: '203.0.113.1' };

export function matricesOf({ releases }: Infra): PlacedMatrix[] {
  return releases.flatMap((release) => {
    const { cluster, expectations } = networkOf(release);
    if (cluster.pods.length === 0) return [];
    const { outsiders, flows } = expectations ?? { outsiders: [outside], flows: [] };
    return [{ place: release.place, matrix: matrixOf(cluster, outsiders, flows) }];
  });
}
