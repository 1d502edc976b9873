/** When the analysis judges. Pure but for what it remembers of earlier looks. */

import { type JsonObject, objectsIn } from './json.ts';
import { pauseOf } from './left.ts';
import type { Hook, ServiceDeployment } from './model.ts';
import { stepsOf, strategyOf } from './strategy.ts';

export interface WatchPoint {
  /** For the records. */
  readonly stage: string;
  /** The pause that waits for the judgement; null: nothing waits. */
  readonly hook: Hook | null;
}

interface Bake {
  readonly stage: string;
  /** Null: of the whole traffic, which the last judgement of all is about as well. */
  readonly weight: number | null;
  readonly lengthMs: number;
}

/** Of a bake, so that most of it is judged and time is left to act. */
const shareOfBake = 0.8;
const minute = 60_000;

/**
 * At each pause; and where traffic is shifted and no pause comes before the next shift, late in the bake, and once more when it
 * is over. The end of the last bake is that of the rollout. A deployment that only rolls has no stages: it is judged when
 * its new tasks have been steady for a while.
 */
export class WatchPoints {
  private readonly configuration: JsonObject;
  private readonly takenUp: boolean;
  private readonly pausesBetween: boolean;
  private present: { readonly bake: Bake; readonly since: number; judged: boolean } | null = null;
  private readonly judged: number[] = [];
  /** Of the traffic when it was first looked at: what was before is not known. */
  private firstWeight: number | null = null;

  /**
   * @param configuration of the deployment that goes on
   * @param takenUp a bake may be nearly over when it is first seen
   */
  constructor(configuration: JsonObject, takenUp = false) {
    this.configuration = configuration;
    this.takenUp = takenUp;
    this.pausesBetween = objectsIn(configuration.lifecycleHooks).some(
      ({ targetType, lifecycleStages }) =>
        targetType === 'PAUSE' &&
        Array.isArray(lifecycleStages) &&
        lifecycleStages.includes('PRE_PRODUCTION_TRAFFIC_SHIFT'),
    );
  }

  /** Traffic is not shifted by steps that ECS waits for. */
  get rolls(): boolean {
    return strategyOf(this.configuration) === 'ROLLING';
  }

  /** Of the last judgement, when the rollout is over. */
  get last(): WatchPoint {
    return { stage: this.rolls ? 'when the new tasks are steady' : wholeStage, hook: null };
  }

  /** Shares of the traffic, in percent, that were passed without a judgement of their bake. */
  get missed(): readonly number[] {
    const { percent, minutes } = stepsOf(this.configuration);
    const strategy = strategyOf(this.configuration);
    if ((strategy !== 'CANARY' && strategy !== 'LINEAR') || this.pausesBetween || minutes === 0) return [];
    const weights: number[] = [];
    for (let i = 1; i * percent < 100 && (strategy === 'LINEAR' || i === 1); i++) {
      weights.push(Math.round(i * percent * 10) / 10);
    }
    const from = this.takenUp ? (this.firstWeight ?? 100) : 0;
    return weights.filter(
      (weight) => weight >= from && !this.judged.some((each) => Math.abs(each - weight) < 0.1),
    );
  }

  /** Null: nothing is to be judged now. */
  due(deployment: ServiceDeployment | null, now: Date): WatchPoint | null {
    if (deployment === null) return null;
    this.firstWeight ??= deployment.weight;
    const hook = pauseOf(deployment);
    if (hook !== null) return { stage: `at the pause ${deployment.stage ?? ''}`.trim(), hook };
    const bake = this.bakeOf(deployment);
    const left = this.present?.bake ?? null;
    // Over, and so little of the next one has been that what it shows is still this one's.
    if (left !== null && left.weight !== null && left.stage !== bake?.stage) return pointOf(left);
    if (bake === null) return null;
    if (left?.stage !== bake.stage) {
      this.present = { bake, since: now.getTime(), judged: false };
      if (this.takenUp) return pointOf(bake);
    }
    if (this.present === null || this.present.judged) return null;
    return now.getTime() - this.present.since >= bake.lengthMs * shareOfBake ? pointOf(bake) : null;
  }

  /** The new revision was found good there. */
  pass(point: WatchPoint, deployment: ServiceDeployment | null): void {
    if (point.hook !== null || this.present === null || deployment === null) return;
    const { bake } = this.present;
    if (bake.weight !== null) this.judged.push(bake.weight);
    if (this.bakeOf(deployment)?.stage !== bake.stage) this.present = null;
    else this.present.judged = true;
  }

  private bakeOf({ stage, weight }: ServiceDeployment): Bake | null {
    if (stage === 'BAKE_TIME') {
      const { bakeTimeInMinutes: minutes } = this.configuration;
      const lengthMs = typeof minutes === 'number' ? minutes * minute : 0;
      return { stage: wholeStage, weight: null, lengthMs };
    }
    if (stage !== 'PRODUCTION_TRAFFIC_SHIFT' || weight === null || weight <= 0 || weight >= 100) return null;
    if (this.pausesBetween) return null;
    const lengthMs = stepsOf(this.configuration).minutes * minute;
    return { stage: `after ${weight}% of the traffic`, weight, lengthMs };
  }
}

const wholeStage = 'after all of the traffic';

function pointOf({ stage }: Bake): WatchPoint {
  return { stage, hook: null };
}
