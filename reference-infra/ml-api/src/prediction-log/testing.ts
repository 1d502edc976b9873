import type { Cell, Cells, PredictionEntry } from '../types.ts';

/** By name: the values of all rows. */
type Columns = Readonly<Record<string, readonly Cell[]>>;

type Given = Partial<Omit<PredictionEntry, 'inputs' | 'outputs'>> & {
  readonly inputs?: Columns;
  readonly outputs?: Columns;
};

/** One row of age 40, predicted as 1. */
export function makeEntry(given: Given = {}): PredictionEntry {
  const rows = given.rows ?? 1;
  return {
    time: new Date('2026-11-29T12:00:00.123Z'),
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    requestId: 'r-1',
    model: 'fraud',
    version: '3',
    route: '/predict',
    latencyMs: 1.5,
    ...given,
    rows,
    inputs: cellsOf(given.inputs ?? { age: [40] }, rows),
    outputs: cellsOf(given.outputs ?? { label: [1] }, rows),
  };
}

function cellsOf(columns: Columns, rows: number): Cells {
  const values = Object.values(columns);
  return {
    names: Object.keys(columns),
    rows: Array.from({ length: rows }, (_, row) => values.map((cells) => cells[row] ?? null)),
  };
}
