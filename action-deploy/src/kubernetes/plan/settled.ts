/** Whether pods that only count by running have run for long enough: a crash loop looks well between two crashes. */

import { type KubeObject, podSpecOf, workloadKind } from '../../../../core/kubernetes/index.ts';
import type { World } from '../../types.ts';
import { type KubeApi, pods as podsResource } from '../client/index.ts';
import { isProbed, ranSince } from '../rollout/settling.ts';
import { selectorOf } from '../rollout/sight.ts';
import { podView } from '../rollout/views.ts';
import type { Wanted } from './try-apply.ts';

/** False: some container of theirs has started within the time. @throws ApiFailure */
export async function areSettled(
  api: KubeApi,
  wanted: readonly Wanted[],
  settleMs: number,
  { clock, signal }: Pick<World, 'clock' | 'signal'>,
): Promise<boolean> {
  for (const { live } of wanted) {
    if (live === null || workloadKind(live) === null || podSpecOf(live) === null || isProbed(live)) continue;
    const since = clock().getTime() - settleMs;
    const found = await podsOf(api, live, signal);
    if (found.map(podView).some((pod) => !pod.leaving && ranSince(pod, since))) return false;
  }
  return true;
}

async function podsOf(api: KubeApi, live: KubeObject, signal: AbortSignal): Promise<readonly KubeObject[]> {
  const { items } = await api.list(
    podsResource,
    live.metadata.namespace ?? null,
    { labels: selectorOf(live) },
    signal,
  );
  return items;
}
