import type { PredictionEntry } from '../types.ts';

/** One row of age 40, predicted as 1. */
export function makeEntry(given: Partial<PredictionEntry> = {}): PredictionEntry {
  return {
    time: new Date('2026-11-29T12:00:00.123Z'),
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    requestId: 'r-1',
    model: 'fraud',
    version: '3',
    route: '/predict',
    latencyMs: 1.5,
    rows: 1,
    inputs: { age: [40] },
    outputs: { label: [1] },
    ...given,
  };
}
