/** Amazon ECS as a target: services whose deployments ECS itself carries out. */

import { RunError } from '../../../core/inputs/index.ts';
import { type Aws, regionOfArn } from '../aws/index.ts';
import type { EcsConfig } from '../config.ts';
import type { Platform, Target, World } from '../types.ts';
import { EcsApi } from './api.ts';
import { Calls, type Scope } from './calls.ts';
import type { EcsPlan } from './ecs-plan.ts';
import { reading } from './explain.ts';
import { findService } from './find-service.ts';
import { makePlan } from './plan.ts';
import { roll } from './roll.ts';
import { primaryOf } from './service-state.ts';
import { platformOf, requiresFargate } from './task-definition.ts';
import { readTaskDefinitionFile } from './task-definition-file.ts';

export { EcsPlan } from './ecs-plan.ts';

/** What a plan may take; in milliseconds. */
const planTime = 5 * 60_000;

/** @param aws whose `attempts` do not matter: calls are sent again here, as the deadline allows */
export function ecsTarget(config: EcsConfig, aws: Aws): Target<EcsPlan> {
  const region = regionOfArn(config.service) ?? regionOfArn(config.cluster);
  const here = region === null ? aws : aws.inRegion(region);
  const apiIn = async (world: World) => new EcsApi(await here.ecs(), new Calls(world));
  return {
    platforms: (world) => reading(async () => platforms(await apiIn(world), config, planScope(world))),
    plan: (image, world) =>
      reading(async () => makePlan(await apiIn(world), config, image, planScope(world))),
    roll: async (plan, _image, world) =>
      roll({
        api: await apiIn(world),
        logs: (other) => (other === null ? here : aws.inRegion(other)).logs(),
        cloudwatch: () => here.cloudwatch(),
        plan,
        world,
      }),
  };
}

function planScope({ signal, clock }: World): Scope {
  return { signal, until: new Date(clock().getTime() + planTime) };
}

async function platforms(api: EcsApi, config: EcsConfig, scope: Scope): Promise<readonly Platform[] | null> {
  const service = await findService(api, config, scope);
  const source = config.taskDefinition;
  const definition =
    source.kind === 'file'
      ? await readTaskDefinitionFile(source.file, config.container)
      : (
          await api.taskDefinition(
            source.kind === 'family' ? source.name : primaryOf(service).taskDefinition,
            scope,
          )
        )?.definition;
  if (definition === undefined) throw new RunError('the task definition of the service is gone');
  const platform = platformOf(definition, service.onFargate || requiresFargate(definition));
  return platform === null ? null : [platform];
}
