/** From a plan to an outcome. */

import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { RollingWorld, Rollout } from '../types.ts';
import type { EcsApi } from './api.ts';
import { Conclusion } from './conclusion.ts';
import type { EcsPlan } from './ecs-plan.ts';
import { leftOf, nameOf } from './left.ts';
import type { LogsClient } from './logs.ts';
import { Look } from './look.ts';
import { start } from './start.ts';
import { Story } from './story.ts';
import { TaskBook } from './task-book.ts';
import { Watch } from './watch.ts';
import { WatchPoints } from './watch-points.ts';

export interface RollParts {
  readonly api: EcsApi;
  readonly logs: LogsClient;
  readonly cloudwatch: () => Promise<CloudWatchClient>;
  readonly plan: EcsPlan;
  readonly world: RollingWorld;
}

/** @throws RunError where nothing was changed that runs */
export async function roll(parts: RollParts): Promise<Rollout> {
  const { api, plan, world } = parts;
  if (plan.unchanged) return unchangedRollout(plan);
  const scope = { signal: world.signal, until: world.deadline };
  const started = await start(api, plan, scope, world);
  const { history, configuration } = plan.work;
  const without = history.kind === 'unavailable' ? history.why : null;
  const look = new Look(api, started.service, started.watched, world.clock, without);
  const book = new TaskBook(api);
  const story = new Story(world, started.service.name);
  const { takenUp, service } = started;
  // What an earlier run began goes on as that run, or somebody else, had set it.
  const points = new WatchPoints(
    takenUp ? service.configuration : (configuration ?? service.configuration),
    takenUp,
  );
  const watch = new Watch({ api, look, book, points, story, world });
  const ending = await watch.run();
  return new Conclusion(parts, started, look, book, story, watch).of(ending);
}

function unchangedRollout(plan: EcsPlan): Rollout {
  const { service } = plan.work;
  return {
    outcome: 'unchanged',
    causes: [],
    units: [],
    rollback: null,
    left: leftOf(service, nameOf(service)),
    ids: plan.current,
    unproven: plan.unproven,
    notices: [],
  };
}
