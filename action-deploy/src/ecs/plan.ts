/** What would be deployed, and whether there is anything to do. Reads only. */

import { nearest } from '../../../core/gate/index.ts';
import { InputError, quote, RunError } from '../../../core/inputs/index.ts';
import type { EcsConfig } from '../config.ts';
import type { Change, Plan, ResolvedImage, Revision, Rollout } from '../types.ts';
import type { DescribedTaskDefinition, EcsApi } from './api.ts';
import type { Scope } from './calls.ts';
import { sameContent } from './canonical.ts';
import { chooseContainer } from './choose-container.ts';
import { differences } from './difference.ts';
import { findService } from './find-service.ts';
import { type History, historyOf, ongoing, type PastDeployment, rollingBack } from './history.ts';
import { shortImage } from './images.ts';
import { type JsonObject, textIn } from './json.ts';
import { type Deployment, familyOf, lastPart, type Service } from './model.ts';
import { strategyChanges, strategyOf, withStrategy } from './strategy.ts';
import { changed, containerOf, imagesOf, registrable } from './task-definition.ts';
import { readTaskDefinitionFile } from './task-definition-file.ts';

/** What `roll` needs of a plan beside what is shown. */
export interface Work {
  readonly service: Service;
  /** Of the deployment that was the newest when the plan was made. */
  readonly primary: Deployment;
  /** What is to be registered. It holds values of variables: never shown, never written. */
  readonly definition: JsonObject;
  readonly container: string;
  /** ARN of a revision with just this content; null: none is registered yet. */
  readonly registered: string | null;
  /** ARN of the task definition that ran well before; null: none is known. */
  readonly former: string | null;
  /** Deployment configuration to set; null: it stays. */
  readonly configuration: JsonObject | null;
  readonly history: History;
}

/** Only the shown part is enumerable: results and logs get nothing else. */
export class EcsPlan implements Plan {
  readonly headline: string;
  readonly unchanged: boolean;
  readonly changes: readonly Change[];
  readonly before: Revision | null;
  readonly after: Revision;
  readonly inProgress: string | null;
  readonly current: Rollout['ids'];
  readonly notices: readonly string[];
  readonly #work: Work;

  constructor(shown: Plan, work: Work) {
    this.headline = shown.headline;
    this.unchanged = shown.unchanged;
    this.changes = shown.changes;
    this.before = shown.before;
    this.after = shown.after;
    this.inProgress = shown.inProgress;
    this.current = shown.current;
    this.notices = shown.notices;
    this.#work = work;
  }

  get work(): Work {
    return this.#work;
  }
}

/** @throws InputError, RunError, CallFailure */
export async function makePlan(
  api: EcsApi,
  config: EcsConfig,
  image: ResolvedImage,
  scope: Scope,
): Promise<EcsPlan> {
  const service = await findService(api, config, scope);
  const primary = primaryOf(service);
  const current = await api.taskDefinition(primary.taskDefinition, scope);
  if (current === null) {
    throw new RunError(`the task definition ${lastPart(primary.taskDefinition)} of the service is gone`);
  }
  const running = registrable(current.definition, current.tags);
  const base = await baseOf(api, config, current, scope);
  const container = chooseContainer(base.definition, config.container, image.repository);
  const definition = changed(base.definition, container, image.reference, config.environment);
  const history = await historyOf(api, service, null, scope);
  const same = sameContent(running, definition);
  const state = stateOf(service, primary, history);
  const registered = same ? current.arn : await registeredOf(api, definition, base.described, scope);
  const configuration = withStrategy(service.configuration, config.strategy);
  const unchanged = same && state.kind === 'settled' && (primary.running > 0 || service.desired === 0);
  const work: Work = {
    service,
    primary,
    definition,
    container,
    registered,
    former: formerOf(service, primary, history, registered),
    configuration: unchanged ? null : configuration,
    history,
  };
  const inProgress = same && state.kind === 'going' ? state.name : null;
  const shown = { current, same, unchanged, inProgress, image, state };
  return new EcsPlan(shownPlan(work, shown), work);
}

