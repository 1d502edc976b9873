import { expect, test } from 'vitest';
import type { JsonObject } from '../../core/kubernetes/index.ts';
import type { Planned } from './plan.ts';
import { targetGroups } from './target-groups.ts';
import { planned, said } from './testing.ts';

function group(check: JsonObject, values: JsonObject = {}): Planned {
  return planned('aws_lb_target_group', { target_type: 'ip', health_check: [check], ...values });
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
test.each<[string, JsonObject]>([
  ['what AWS has where nothing is said', {}],
  ['the least of all', { interval: 5, timeout: 2, healthy_threshold: 2, unhealthy_threshold: 2 }],
  ['the most of all', { interval: 300, timeout: 120, healthy_threshold: 10, unhealthy_threshold: 10 }],
  ['a list of statuses', { path: '/ready', matcher: '200,202' }],
  ['a range of statuses', { matcher: '200-299' }],
  ['one that only connects', { protocol: 'TCP' }],
  ['one that is off', { enabled: false, interval: 1 }],
])('%s is taken', (_, check) => {
  expect(said(targetGroups, group(check))).toEqual([]);
});

test.each<[string, JsonObject]>([
  ['interval of its health check is 4, and it is 5 to 300', { interval: 4, timeout: 2 }],
  ['timeout of its health check is 121, and it is 2 to 120', { interval: 300, timeout: 121 }],
  ['healthy_threshold of its health check is 1, and it is 2 to 10', { healthy_threshold: 1 }],
  ['unhealthy_threshold of its health check is 11, and it is 2 to 10', { unhealthy_threshold: 11 }],
  ['its health check waits 10 s for an answer and asks every 10 s', { interval: 10, timeout: 10 }],
  ['its health check waits 30 s for an answer and asks every 30 s', { timeout: 30 }],
  ['there is no health check by GRPC', { protocol: 'GRPC' }],
  ['its health check by TCP has a path or a matcher, which are of HTTP', { protocol: 'TCP', path: '/ready' }],
  ['path of its health check is ready, which does not begin with a slash', { path: 'ready' }],
  ['its health check takes 2xx, which is no status, list or range of 200 to 499', { matcher: '2xx' }],
  ['its health check takes 500, which is no status, list or range of 200 to 499', { matcher: '500' }],
])('%s', (message, check) => {
  expect(said(targetGroups, group(check))).toEqual([`aws_lb_target_group.this: ${message}`]);
});

test('tasks of Fargate are no instances', () => {
  const service = planned('aws_ecs_service', { launch_type: 'FARGATE', load_balancer: [{}] });
  const ofInstances = group({}, { target_type: null });
  expect(said(targetGroups, service, ofInstances)).toEqual([
    'aws_lb_target_group.this: its targets are instances, and tasks of Fargate are none',
  ]);
  expect(said(targetGroups, ofInstances)).toEqual([]);
});

test('a delay beyond an hour is refused', () => {
  expect(said(targetGroups, group({}, { deregistration_delay: '7200' }))).toEqual([
    'aws_lb_target_group.this: deregistration_delay is 7200, and it is 0 to 3600 seconds',
  ]);
});
