/** Log lines of tasks, where their task definition sends them by the `awslogs` driver. */

import type { TaskState } from './state.ts';
import { findTaskDefinition, type World } from './world.ts';

/** `prefix/container/task`: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html */
export function addLogLines(world: World, task: TaskState, lines: readonly string[]): void {
  const { state } = world;
  const container = findTaskDefinition(state, task.taskDefinition).containers.find(
    ({ essential }) => essential !== false,
  );
  const configuration = container?.logConfiguration;
  if (configuration?.logDriver !== 'awslogs') return;
  const group = configuration.options?.['awslogs-group'];
  const prefix = configuration.options?.['awslogs-stream-prefix'];
  if (group === undefined || prefix === undefined) return;
  const stream = `${prefix}/${container?.name}/${task.id}`;
  for (const [i, message] of lines.entries()) {
    state.logs.push({ group, stream, at: state.now - lines.length + i, message });
  }
}
