/** The data pipeline beside pandas doing the same: read, reject, join, compute, write in partitions. */

import { copyFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Comparison, child, type Subject, wholeProcess } from './measure.ts';
import type { PreparedPipeline } from './prepare.ts';

const here = import.meta.dirname;
/** MiB, whatever the rows. */
const limitMb = 1024;

export function pipelineComparisons({ python, events }: PreparedPipeline): Comparison[] {
  return [...events].map(([rows, data]) => ({
    id: `pipeline-${rows / 1_000_000}m`,
    title: `${rows.toLocaleString('en')} events: judge, join, write in 20 partitions`,
    rows,
    limitMb,
    repeats: 3,
    target: null,
    agreement: 0,
    ours: inScratch('the data pipeline', data, process.execPath, join(here, 'ours/pipeline.ts')),
    peer: inScratch('pandas', data, python, join(here, 'peers/pipeline_pandas.py')),
  }));
}

/** Each run in a folder of its own: neither finds what another has written. */
function inScratch(name: string, data: string, command: string, script: string): Subject {
  return {
    name,
    run: async () => {
      const folder = mkdtempSync(join(tmpdir(), 'bench-pipeline-'));
      try {
        cpSync(join(here, 'data/pipeline'), folder, { recursive: true });
        for (const file of ['events.parquet', 'prices.csv'])
          copyFileSync(join(data, file), join(folder, file));
        return await wholeProcess(child(name, command, [script, folder])).run();
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}
