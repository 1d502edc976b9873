/** Images of a private registry of ECR, by its own API: the permissions are IAM's, and no login to Docker is needed. */

import type { ECRClient, ImageDetail } from '@aws-sdk/client-ecr';
import {
  BatchGetImageCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  GetDownloadUrlForLayerCommand,
} from '@aws-sdk/client-ecr';
import { RunError } from '../../../core/inputs/index.ts';
import { type Attempt, type Aws, classify, explain } from '../aws/index.ts';
import type { World } from '../types.ts';
import { type EcrPlace, repositoryArn } from './ecr-place.ts';
import { hint } from './hints.ts';
import { imageTypes, indexTypes } from './manifest.ts';
import { HttpClient } from './registry/http.ts';
import { type Fetched, type ImageSource, mostBytes, mostTags } from './source.ts';

const pageSize = 1000;

export class EcrSource implements ImageSource {
  private readonly place: EcrPlace;
  private readonly repository: string;
  private readonly aws: Aws;
  private readonly world: World;

  constructor(place: EcrPlace, repository: string, aws: Aws, world: World) {
    this.place = place;
    this.repository = repository;
    this.aws = aws.inRegion(place.region);
    this.world = world;
  }

  async manifest(name: string): Promise<Fetched> {
    const imageId = name.startsWith('sha256:') ? { imageDigest: name } : { imageTag: name };
    const { images = [], failures = [] } = await this.call(
      'reading',
      'ecr:BatchGetImage',
      (client, options) =>
        client.send(
          new BatchGetImageCommand({
            ...this.ids,
            imageIds: [imageId],
            acceptedMediaTypes: [...indexTypes, ...imageTypes],
          }),
          options,
        ),
    );
    const [image] = images;
    if (image?.imageManifest !== undefined) {
      return {
        bytes: Buffer.from(image.imageManifest, 'utf8'),
        mediaType: image.imageManifestMediaType ?? '',
        digest: image.imageId?.imageDigest ?? null,
      };
    }
    const [failure] = failures;
    const code = failure?.failureCode ?? 'ImageNotFound';
    if (code !== 'ImageNotFound') {
      throw new RunError(
        `${this.shown}: ECR cannot give ${name}: ${code}: ${failure?.failureReason ?? 'no reason'}`,
      );
    }
    const isDigest = name.startsWith('sha256:');
    const what = isDigest ? 'no image with the digest' : 'no image with the tag';
    const near = isDigest ? '' : hint(name, await this.tags(), 'tags');
    throw new RunError(`${this.shown} has ${what} ${name}${near}`);
  }

  async blob(digest: string): Promise<Uint8Array> {
    const { downloadUrl } = await this.call('reading', 'ecr:GetDownloadUrlForLayer', (client, options) =>
      client.send(new GetDownloadUrlForLayerCommand({ ...this.ids, layerDigest: digest }), options),
    );
    if (downloadUrl === undefined) throw new RunError(`${this.shown}: ECR gives no address for ${digest}`);
    const answer = await new HttpClient(this.world).get(downloadUrl, {
      headers: {},
      limit: mostBytes,
      what: `the configuration of ${this.shown}`,
    });
    if (answer.status === 200) return answer.body;
    throw new RunError(
      `the configuration of ${this.shown} cannot be read: the store behind ECR answered ${answer.status}`,
    );
  }

  /** The newest first; empty where they may not be listed. */
  private async tags(): Promise<readonly string[]> {
    const found: ImageDetail[] = [];
    try {
      const client = await this.aws.ecr();
      let nextToken: string | undefined;
      do {
        const page = await client.send(
          new DescribeImagesCommand({
            ...this.ids,
            filter: { tagStatus: 'TAGGED' },
            maxResults: pageSize,
            ...(nextToken === undefined ? {} : { nextToken }),
          }),
          { abortSignal: this.world.signal },
        );
        found.push(...(page.imageDetails ?? []));
        nextToken = page.nextToken;
      } while (nextToken !== undefined && found.length < mostTags);
    } catch (error) {
      this.world.log.debug(`tags of ${this.shown}: ${classify(error).said}`);
    }
    return found
      .sort((a, b) => (b.imagePushedAt?.getTime() ?? 0) - (a.imagePushedAt?.getTime() ?? 0))
      .flatMap(({ imageTags }) => imageTags ?? []);
  }

  private async repositories(): Promise<readonly string[]> {
    const found: string[] = [];
    try {
      const client = await this.aws.ecr();
      let nextToken: string | undefined;
      do {
        const page = await client.send(
          new DescribeRepositoriesCommand({
            registryId: this.place.account,
            maxResults: pageSize,
            ...(nextToken === undefined ? {} : { nextToken }),
          }),
          { abortSignal: this.world.signal },
        );
        found.push(
          ...(page.repositories ?? []).flatMap(({ repositoryName: name }) =>
            name === undefined ? [] : [name],
          ),
        );
        nextToken = page.nextToken;
      } while (nextToken !== undefined && found.length < mostTags);
    } catch (error) {
      this.world.log.debug(`repositories of ${this.place.host}: ${classify(error).said}`);
    }
    return found.sort();
  }

  private async call<T>(
    doing: string,
    action: string,
    send: (client: ECRClient, options: { abortSignal: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    try {
      return await send(await this.aws.ecr(), { abortSignal: this.world.signal });
    } catch (error) {
      throw await this.failure(error, { doing: `${doing} ${this.shown}`, action, resource: this.arn });
    }
  }

  private async failure(error: unknown, attempt: Attempt): Promise<Error> {
    if (classify(error).code !== 'RepositoryNotFoundException') return explain(error, attempt);
    const { account, region } = this.place;
    const near = hint(this.repository, await this.repositories(), 'repositories');
    return new RunError(
      `there is no repository ${this.repository} in ECR of account ${account} in ${region}${near}`,
    );
  }

  private get ids(): { registryId: string; repositoryName: string } {
    return { registryId: this.place.account, repositoryName: this.repository };
  }

  private get arn(): string {
    return repositoryArn(this.place, this.repository);
  }

  private get shown(): string {
    return `${this.place.host}/${this.repository}`;
  }
}
