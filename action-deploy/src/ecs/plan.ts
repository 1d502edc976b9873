/** What would be deployed, and whether there is anything to do. Reads only. */

import { nearest } from '../../../core/gate/index.ts';
import { InputError, quote, RunError } from '../../../core/inputs/index.ts';
import type { EcsConfig } from '../config.ts';
import type { ResolvedImage } from '../types.ts';
import type { DescribedTaskDefinition, EcsApi } from './api.ts';
import type { Scope } from './calls.ts';
import { sameContent } from './canonical.ts';
import { chooseContainer } from './choose-container.ts';
import { EcsPlan, type Work } from './ecs-plan.ts';
import { findService } from './find-service.ts';
import { historyOf } from './history.ts';
import { type JsonObject, textIn } from './json.ts';
import { familyOf, lastPart } from './model.ts';
import { formerOf, primaryOf, stateOf } from './service-state.ts';
import { shownPlan } from './shown-plan.ts';
import { withStrategy } from './strategy.ts';
import { changed, registrable } from './task-definition.ts';
import { readTaskDefinitionFile } from './task-definition-file.ts';

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
