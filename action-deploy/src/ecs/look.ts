/** Reads where a rollout stands. */

import type { EcsApi } from './api.ts';
import { isFailure } from './call-failure.ts';
import type { Scope } from './calls.ts';
import { explained } from './explain.ts';
import { historyOf } from './history.ts';
import type { Service } from './model.ts';
import type { Snapshot, Watched } from './phase.ts';

/** A service deployment that is not listed by then will not be; in milliseconds. */
const listedWithin = 3 * 60_000;

export class Look {
  private readonly api: EcsApi;
  private readonly known: Pick<Service, 'arn' | 'clusterArn'>;
  private readonly clock: () => Date;
  private current: Watched;
  /** Null: they can be had. */
  private withoutServiceDeployments: string | null;
  private readonly begun: Date;

  /** @param without why there are no service deployments; null: there may be */
  constructor(
    api: EcsApi,
    known: Pick<Service, 'arn' | 'clusterArn'>,
    watched: Watched,
    clock: () => Date,
    without: string | null,
  ) {
    this.api = api;
    this.known = known;
    this.current = watched;
    this.clock = clock;
    this.withoutServiceDeployments = without;
    this.begun = clock();
  }

  get watched(): Watched {
    return this.current;
  }

  /** Why the rollout is followed by the service's own deployments only; null: it is not. */
  get without(): string | null {
    return this.withoutServiceDeployments;
  }

  /** From now on, another rollout is watched. */
  follow(watched: Watched): void {
    this.current = watched;
  }

  /** @throws CallFailure */
  async take(scope: Scope): Promise<Snapshot> {
    const service = await this.api.service(this.known.clusterArn, this.known.arn, scope);
    if (service === null || service.status !== 'ACTIVE') {
      return { at: this.clock(), service, deployment: null };
    }
    this.findId(service);
    // Its time is known with its id; the runner's own clock may be wrong.
    const { id, arn: known } = this.current;
    if (id !== null && known === null && this.withoutServiceDeployments === null) {
      await this.findArn(service, scope);
    }
    const { arn } = this.current;
    const deployment = arn === null ? null : await this.read(arn, scope);
    return { at: this.clock(), service, deployment };
  }

  /** Once reads show it, it is among the service's deployments; not the newest, where somebody deployed at once. */
  private findId(service: Service): void {
    if (this.current.id !== null) return;
    const { taskDefinition, before } = this.current;
    const own = service.deployments.find(
      (each) => each.taskDefinition === taskDefinition && !before.has(each.id),
    );
    if (own === undefined) return;
    this.current = { ...this.current, id: own.id, since: own.createdAt ?? this.current.since };
  }

  private async findArn(service: Service, scope: Scope): Promise<void> {
    const { since, taskDefinition, knownArns } = this.current;
    // ECS makes the service deployment a moment before its tasks' deployment, or after it.
    const history = await historyOf(this.api, service, new Date(since.getTime() - 60_000), scope);
    if (history.kind === 'unavailable') {
      this.withoutServiceDeployments = history.why;
      return;
    }
    const found = history.deployments.find(
      ({ arn, revision }) => revision?.taskDefinition === taskDefinition && !knownArns.has(arn),
    );
    if (found !== undefined) this.current = { ...this.current, arn: found.arn };
    else if (this.clock().getTime() - this.begun.getTime() > listedWithin) {
      this.withoutServiceDeployments = 'ECS lists no service deployment for this rollout';
    }
  }

  private async read(arn: string, scope: Scope): Promise<Snapshot['deployment']> {
    try {
      return await this.api.serviceDeployment(arn, scope);
    } catch (error) {
      if (!isFailure(error, 'denied', 'no-such-operation')) throw error;
      this.withoutServiceDeployments = explained(error);
      this.current = { ...this.current, arn: null };
      return null;
    }
  }
}
