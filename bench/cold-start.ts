/** How long an action takes on small data, as most runs have: starting Node, its first line, the whole. */

import { join } from 'node:path';
import { type Action, type GateRun, root, runGate, runNothing } from './gate.ts';
import { median } from './measure.ts';

export interface ColdStart {
  readonly action: Action;
  /** Seconds of Node itself, doing nothing. */
  readonly node: number;
  /** Seconds until the action's first byte of output. */
  readonly firstLine: number;
  /** Seconds of the whole process. */
  readonly whole: number;
}

const repeats = 7;
const pair = join(root, 'test/fixtures/models/pair');
const data = join(import.meta.dirname, 'data');

/** The fixtures' pair of models; three rows that a schema accepts; the data of the models beside themselves. */
const smallRuns: Readonly<Record<Action, GateRun>> = {
  'action-validate-model': {
    action: 'action-validate-model',
    inputs: {
      'model-path': join(pair, 'candidate.onnx'),
      'data-path': join(pair, 'data.csv'),
      'feature-columns':
        'mean_radius, mean_texture, mean_perimeter, mean_area, mean_smoothness, mean_compactness, mean_concavity, mean_concave_points',
      thresholds: 'accuracy >= 0.5',
    },
  },
  'action-validate-data': {
    action: 'action-validate-data',
    inputs: { 'data-path': 'few-rows.csv', 'schema-path': 'row.schema.json' },
    copies: [join(data, 'few-rows.csv'), join(data, 'row.schema.json')],
  },
  'action-drift-check': {
    action: 'action-drift-check',
    inputs: { 'reference-path': 'data.csv', 'current-path': 'data.csv' },
    copies: [join(pair, 'data.csv')],
  },
};

export async function measureColdStart(actions: readonly Action[]): Promise<ColdStart[]> {
  const measured: ColdStart[] = [];
  for (const action of actions) {
    const node: number[] = [];
    const firstLine: number[] = [];
    const whole: number[] = [];
    for (let i = 0; i < repeats; i++) {
      node.push(await runNothing());
      const reading = await runGate(smallRuns[action]);
      firstLine.push(reading.firstLine);
      whole.push(reading.wall);
    }
    measured.push({ action, node: median(node), firstLine: median(firstLine), whole: median(whole) });
  }
  return measured;
}
