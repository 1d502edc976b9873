/** The operations of each service that the simulator answers. */

import { alarmOperations, logOperations } from './cloudwatch.ts';
import type { Operation } from './operation.ts';
import { serviceDeploymentOperations } from './service-deployments.ts';
import { serviceOperations } from './services.ts';
import { taskDefinitionOperations } from './task-definitions.ts';
import { taskOperations } from './tasks.ts';
import { updateService } from './update-service.ts';

export { ApiError, UnsimulatedError } from './api-error.ts';
export type { Json, Operation } from './operation.ts';
export { requestStop } from './service-deployments.ts';
export { renderedService } from './services.ts';
export { register } from './task-definitions.ts';
export { updateService } from './update-service.ts';

/** By the folder of botocore's model; the prefix of the IAM actions is the same. */
export const operationsOf: Readonly<
  Record<'ecs' | 'cloudwatch' | 'logs', Readonly<Record<string, Operation>>>
> = {
  ecs: {
    ...taskDefinitionOperations,
    ...serviceOperations,
    ...serviceDeploymentOperations,
    ...taskOperations,
    UpdateService: updateService,
  },
  cloudwatch: alarmOperations,
  logs: logOperations,
};
