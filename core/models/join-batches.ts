import type { PredictedBatch } from './types.ts';

/** Predictions of consecutive rows as one. */
export function joinBatches(parts: readonly PredictedBatch[]): PredictedBatch {
  const [first] = parts;
  if (first === undefined) throw new Error('there is nothing to join');
  const rows = parts.reduce((total, part) => total + part.rows, 0);
  const width = first.scores?.width ?? 0;
  return {
    rows,
    labels: first.labels === null ? null : parts.flatMap((part) => part.labels ?? []),
    scores: first.scores === null ? null : { values: join(parts.map((part) => part.scores?.values)), width },
    values: first.values === null ? null : join(parts.map((part) => part.values)),
  };
}

function join(parts: readonly (Float64Array | null | undefined)[]): Float64Array {
  const result = new Float64Array(parts.reduce((total, part) => total + (part?.length ?? 0), 0));
  let at = 0;
  for (const part of parts) {
    result.set(part ?? [], at);
    at += part?.length ?? 0;
  }
  return result;
}
