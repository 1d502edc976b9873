/** Drift against `reference-path`, by the rules of the drift check. */

import {
  anyColumn,
  type ColumnDrift,
  chooseColumns,
  compareColumns,
  judgeColumns,
  judgeDrift,
  openSides,
  Threads,
} from '../../../core/drift/index.ts';
import type { Judged, Subject } from '../../../core/gate/types.ts';
import type { Config } from '../inputs.ts';

export interface JudgedReference {
  readonly columns: readonly ColumnDrift[];
  readonly judged: readonly Judged[];
  readonly subjects: readonly Subject[];
  readonly notes: readonly string[];
}

/** Rate of false discoveries, and values that a side must have: the defaults of the drift check. */
const options = { alpha: 0.05, minRows: 200, limits: new Map() };

/** In the bundle the thread's code is a bundle of its own. */
const worker = new URL(
  import.meta.url.endsWith('.ts') ? './drift-worker.ts' : './drift-worker/index.js',
  import.meta.url,
);

/** Without a reference nothing is opened. @throws InputError when the two have no column in common, RunError */
export async function judgeReference(config: Config): Promise<JudgedReference | null> {
  if (config.reference.length === 0) return null;
  const threads = new Threads(worker);
  try {
    const { reference, current } = await openSides(config.reference, config.data, config, threads);
    try {
      const { wanted } = chooseColumns(anyColumn, reference.source, current.source);
      const compared = await compareColumns(reference.source, current.source, wanted, threads);
      const { columns } = judgeColumns(compared, options);
      const rows = { reference: reference.source.rows, current: current.source.rows };
      const judged = judgeDrift([], { columns, rows, share: null, alpha: options.alpha });
      const notes = reference.notes.map((note) => `reference: ${note}`);
      return { columns, judged, subjects: await reference.finish(), notes };
    } finally {
      await current.close();
      await reference.close();
    }
  } finally {
    await threads.close();
  }
}
