/** The calls of ECS that a rollout makes, and no others: the README's policy lists them. */

import * as sdk from '@aws-sdk/client-ecs';
import { isFailure } from './call-failure.ts';
import type { Calls, Scope } from './calls.ts';
import { keepingAnswer, once, sending } from './command.ts';
import { isObject, type JsonObject, objectsIn, textIn } from './json.ts';
import {
  type Service,
  type ServiceDeployment,
  type ServiceRevision,
  serviceDeploymentOf,
  serviceOf,
  serviceRevisionOf,
  type Task,
  taskOf,
} from './model.ts';

export interface DescribedTaskDefinition {
  readonly arn: string;
  /** As it came. */
  readonly definition: JsonObject;
  readonly tags: readonly JsonObject[];
}

/** Pages of lists that are read at most; the newest come first where that matters. */
const mostPages = 10;
/** A server that lacks service deployments may answer 500; it is not asked often. */
const fewAttempts = 3;

export class EcsApi {
  private readonly client: sdk.ECSClient;
  readonly calls: Calls;

  constructor(client: sdk.ECSClient, calls: Calls) {
    this.client = client;
    this.calls = calls;
  }

  /** Null: the cluster has no such service. @throws CallFailure, `ClusterNotFoundException` among them */
  async service(cluster: string, service: string, scope: Scope): Promise<Service | null> {
    const { output, raw } = await this.calls.read('DescribeServices', scope, async (options) => {
      const { command, answer } = keepingAnswer(
        once(new sdk.DescribeServicesCommand({ cluster, services: [service] })),
      );
      return { output: await this.client.send(command, options), raw: answer };
    });
    const [found] = output.services ?? [];
    return found === undefined ? null : serviceOf(found, objectsIn(raw().services)[0] ?? {});
  }

  /** Null: there is none. @param name family, family:revision or ARN */
  async taskDefinition(name: string, scope: Scope): Promise<DescribedTaskDefinition | null> {
    try {
      const raw = await this.calls.read('DescribeTaskDefinition', scope, async (options) => {
        const { command, answer } = keepingAnswer(
          once(new sdk.DescribeTaskDefinitionCommand({ taskDefinition: name, include: ['TAGS'] })),
        );
        await this.client.send(command, options);
        return answer();
      });
      const definition = isObject(raw.taskDefinition) ? raw.taskDefinition : {};
      return { arn: textIn(definition, 'taskDefinitionArn') ?? '', definition, tags: objectsIn(raw.tags) };
    } catch (error) {
      if (isFailure(error, 'refused') && error.reason === 'ClientException') return null;
      throw error;
    }
  }

  /** @returns the ARN of the new revision @throws CallFailure */
  async register(definition: JsonObject, scope: Scope): Promise<string> {
    const output = await this.calls.change('RegisterTaskDefinition', scope, (options) => {
      const known = { family: textIn(definition, 'family') ?? '', containerDefinitions: [] };
      const command = sending(once(new sdk.RegisterTaskDefinitionCommand(known)), definition);
      return this.client.send(command, options);
    });
    return output.taskDefinition?.taskDefinitionArn ?? '';
  }

  /** @param update fields of UpdateService beside cluster and service */
  async update(service: Service, update: JsonObject, scope: Scope): Promise<void> {
    const body = { cluster: service.clusterArn, service: service.arn, ...update };
    await this.calls.change('UpdateService', scope, (options) => {
      const command = sending(once(new sdk.UpdateServiceCommand({ service: service.arn })), body);
      return this.client.send(command, options);
    });
  }

  /** Of the last 90 days, the newest first. @param after only those that were created since */
  async serviceDeployments(
    service: Service,
    after: Date | null,
    scope: Scope,
  ): Promise<
    readonly { arn: string; target: string; createdAt: Date; status: sdk.ServiceDeploymentStatus }[]
  > {
    const found = await this.pages((nextToken) =>
      this.calls.read(
        'ListServiceDeployments',
        scope,
        (options) =>
          this.client.send(
            once(
              new sdk.ListServiceDeploymentsCommand({
                cluster: service.clusterArn,
                service: service.arn,
                ...(after === null ? {} : { createdAt: { after } }),
                ...(nextToken === undefined ? {} : { nextToken }),
              }),
            ),
            options,
          ),
        fewAttempts,
      ),
    );
    return found
      .flatMap((page) => page.serviceDeployments ?? [])
      .map((each) => ({
        arn: each.serviceDeploymentArn ?? '',
        target: each.targetServiceRevisionArn ?? '',
        createdAt: each.createdAt ?? new Date(0),
        status: each.status ?? 'PENDING',
      }))
      .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
  }

