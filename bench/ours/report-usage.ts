/** Preloaded into a bundle (`node --import`): writes what the whole process used into a file when it ends. */

import { writeFileSync } from 'node:fs';
import { peakMebibytes } from '../../test/support/peak-memory.ts';

const target = process.env.BENCH_USAGE_FILE;
if (target !== undefined) {
  process.on('exit', () => {
    const { user, system } = process.cpuUsage();
    writeFileSync(target, JSON.stringify({ cpu: (user + system) / 1e6, peakMb: peakMebibytes() }));
  });
}
