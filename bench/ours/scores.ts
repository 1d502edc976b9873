/** Binary predictions from raw arrays: `scores.f64` and `actual.i32`, the first `rows` of them. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClassPredictions } from '../../core/metrics/types.ts';

export function readScores(folder: string, rows: number): ClassPredictions {
  const scores = new Float64Array(exact(join(folder, 'scores.f64'))).slice(0, rows);
  const actual = new Int32Array(exact(join(folder, 'actual.i32'))).slice(0, rows);
  const predicted = Int32Array.from(scores, (score) => (score > 0.5 ? 1 : 0));
  return {
    task: 'binary',
    classes: ['0', '1'],
    actual,
    predicted,
    scores,
    probabilities: true,
    positive: 1,
  };
}

/** The bytes in a buffer of their own: a pooled one may begin at an odd place. */
function exact(path: string): ArrayBuffer {
  return Uint8Array.from(readFileSync(path)).buffer;
}
