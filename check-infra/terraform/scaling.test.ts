import { expect, test } from 'vitest';
import type { JsonObject } from '../../core/kubernetes/index.ts';
import type { Planned } from './plan.ts';
import { scalingBounds } from './scaling.ts';
import { planned, said } from './testing.ts';

const target = (values: JsonObject): Planned =>
  planned('aws_appautoscaling_target', {
    service_namespace: 'ecs',
    resource_id: 'service/prod/api',
    ...values,
  });
const policy = (tracking: JsonObject): Planned =>
  planned('aws_appautoscaling_policy', { target_tracking_scaling_policy_configuration: [tracking] });
const nodes = (min_size: number, desired_size: number, max_size: number): Planned =>
  planned('aws_eks_node_group', { scaling_config: [{ min_size, desired_size, max_size }] });
const cpu = {
  predefined_metric_specification: [{ predefined_metric_type: 'ECSServiceAverageCPUUtilization' }],
};

test.each<[string, Planned]>([
  ['as many at least as at most', target({ min_capacity: 3, max_capacity: 3 })],
  ['none at least', target({ min_capacity: 0, max_capacity: 1 })],
  ['a name that is known later', target({ min_capacity: 1, max_capacity: 2, resource_id: null })],
  ['a whole processor', policy({ target_value: 100, ...cpu })],
  [
    'requests beyond a hundred',
    policy({
      target_value: 3000,
      predefined_metric_specification: [{ predefined_metric_type: 'ALBRequestCountPerTarget' }],
    }),
  ],
  ['nodes', nodes(0, 0, 1)],
])('%s is taken', (_, one) => {
  expect(said(scalingBounds, one)).toEqual([]);
});

test.each<[string, Planned]>([
  ['min_capacity is 4 and max_capacity 3', target({ min_capacity: 4, max_capacity: 3 })],
  [
    'resource_id is service/api, and that of a service is service/CLUSTER/SERVICE, by their names',
    target({ resource_id: 'service/api' }),
  ],
  [
    'resource_id is arn:aws:ecs:eu-west-1:123456789012:service/prod/api, and that of a service is service/CLUSTER/SERVICE, by their names',
    target({ resource_id: 'arn:aws:ecs:eu-west-1:123456789012:service/prod/api' }),
  ],
  [
    'its target is 650, and ECSServiceAverageCPUUtilization is a percentage',
    policy({ target_value: 650, ...cpu }),
  ],
  ['scale_in_cooldown is -1 s', policy({ target_value: 65, scale_in_cooldown: -1, ...cpu })],
  ['min_size is 3, desired_size 2 and max_size 4', nodes(3, 2, 4)],
  ['min_size is 1, desired_size 5 and max_size 4', nodes(1, 5, 4)],
  ['min_size is 0, desired_size 0 and max_size 0', nodes(0, 0, 0)],
])('%s', (message, one) => {
  expect(said(scalingBounds, one)).toEqual([`${one.address}: ${message}`]);
});
