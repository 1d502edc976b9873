import { expect, test } from 'vitest';
import type { JsonObject } from '../../core/kubernetes/index.ts';
import { ecsAlarms, ecsDeployment } from './ecs-deployment.ts';
import type { Planned } from './plan.ts';
import { planned, said } from './testing.ts';

const advanced = { role_arn: 'arn:aws:iam::123456789012:role/ecs' };

function service(values: JsonObject): Planned {
  return planned('aws_ecs_service', { name: 'api', launch_type: 'FARGATE', ...values });
}

function shifted(
  configuration: JsonObject,
  balancer: JsonObject = { advanced_configuration: [advanced] },
): Planned {
  return service({ deployment_configuration: [configuration], load_balancer: [balancer] });
}

test.each<[string, Planned]>([
  ['what ECS takes where nothing is said', service({})],
  [
    'one that keeps all and runs twice as many',
    service({ deployment_minimum_healthy_percent: 100, deployment_maximum_percent: 200 }),
  ],
  [
    'one that exchanges in place',
    service({ deployment_minimum_healthy_percent: 50, deployment_maximum_percent: 100 }),
  ],
  ['blue and green', shifted({ strategy: 'BLUE_GREEN', bake_time_in_minutes: '10' })],
  [
    'a canary of the least share',
    shifted({
      strategy: 'CANARY',
      canary_configuration: [{ canary_percent: 0.1, canary_bake_time_in_minutes: '0' }],
    }),
  ],
  [
    'steps of the least share',
    shifted({
      strategy: 'LINEAR',
      linear_configuration: [{ step_percent: 3, step_bake_time_in_minutes: '1440' }],
    }),
  ],
  ['a rolling one without a second target group', shifted({ strategy: 'ROLLING' }, {})],
])('%s is taken', (_, one) => {
  expect(said(ecsDeployment, one)).toEqual([]);
});

test.each<[string, Planned]>([
  [
    'its deployments keep 100% of the tasks and run 100% at most: no task can go before another comes, and none may come',
    service({ deployment_minimum_healthy_percent: 100, deployment_maximum_percent: 100 }),
  ],
  [
    'its deployments keep 100% of the tasks and run 50% at most: that is not possible',
    service({ deployment_maximum_percent: 50 }),
  ],
  [
    'its deployments keep 150% of the tasks and run 200% at most: that is not possible',
    service({ deployment_minimum_healthy_percent: 150 }),
  ],
  ['there is no deployment strategy BLUEGREEN', shifted({ strategy: 'BLUEGREEN' })],
  ['there is no launch type Fargate', service({ launch_type: 'Fargate' })],
  [
    'it has a launch type and capacity providers, and ECS takes one of them',
    service({ capacity_provider_strategy: [{ capacity_provider: 'FARGATE_SPOT' }] }),
  ],
  [
    'it has a circuit breaker, which the deployment controller CODE_DEPLOY does not know',
    service({
      deployment_controller: [{ type: 'CODE_DEPLOY' }],
      deployment_circuit_breaker: [{ enable: true, rollback: true }],
    }),
  ],
  [
    'it shifts traffic (CANARY), but its load balancer has no second target group',
    shifted({ strategy: 'CANARY' }, {}),
  ],
  ['BLUE_GREEN has no bake_time_in_minutes, which ECS asks for', shifted({ strategy: 'BLUE_GREEN' })],
  [
    'canary_percent is 0, and ECS takes 0.1 to 100',
    shifted({ strategy: 'CANARY', canary_configuration: [{ canary_percent: 0 }] }),
  ],
  [
    'step_percent is 2, and ECS takes 3 to 100',
    shifted({ strategy: 'LINEAR', linear_configuration: [{ step_percent: 2 }] }),
  ],
  [
    'bake_time_in_minutes is 1441, and ECS takes 0 to 1440',
    shifted({ strategy: 'BLUE_GREEN', bake_time_in_minutes: '1441' }),
  ],
])('%s', (message, one) => {
  expect(said(ecsDeployment, one)).toEqual([`aws_ecs_service.this: ${message}`]);
});

test('a second target group and a bake that are known later are no finding', () => {
  const one = planned(
    'aws_ecs_service',
    { deployment_configuration: [{ strategy: 'BLUE_GREEN' }], load_balancer: [{}] },
    {
      deployment_configuration: [{ bake_time_in_minutes: true }],
      load_balancer: [{ advanced_configuration: [{ role_arn: true }] }],
    },
  );
  expect(said(ecsDeployment, one)).toEqual([]);
});

const alarm = planned('aws_cloudwatch_metric_alarm', { alarm_name: 'api-errors' });

test('an alarm that is misspelt is found, with its name; those of elsewhere are let be', () => {
  const named = (...names: string[]) =>
    service({ alarms: [{ enable: true, rollback: true, alarm_names: names }] });
  expect(said(ecsAlarms, alarm, named('api-errors', 'somebody-elses-alarm'))).toEqual([]);
  expect(said(ecsAlarms, alarm, named('api-error'))).toEqual([
    'aws_ecs_service.this: its deployments look at the alarm api-error, which is not in the plan',
  ]);
  expect(ecsAlarms.run([alarm, named('api-error')])[0]?.mend).toContain('did you mean api-errors?');
});

test('more alarms than ECS takes are refused', () => {
  const names = Array.from({ length: 11 }, (_, index) => `alarm-of-number-${index}-by-name`);
  expect(said(ecsAlarms, service({ alarms: [{ alarm_names: names }] }))).toEqual([
    'aws_ecs_service.this: it names 11 alarms, and ECS takes ten',
  ]);
});