export function primaryOf(service: Service): Deployment {
  const primary = service.deployments.find(({ status }) => status === 'PRIMARY') ?? service.deployments[0];
  if (primary !== undefined) return primary;
  throw new RunError(`service ${service.name} of cluster ${service.cluster} has no deployment`);
}

interface Base {
  readonly definition: JsonObject;
  /** Null: it is a file's. */
  readonly described: DescribedTaskDefinition | null;
}

async function baseOf(
  api: EcsApi,
  config: EcsConfig,
  current: DescribedTaskDefinition,
  scope: Scope,
): Promise<Base> {
  const source = config.taskDefinition;
  switch (source.kind) {
    case 'service':
      return { definition: registrable(current.definition, current.tags), described: current };
    case 'file':
      return { definition: await readTaskDefinitionFile(source.file, config.container), described: null };
    case 'family': {
      const described = await api.taskDefinition(source.name, scope);
      if (described !== null)
        return { definition: registrable(described.definition, described.tags), described };
      const near = nearest(source.name, [familyOf(current.arn)]);
      throw new InputError([
        {
          input: 'task-definition',
          message: `there is no task definition of the family ${quote(source.name)}`,
          ...(near === undefined ? {} : { nearest: near }),
        },
      ]);
    }
  }
}

/**
 * A run that was killed after it registered its task definition leaves it as the newest of the family: it is used again.
 */
async function registeredOf(
  api: EcsApi,
  definition: JsonObject,
  known: DescribedTaskDefinition | null,
  scope: Scope,
): Promise<string | null> {
  const family = textIn(definition, 'family') ?? '';
  const latest = await api.taskDefinition(family, scope);
  for (const each of [latest, known]) {
    if (each === null || each.definition.status !== 'ACTIVE') continue;
    if (sameContent(registrable(each.definition, each.tags), definition)) return each.arn;
  }
  return null;
}

type State =
  | { readonly kind: 'settled' }
  /** @member name of the deployment */
  | { readonly kind: 'going'; readonly name: string }
  | { readonly kind: 'rolling-back'; readonly name: string }
  /** It ended badly. */
  | { readonly kind: 'failed' };

function stateOf(service: Service, primary: Deployment, history: History): State {
  const going =
    history.kind === 'known' ? history.deployments.find(({ status }) => ongoing.has(status)) : undefined;
  if (going !== undefined) {
    return { kind: rollingBack.has(going.status) ? 'rolling-back' : 'going', name: going.arn };
  }
  switch (primary.rolloutState) {
    case 'COMPLETED':
      return { kind: 'settled' };
    case 'FAILED':
      return { kind: 'failed' };
    case null:
      return service.deployments.length === 1 && primary.running >= primary.desired
        ? { kind: 'settled' }
        : { kind: 'going', name: primary.id };
    default:
      return { kind: 'going', name: primary.id };
  }
}

/** What ran well last, other than what is about to be brought. */
function formerOf(
  service: Service,
  primary: Deployment,
  history: History,
  registered: string | null,
): string | null {
  const candidates = [
    ...(primary.rolloutState === 'COMPLETED' ? [primary.taskDefinition] : []),
    ...service.deployments
      .filter(({ rolloutState }) => rolloutState === 'COMPLETED')
      .map(({ taskDefinition }) => taskDefinition),
    ...(history.kind === 'known' ? succeededOf(history.deployments) : []),
    ...service.deployments
      .filter((each) => each !== primary && each.running > 0)
      .map(({ taskDefinition }) => taskDefinition),
    ...(primary.rolloutState === null ? [primary.taskDefinition] : []),
  ];
  return candidates.find((arn) => arn !== registered) ?? null;
}

function succeededOf(deployments: readonly PastDeployment[]): readonly string[] {
  return deployments
    .filter(({ status }) => status === 'SUCCESSFUL')
    .flatMap(({ revision }) => (revision === null ? [] : [revision.taskDefinition]));
}

