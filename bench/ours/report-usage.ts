/** Preloaded into a bundle (`node --import`): writes what the whole process used into a file when it ends. */

import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { peakMebibytes } from '../../test/support/peak-memory.ts';

const target = process.env.BENCH_USAGE_FILE;
// A worker that inherits the preload would only write the same figures, of the whole process, too early.
if (target !== undefined && isMainThread) {
  process.on('exit', () => {
    const { user, system } = process.cpuUsage();
    writeFileSync(target, JSON.stringify({ cpu: (user + system) / 1e6, peakMb: peakMebibytes() }));
  });
}
