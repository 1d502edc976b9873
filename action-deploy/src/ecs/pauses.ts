/** Pauses of a deployment by lifecycle hooks: ended where the analysis promotes, told and left to others where there is none. */

import type { RollingWorld } from '../types.ts';
import type { EcsApi } from './api.ts';
import { type CallFailure, isFailure } from './call-failure.ts';
import type { Scope } from './calls.ts';
import { pauseOf } from './left.ts';
import type { ServiceDeployment } from './model.ts';

export class Pauses {
  private readonly api: EcsApi;
  private readonly world: Pick<RollingWorld, 'tell'>;
  private readonly approved = new Set<string>();
  private readonly told = new Set<string>();

  constructor(api: EcsApi, world: Pick<RollingWorld, 'tell'>) {
    this.api = api;
    this.world = world;
  }

  /** Its end may have to be sent again; it is judged once. @param hook its id */
  isApproved(hook: string): boolean {
    return this.approved.has(hook);
  }

  /**
   * No answer: the next look shows whether the pause goes on, and it is sent again.
   *
   * @returns why AWS does not let us go on; null: it does
   */
  async end({ arn, stage }: ServiceDeployment, hook: string, scope: Scope): Promise<CallFailure | null> {
    this.approved.add(hook);
    try {
      await this.api.resume(arn, hook, 'CONTINUE', scope);
      this.world.tell({ kind: 'step', subject: '', text: `the pause at ${stage} is ended` });
      return null;
    } catch (error) {
      if (!isFailure(error)) throw error;
      return error.kind === 'denied' || error.kind === 'credentials' ? error : null;
    }
  }

  tell(deployment: ServiceDeployment | null): void {
    const pause = pauseOf(deployment);
    if (pause === null || deployment === null || this.told.has(pause.id)) return;
    this.told.add(pause.id);
    const { expiresAt, timeoutAction } = pause;
    const until =
      expiresAt === null ? '' : `; ECS does ${timeoutAction ?? 'ROLLBACK'} at ${expiresAt.toISOString()}`;
    const command = `aws ecs continue-service-deployment --service-deployment-arn ${deployment.arn} --hook-id ${pause.id} --action CONTINUE`;
    const text = `paused at ${deployment.stage} by a hook of the service, which waits for: ${command}${until}`;
    this.world.tell({ kind: 'warning', subject: '', text });
  }
}
