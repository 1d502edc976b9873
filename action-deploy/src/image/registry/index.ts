/**
 * Images of any registry that speaks the distribution API.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md
 */

import { RunError } from '../../../../core/inputs/index.ts';
import type { World } from '../../types.ts';
import { hint } from '../hints.ts';
import { imageTypes, indexTypes, isRecord } from '../manifest.ts';
import { type Fetched, type ImageSource, mostBytes, mostTags } from '../source.ts';
import { type FoundLogin, findLogin } from './docker-config.ts';
import { type HttpAnswer, HttpClient, type HttpOptions, isLoopback } from './http.ts';
import { describeAnswer, saidOf } from './said.ts';
import { authorize } from './token.ts';

export class RegistrySource implements ImageSource {
  private readonly registry: string;
  private readonly path: string;
  private readonly world: World;
  private readonly http: HttpClient;
  /** Once the registry asked for it. */
  private authorization: string | null = null;
  private found: FoundLogin | null = null;

  /** @param registry as references name it: `ghcr.io`, `localhost:5000` */
  constructor(registry: string, path: string, world: World, options: Partial<HttpOptions> = {}) {
    this.registry = registry;
    this.path = path;
    this.world = world;
    this.http = new HttpClient(world, options);
  }

  async manifest(name: string): Promise<Fetched> {
    const isDigest = name.startsWith('sha256:');
    const what = `${this.shown}${isDigest ? '@' : ':'}${name}`;
    const answer = await this.ask(`manifests/${name}`, [...indexTypes, ...imageTypes].join(', '), what);
    if (answer.status === 200) {
      return {
        bytes: answer.body,
        mediaType: answer.headers.get('content-type') ?? '',
        digest: answer.headers.get('docker-content-digest'),
      };
    }
    if (answer.status !== 404) throw this.refusal(answer, what);
    if (saidOf(answer).code === 'NAME_UNKNOWN') throw new RunError(`there is no repository ${this.shown}`);
    const near = isDigest ? '' : hint(name, await this.tags(), 'tags');
    throw new RunError(`${this.shown} has no image with the ${isDigest ? 'digest' : 'tag'} ${name}${near}`);
  }

  async blob(digest: string): Promise<Uint8Array> {
    const what = `the configuration of ${this.shown}`;
    const answer = await this.ask(`blobs/${digest}`, '*/*', what);
    if (answer.status === 200) return answer.body;
    throw this.refusal(answer, what);
  }

  /** Empty where they may not be listed. */
  private async tags(): Promise<readonly string[]> {
    const tags: string[] = [];
    try {
      let next: string | null = 'tags/list?n=1000';
      while (next !== null && tags.length < mostTags) {
        const answer: HttpAnswer = await this.ask(next, 'application/json', `the tags of ${this.shown}`);
        const list: unknown =
          answer.status === 200 ? JSON.parse(Buffer.from(answer.body).toString('utf8')) : null;
        const page: unknown = isRecord(list) ? list.tags : null;
        if (!Array.isArray(page)) break;
        const before = tags.length;
        tags.push(
          ...page.filter((tag): tag is string => typeof tag === 'string' && /^\w[\w.-]{0,127}$/.test(tag)),
        );
        next = tags.length > before ? this.nextPage(answer) : null;
      }
    } catch (error) {
      this.world.log.debug(
        `tags of ${this.shown}: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    return tags;
  }

  /** `Link: </v2/octo/api/tags/list?n=1000&last=v9>; rel="next"`; only of this repository. */
  private nextPage({ headers }: HttpAnswer): string | null {
    const link = /<([^>]*)>\s*;\s*rel="?next"?/.exec(headers.get('link') ?? '')?.[1];
    if (link === undefined || !URL.canParse(link, this.base)) return null;
    const { pathname, search } = new URL(link, this.base);
    return pathname === `/v2/${this.path}/tags/list` ? `tags/list${search}` : null;
  }

  private async ask(rest: string, accept: string, what: string): Promise<HttpAnswer> {
    const url = `${this.base}/v2/${this.path}/${rest}`;
    const send = (): Promise<HttpAnswer> => {
      const headers: Record<string, string> = { accept };
      if (this.authorization !== null) headers.authorization = this.authorization;
      return this.http.get(url, { headers, limit: mostBytes, what });
    };
    const answer = await send();
    if (answer.status !== 401 || this.authorization !== null) return answer;
    this.found = await findLogin(this.registry, this.world.env);
    const { login } = this.found;
    const request = { registry: this.registry, path: this.path, login, what };
    this.authorization = await authorize(answer.headers.get('www-authenticate') ?? '', request, this.http);
    return this.authorization === null ? answer : send();
  }

  private refusal(answer: HttpAnswer, what: string): RunError {
    const said = describeAnswer(answer);
    if (answer.status === 401 || answer.status === 403)
      return new RunError(`${what}: ${this.registry} does not let it be read (${said}); ${this.remedy()}`);
    if (answer.status === 429)
      return new RunError(
        `${what}: ${this.registry} limits the rate of requests (${said}); log in, or try again later`,
      );
    return new RunError(`${what}: ${this.registry} answered ${said}`);
  }

  private remedy(): string {
    const { login = null, helper = null, file = '' } = this.found ?? {};
    if (login !== null) return `the login in ${file} may not read it, or there is no such repository`;
    if (helper !== null)
      return `its credentials are kept by ${helper}, which this action does not run: let docker/login-action write them into ${file}`;
    return 'log in before this step, as docker/login-action does; a repository that does not exist is refused in the same way';
  }

  /** The own machine is asked without TLS, as Docker asks it. */
  private get base(): string {
    if (this.registry === 'docker.io') return 'https://registry-1.docker.io';
    const { hostname, port } = new URL(`http://${this.registry}`);
    return `${isLoopback(hostname) && port !== '443' ? 'http' : 'https'}://${this.registry}`;
  }

  private get shown(): string {
    return `${this.registry}/${this.path}`;
  }
}
