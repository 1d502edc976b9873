import { expect, test } from 'vitest';
import type { JsonObject } from '../../core/kubernetes/index.ts';
import { fargateSize } from './fargate.ts';
import type { Planned } from './plan.ts';
import { planned, said } from './testing.ts';

function task(values: JsonObject): Planned {
  return planned('aws_ecs_task_definition', {
    requires_compatibilities: ['FARGATE'],
    network_mode: 'awsvpc',
    ...values,
  });
}

// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size
test.each([
  ['256', '512'],
  ['256', '2048'],
  ['512', '1024'],
  ['512', '4096'],
  ['1024', '2048'],
  ['1024', '8192'],
  ['2048', '16384'],
  ['4096', '30720'],
  ['8192', '16384'],
  ['8192', '61440'],
  ['16384', '122880'],
  ['1 vCPU', '3 GB'],
  ['.5 vCPU', '1GB'],
])('cpu %s with memory %s is a size of Fargate', (cpu, memory) => {
  expect(said(fargateSize, task({ cpu, memory }))).toEqual([]);
});

test.each([
  ['256', '3072', 'Fargate has no tasks with cpu 256 and the memory 3072'],
  ['512', '512', 'Fargate has no tasks with cpu 512 and the memory 512'],
  ['1024', '1024', 'Fargate has no tasks with cpu 1024 and the memory 1024'],
  ['1024', '2500', 'Fargate has no tasks with cpu 1024 and the memory 2500'],
  ['4096', '31744', 'Fargate has no tasks with cpu 4096 and the memory 31744'],
  ['8192', '17408', 'Fargate has no tasks with cpu 8192 and the memory 17408'],
  ['3072', '6144', 'Fargate has no tasks with the cpu 3072'],
  ['1024', null, 'Fargate has no tasks with cpu 1024 and the memory (none)'],
  [null, '2048', 'Fargate has no tasks with the cpu (none)'],
])('cpu %s with memory %s is none', (cpu, memory, message) => {
  expect(said(fargateSize, task({ cpu, memory }))).toEqual([`aws_ecs_task_definition.this: ${message}`]);
});

test('it says which memory goes with the cpu', () => {
  expect(fargateSize.run([task({ cpu: '8192', memory: '8192' })])[0]?.mend).toBe(
    'write memory = 16384 to 61440 by 4096, or take another cpu',
  );
  expect(fargateSize.run([task({ cpu: '256', memory: '256' })])[0]?.mend).toBe(
    'write memory = 512, 1024, 2048, or take another cpu',
  );
});

test('another network mode, and more storage than there is, are refused', () => {
  const bad = task({
    cpu: '256',
    memory: '512',
    network_mode: null,
    ephemeral_storage: [{ size_in_gib: 20 }],
  });
  expect(said(fargateSize, bad)).toEqual([
    'aws_ecs_task_definition.this: its network mode is bridge, and Fargate has awsvpc alone',
    'aws_ecs_task_definition.this: its storage is 20 GiB, and Fargate has 21 to 200',
  ]);
});

test('sizes that are not known yet, and tasks on EC2, are let be', () => {
  const later = planned(
    'aws_ecs_task_definition',
    { requires_compatibilities: ['FARGATE'], network_mode: 'awsvpc', memory: '2048' },
    { cpu: true },
  );
  const onInstances = planned('aws_ecs_task_definition', { requires_compatibilities: ['EC2'], cpu: '100' });
  expect(said(fargateSize, later, onInstances)).toEqual([]);
});
