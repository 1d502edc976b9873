/** Sizes of tasks on Fargate. */

import { at, type Json, listAt, textAt } from '../../core/kubernetes/index.ts';
import { amountAt, blockIn, ofType, type PlanCheck, type Planned, type PlanProblem } from './plan.ts';

/**
 * CPU units, and the memory in MiB that goes with them.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size
 */
const sizes: ReadonlyMap<number, readonly number[]> = new Map([
  [256, [512, 1024, 2048]],
  [512, steps(1024, 4096, 1024)],
  [1024, steps(2048, 8192, 1024)],
  [2048, steps(4096, 16_384, 1024)],
  [4096, steps(8192, 30_720, 1024)],
  [8192, steps(16_384, 61_440, 4096)],
  [16_384, steps(32_768, 122_880, 8192)],
]);

function steps(first: number, last: number, by: number): number[] {
  return Array.from({ length: (last - first) / by + 1 }, (_, index) => first + index * by);
}

export const fargateSize: PlanCheck = {
  name: 'fargate-size',
  refuses: 'a task on Fargate of a size that Fargate does not have, or that it cannot run for another reason',
  run: (plan) =>
    ofType(plan, 'aws_ecs_task_definition')
      .filter(({ values }) => listAt(values, 'requires_compatibilities').includes('FARGATE'))
      .flatMap((task) => [...sizeOf(task), ...shapeOf(task), ...storageOf(task)]),
};

function sizeOf({ address, values, unknown }: Planned): PlanProblem[] {
  if (at(unknown, 'cpu') === true || at(unknown, 'memory') === true) return [];
  const cpu = unitsAt(values, 'cpu', 'vCPU');
  const memory = unitsAt(values, 'memory', 'GB');
  const fitting = cpu === null ? undefined : sizes.get(cpu);
  if (cpu === null || fitting === undefined) {
    return [
      {
        address,
        message: `Fargate has no tasks with the cpu ${shown(at(values, 'cpu'))}`,
        mend: `write cpu = ${[...sizes.keys()].join(', ')}`,
      },
    ];
  }
  if (memory !== null && fitting.includes(memory)) return [];
  return [
    {
      address,
      message: `Fargate has no tasks with cpu ${cpu} and the memory ${shown(at(values, 'memory'))}`,
      mend: `write memory = ${listed(fitting)}, or take another cpu`,
    },
  ];
}

/** `1024`, or `1 vCPU` and `2 GB`, as AWS takes them, too. */
function unitsAt(values: Json | undefined, key: string, unit: string): number | null {
  const plain = amountAt(values, key);
  if (plain !== null) return plain;
  const [, number] = new RegExp(`^([0-9.]+) ?${unit}$`, 'i').exec(textAt(values, key)) ?? [];
  return number === undefined ? null : Number(number) * 1024;
}

function shapeOf({ address, values }: Planned): PlanProblem[] {
  const mode = textAt(values, 'network_mode') || 'bridge';
  return mode === 'awsvpc'
    ? []
    : [
        {
          address,
          message: `its network mode is ${mode}, and Fargate has awsvpc alone`,
          mend: 'write network_mode = "awsvpc"',
        },
      ];
}

function storageOf({ address, values }: Planned): PlanProblem[] {
  const size = amountAt(blockIn(values, 'ephemeral_storage'), 'size_in_gib');
  if (size === null || (size >= 21 && size <= 200)) return [];
  return [
    {
      address,
      message: `its storage is ${size} GiB, and Fargate has 21 to 200`,
      mend: 'write size_in_gib = 21 to 200, or leave the block out: 20 are there anyway',
    },
  ];
}

function listed(all: readonly number[]): string {
  const [first = 0, second = 0] = all;
  const last = all.at(-1) ?? first;
  return all.length <= 3 ? all.join(', ') : `${first} to ${last} by ${second - first}`;
}

function shown(value: Json | undefined): string {
  return value === undefined || value === null ? '(none)' : String(value);
}
