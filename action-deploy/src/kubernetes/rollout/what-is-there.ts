/** What is there at the end: for the report. */

import { type KubeObject, type WorkloadKind, workloadKind } from '../../../../core/kubernetes/index.ts';
import type { Rollout } from '../../types.ts';
import { keyOf, noIds, type Prepared, rolloutName } from '../plan/index.ts';
import { unprovenOf } from './proof.ts';
import type { Sight } from './sight.ts';
import { progressOf, revisionOf } from './status.ts';
import { unitsOf } from './units.ts';

type Seen = Pick<Rollout, 'units' | 'ids'> & {
  /** `Deployment/web@8: 3 of 3 pods are available` */
  readonly state: string;
};

export function whatIsThere(sights: readonly Sight[], { primary, namespace }: Prepared): Seen {
  const states = sights.map(({ object, place }) =>
    object === null ? `${place.kind}/${place.name} is not there` : stateOf(place.kind, object, namespace),
  );
  const kind = workloadKind(primary.object);
  const object = sightOf(sights, primary.object)?.object ?? null;
  return {
    units: sights.flatMap(({ units }) => unitsOf(units.fresh, units.former)),
    ids:
      kind === null || object === null
        ? noIds
        : {
            deployment: rolloutName(kind, object, namespace),
            taskDefinitionArn: null,
            revision: revisionOf(kind, object),
          },
    state: states.length === 0 ? 'the objects are applied; none of them is watched' : states.join('; '),
  };
}

/** Why a rollout that ended well proves nothing; null: it does. */
export function unprovenBy(
  sights: readonly Sight[],
  applied: ReadonlyMap<string, KubeObject>,
  { primary, namespace }: Prepared,
): string | null {
  const { object, resource } = primary;
  const seen = sightOf(sights, object)?.object ?? applied.get(keyOf(object, resource)) ?? null;
  return unprovenOf(object, seen, namespace);
}

function sightOf(sights: readonly Sight[], { kind, metadata }: KubeObject): Sight | undefined {
  return sights.find(
    ({ place }) =>
      place.kind === kind && place.name === metadata.name && place.namespace === metadata.namespace,
  );
}

function stateOf(kind: WorkloadKind, object: KubeObject, namespace: string): string {
  const name = rolloutName(kind, object, namespace);
  const progress = progressOf(kind, object);
  switch (progress.is) {
    case 'on-delete':
      return `${name}: its pods stay until they are deleted`;
    case 'paused':
      return `${name}: paused`;
    case 'complete':
    case 'going':
    case 'stuck':
      return `${name}: ${progress.text}`;
  }
}