  /** Null: it is no longer known. */
  async serviceDeployment(arn: string, scope: Scope): Promise<ServiceDeployment | null> {
    const output = await this.calls.read('DescribeServiceDeployments', scope, (options) =>
      this.client.send(
        once(new sdk.DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [arn] })),
        options,
      ),
    );
    const [found] = output.serviceDeployments ?? [];
    return found === undefined ? null : serviceDeploymentOf(found);
  }

  /** @param arns at most 20 */
  async serviceRevisions(arns: readonly string[], scope: Scope): Promise<readonly ServiceRevision[]> {
    if (arns.length === 0) return [];
    const output = await this.calls.read('DescribeServiceRevisions', scope, (options) =>
      this.client.send(
        once(new sdk.DescribeServiceRevisionsCommand({ serviceRevisionArns: arns.slice(0, 20) })),
        options,
      ),
    );
    return (output.serviceRevisions ?? []).map(serviceRevisionOf);
  }

  async stop(deployment: string, scope: Scope): Promise<void> {
    await this.calls.change('StopServiceDeployment', scope, (options) => {
      const input = { serviceDeploymentArn: deployment, stopType: 'ROLLBACK' } as const;
      return this.client.send(once(new sdk.StopServiceDeploymentCommand(input)), options);
    });
  }

  async resume(
    deployment: string,
    hookId: string,
    action: 'CONTINUE' | 'ROLLBACK',
    scope: Scope,
  ): Promise<void> {
    await this.calls.change('ContinueServiceDeployment', scope, (options) => {
      const input = { serviceDeploymentArn: deployment, hookId, action };
      return this.client.send(once(new sdk.ContinueServiceDeploymentCommand(input)), options);
    });
  }

  /** Running ones, or those that stopped within the last hour. At most 300. */
  async tasks(
    service: Service,
    desiredStatus: 'RUNNING' | 'STOPPED',
    scope: Scope,
  ): Promise<readonly Task[]> {
    const cluster = service.clusterArn;
    const pages = await this.pages((nextToken) => {
      const input = { cluster, serviceName: service.name, desiredStatus };
      return this.calls.read('ListTasks', scope, (options) =>
        this.client.send(
          once(new sdk.ListTasksCommand({ ...input, ...(nextToken === undefined ? {} : { nextToken }) })),
          options,
        ),
      );
    }, 3);
    const described: Task[] = [];
    for (const { taskArns = [] } of pages) {
      if (taskArns.length === 0) continue;
      const output = await this.calls.read('DescribeTasks', scope, (options) =>
        this.client.send(once(new sdk.DescribeTasksCommand({ cluster, tasks: taskArns })), options),
      );
      described.push(...(output.tasks ?? []).map(taskOf));
    }
    return described;
  }

  async clusterArns(scope: Scope): Promise<readonly string[]> {
    const pages = await this.pages((nextToken) =>
      this.calls.read('ListClusters', scope, (options) =>
        this.client.send(
          once(new sdk.ListClustersCommand(nextToken === undefined ? {} : { nextToken })),
          options,
        ),
      ),
    );
    return pages.flatMap((page) => page.clusterArns ?? []);
  }

  async serviceArns(cluster: string, scope: Scope): Promise<readonly string[]> {
    const pages = await this.pages((nextToken) =>
      this.calls.read('ListServices', scope, (options) =>
        this.client.send(
          once(
            new sdk.ListServicesCommand({
              cluster,
              maxResults: 100,
              ...(nextToken === undefined ? {} : { nextToken }),
            }),
          ),
          options,
        ),
      ),
    );
    return pages.flatMap((page) => page.serviceArns ?? []);
  }

  private async pages<Page extends { nextToken?: string | undefined }>(
    read: (nextToken: string | undefined) => Promise<Page>,
    most = mostPages,
  ): Promise<readonly Page[]> {
    const pages: Page[] = [];
    let token: string | undefined;
    do {
      const page = await read(token);
      pages.push(page);
      token = page.nextToken || undefined;
    } while (token !== undefined && pages.length < most);
    return pages;
  }
}
