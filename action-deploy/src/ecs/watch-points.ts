/** When the analysis judges. Pure but for what it remembers of earlier looks. */

import { isObject, type JsonObject, objectsIn } from './json.ts';
import { pauseOf } from './left.ts';
import type { Hook, ServiceDeployment } from './model.ts';

export interface WatchPoint {
  /** For the records. */
  readonly stage: string;
  /** The pause that waits for the judgement; null: nothing waits. */
  readonly hook: Hook | null;
}

/** Of a bake, so that most of it is judged and time is left to act. */
const shareOfBake = 0.8;

/**
 * At each pause; and where traffic is shifted and no pause comes before the next shift, late in the bake. A deployment that
 * only rolls has neither: it is judged once, when the new tasks are steady.
 */
export class WatchPoints {
  private readonly configuration: JsonObject;
  private readonly pausesBetween: boolean;
  /** When a weight, or the last bake, was first seen; milliseconds since 1970. */
  private readonly seen = new Map<string, number>();
  private readonly passed = new Set<string>();
  private wholeJudged = false;

  constructor(configuration: JsonObject) {
    this.configuration = configuration;
    this.pausesBetween = objectsIn(configuration.lifecycleHooks).some(
      ({ targetType, lifecycleStages }) =>
        targetType === 'PAUSE' &&
        Array.isArray(lifecycleStages) &&
        lifecycleStages.includes('PRE_PRODUCTION_TRAFFIC_SHIFT'),
    );
  }

  /** Null: nothing is to be judged now. */
  due(deployment: ServiceDeployment | null, now: Date): WatchPoint | null {
    if (deployment === null) return null;
    const hook = pauseOf(deployment);
    if (hook !== null) return { stage: `at the pause ${deployment.stage ?? ''}`.trim(), hook };
    const bake = this.bakeOf(deployment);
    if (bake === null || this.passed.has(bake.stage)) return null;
    const since = this.seen.get(bake.stage) ?? now.getTime();
    this.seen.set(bake.stage, since);
    return now.getTime() - since >= bake.minutes * 60_000 * shareOfBake
      ? { stage: bake.stage, hook: null }
      : null;
  }

  /** The new revision was found good there. */
  pass(point: WatchPoint, deployment: ServiceDeployment | null): void {
    if (point.hook === null) this.passed.add(point.stage);
    if (deployment?.stage === 'BAKE_TIME') this.wholeJudged = true;
  }

  /** Whether the new revision was found good while it had the whole traffic. */
  get whole(): boolean {
    return this.wholeJudged;
  }

  private bakeOf({
    stage,
    weight,
  }: ServiceDeployment): { readonly stage: string; readonly minutes: number } | null {
    if (stage === 'BAKE_TIME') {
      return {
        stage: 'after all of the traffic',
        minutes: minutesIn(this.configuration, 'bakeTimeInMinutes'),
      };
    }
    if (stage !== 'PRODUCTION_TRAFFIC_SHIFT' || weight === null || weight <= 0 || weight >= 100) return null;
    if (this.pausesBetween) return null;
    const { canaryConfiguration: canary, linearConfiguration: linear } = this.configuration;
    const minutes =
      this.configuration.strategy === 'CANARY'
        ? minutesIn(canary, 'canaryBakeTimeInMinutes')
        : minutesIn(linear, 'stepBakeTimeInMinutes');
    return { stage: `after ${weight}% of the traffic`, minutes };
  }
}

function minutesIn(object: unknown, name: string): number {
  const value = isObject(object) ? object[name] : undefined;
  return typeof value === 'number' ? value : 0;
}
