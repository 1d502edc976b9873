/** Checks of what runs: services, load balancers, autoscaling, alarms and clusters. */

import { alarmMetrics, alarmShape } from './alarms.ts';
import { ecsAlarms, ecsDeployment } from './ecs-deployment.ts';
import { eksWords, openApiServer } from './eks.ts';
import { fargateSize } from './fargate.ts';
import { refusedNames } from './names.ts';
import type { PlanCheck } from './plan.ts';
import { scalingBounds } from './scaling.ts';
import { targetGroups } from './target-groups.ts';

export const runtimeChecks: readonly PlanCheck[] = [
  fargateSize,
  ecsDeployment,
  ecsAlarms,
  targetGroups,
  refusedNames,
  scalingBounds,
  alarmMetrics,
  alarmShape,
  openApiServer,
  eksWords,
];