interface Shown {
  readonly current: DescribedTaskDefinition;
  readonly same: boolean;
  readonly unchanged: boolean;
  readonly inProgress: string | null;
  readonly image: ResolvedImage;
  readonly state: State;
}

function shownPlan(work: Work, shown: Shown): Plan {
  const { service, definition, registered, configuration } = work;
  const running = registrable(shown.current.definition, shown.current.tags);
  return {
    headline: headlineOf(work, shown),
    unchanged: shown.unchanged,
    changes: [
      ...(shown.same ? [] : differences(running, definition)),
      ...(configuration === null ? [] : strategyChanges(service.configuration, configuration)),
    ],
    before: {
      name: lastPart(shown.current.arn),
      images: resolvedImages(running, work),
      desired: service.desired,
    },
    after: {
      name: registered === null ? null : lastPart(registered),
      images: imagesOf(definition),
      desired: service.desired,
    },
    inProgress: shown.inProgress,
    current: {
      deployment: deploymentName(work),
      taskDefinitionArn: shown.current.arn,
      revision: lastPart(shown.current.arn),
    },
    notices: noticesOf(work, shown),
  };
}

/** Of what runs: the ARN where there are service deployments, else the id among the service's deployments. */
function deploymentName({ history, primary }: Work): string {
  const newest = history.kind === 'known' ? history.deployments[0] : undefined;
  return newest?.revision?.taskDefinition === primary.taskDefinition ? newest.arn : primary.id;
}

/** Images of what runs, by the digests that ECS found for their tags where it tells them. */
function resolvedImages(running: JsonObject, { history, primary }: Work): Revision['images'] {
  const revision =
    history.kind === 'known'
      ? history.deployments.find((each) => each.revision?.taskDefinition === primary.taskDefinition)?.revision
      : null;
  return imagesOf(running).map(({ container, image }) => {
    const digest = revision?.images.find((each) => each.container === container)?.digest;
    return { container, image: digest && !image.includes('@') ? `${image}@${digest}` : image };
  });
}

function headlineOf(work: Work, { current, same, unchanged, inProgress, image }: Shown): string {
  const { service, container, registered } = work;
  const where = `service ${service.name} of cluster ${service.cluster}`;
  const now = lastPart(current.arn);
  const news = shortImage(image.reference);
  if (unchanged) return `${where}: ${now} runs ${news} already`;
  if (inProgress !== null) return `${where}: ${now} with ${news} is being rolled out already`;
  if (same) return `${where}: ${now} with ${news} is rolled out again, since it did not run well`;
  const name =
    registered === null ? `a new revision of ${textIn(work.definition, 'family')}` : lastPart(registered);
  const old = textIn(containerOf(current.definition, container) ?? {}, 'image');
  return `${where}: ${name} with ${news} in place of ${now}${old === null ? '' : ` with ${shortImage(old)}`}`;
}

function noticesOf(work: Work, { same, state, unchanged }: Shown): readonly string[] {
  const { service, history, configuration, former, primary } = work;
  const wanted = configuration === null ? null : strategyOf(configuration);
  const present = strategyOf(service.configuration);
  return [
    ...(service.desired === 0 ? ['the service is scaled to zero: a rollout will prove nothing'] : []),
    ...(unchanged && primary.running < service.desired
      ? [`only ${primary.running} of ${service.desired} tasks run at the moment`]
      : []),
    ...(state.kind === 'going' && !same
      ? [
          `another deployment of ${lastPart(primary.taskDefinition)} is under way; this one will take its place`,
        ]
      : []),
    ...(state.kind === 'rolling-back' ? ['the service is being rolled back; that is waited for first'] : []),
    ...(wanted !== null && wanted !== present
      ? [`the service changes its deployment strategy from ${present} to ${wanted}`]
      : []),
    ...(former === null && !unchanged ? ['no former state is known that a rollback could restore'] : []),
    ...(history.kind === 'unavailable'
      ? [`the rollout is followed without service deployments: ${history.why}`]
      : []),
  ];
}
