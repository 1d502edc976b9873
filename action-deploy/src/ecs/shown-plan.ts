/** What people see of a plan. Pure. */

import type { Plan, ResolvedImage, Revision } from '../types.ts';
import type { DescribedTaskDefinition } from './api.ts';
import { differences } from './difference.ts';
import type { Work } from './ecs-plan.ts';
import { shortImage } from './images.ts';
import { type JsonObject, textIn } from './json.ts';
import { leftOf, nameOf } from './left.ts';
import { type Deployment, lastPart, type Service } from './model.ts';
import type { ServiceState } from './service-state.ts';
import { changeoverTime, strategyChanges, strategyOf, strategyWord } from './strategy.ts';
import { containerOf, imagesOf, registrable } from './task-definition.ts';

/** What was found on the way to a plan. */
export interface Shown {
  readonly current: DescribedTaskDefinition;
  readonly same: boolean;
  readonly unchanged: boolean;
  readonly inProgress: string | null;
  readonly image: ResolvedImage;
  readonly state: ServiceState;
}

export function shownPlan(work: Work, shown: Shown): Plan {
  const { service, primary, definition, registered, configuration } = work;
  const wantedConfiguration =
    shown.inProgress === null ? (configuration ?? service.configuration) : service.configuration;
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
    strategy: strategyWord(wantedConfiguration),
    leastMs: shown.inProgress === null ? changeoverTime(wantedConfiguration) : 0,
    left: leftOf(service, nameOf(service)),
    unproven: shown.unchanged ? unprovenBy(service, primary) : null,
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

/** Null: that it runs well is proven. */
export function unprovenBy(
  service: Service,
  { desired, running, taskDefinition }: Deployment,
): string | null {
  const what = lastPart(taskDefinition);
  const wanted = Math.max(desired, service.desired);
  if (wanted === 0) return `${nameOf(service)} is scaled to zero: no task has shown that ${what} runs`;
  return running < wanted ? `only ${running} of ${wanted} tasks of ${what} run` : null;
}

function noticesOf(work: Work, { same, state, unchanged, inProgress }: Shown): readonly string[] {
  const { service, history, configuration, former, primary } = work;
  const wanted = configuration === null ? null : strategyOf(configuration);
  const present = strategyOf(service.configuration);
  return [
    ...(service.desired === 0 ? ['the service is scaled to zero: a rollout will prove nothing'] : []),
    ...(state.kind === 'going' && !same
      ? [
          `another deployment of ${lastPart(primary.taskDefinition)} is under way; this one will take its place`,
        ]
      : []),
    ...(state.kind === 'rolling-back' ? ['the service is being rolled back; that is waited for first'] : []),
    ...(wanted !== null && inProgress !== null
      ? [`the rollout that is under way keeps its ${strategyWord(service.configuration)} configuration`]
      : []),
    ...(wanted !== null && inProgress === null && wanted !== present
      ? [`the service changes its deployment strategy from ${present} to ${wanted}`]
      : []),
    ...(former === null && !unchanged ? ['no former state is known that a rollback could restore'] : []),
    ...(history.kind === 'unavailable'
      ? [`the rollout is followed without service deployments: ${history.why}`]
      : []),
  ];
}
