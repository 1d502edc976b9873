/** Objects are applied one after the other, in their order. */

import { RunError } from '../../../../core/inputs/index.ts';
import { type KubeObject, oneLine } from '../../../../core/kubernetes/index.ts';
import type { RollingWorld } from '../../types.ts';
import type { KubeApi } from '../client/index.ts';
import type { Patience } from '../patience.ts';
import { keyOf, type Wanted } from '../plan/index.ts';
import { comparable, nameOf } from '../state/comparable.ts';
import { differences } from '../state/difference.ts';
import { conditionOf } from './status.ts';

export type Applied =
  | { readonly is: 'applied'; readonly objects: ReadonlyMap<string, KubeObject> }
  | { readonly is: 'refused'; readonly at: Wanted; readonly text: string };

/** Never rejects for what the server refuses. */
export async function applyAll(
  api: KubeApi,
  wanted: readonly Wanted[],
  namespace: string,
  patience: Patience,
  world: Pick<RollingWorld, 'tell' | 'sleep' | 'clock'>,
  signal: AbortSignal,
): Promise<Applied> {
  const objects = new Map<string, KubeObject>();
  for (const one of wanted) {
    const { object, live, resource } = one;
    const name = nameOf(object, namespace);
    try {
      const applied = await api.apply(resource, object, {}, signal);
      objects.set(keyOf(object, resource), applied);
      const isChanged = live === null || differences(comparable(live), comparable(applied)).length > 0;
      if (isChanged) world.tell({ kind: 'step', subject: name, text: live === null ? 'made' : 'changed' });
      if (object.kind === 'CustomResourceDefinition')
        await untilServed(api, one, wanted, patience, world, signal);
    } catch (error) {
      if (!(error instanceof RunError)) throw error;
      return { is: 'refused', at: one, text: oneLine(error.message, 600) };
    }
  }
  return { is: 'applied', objects };
}

const pauseMs = 200;

/** A definition's kind is served a moment after it is stored. */
async function untilServed(
  api: KubeApi,
  { object, resource }: Wanted,
  wanted: readonly Wanted[],
  { controllerMs }: Patience,
  { sleep, clock }: Pick<RollingWorld, 'sleep' | 'clock'>,
  signal: AbortSignal,
): Promise<void> {
  if (wanted.every(({ isKnown }) => isKnown)) return;
  const { name } = object.metadata;
  const until = clock().getTime() + controllerMs;
  while (!signal.aborted && clock().getTime() < until) {
    const now = await api.get(resource, null, name, signal);
    const names = now === null ? null : conditionOf(now, 'NamesAccepted');
    if (names?.status === 'False')
      throw new RunError(`CustomResourceDefinition/${name} is not accepted: ${names.message}`);
    if (now !== null && conditionOf(now, 'Established')?.status === 'True') return;
    await sleep(pauseMs, signal);
  }
  throw new RunError(`CustomResourceDefinition/${name} is not served after ${controllerMs / 1000} s`);
}
