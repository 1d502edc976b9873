/** Preloaded into a program (`node --import`): its peak resident set, in MiB, goes into PEAK_MEMORY_FILE when it ends. */

import { readFileSync, writeFileSync } from 'node:fs';

const target = process.env.PEAK_MEMORY_FILE;
if (target !== undefined) process.on('exit', () => writeFileSync(target, String(peakMebibytes())));

/**
 * Of this program alone: `ru_maxrss` of a child begins at its parent's value, because Linux keeps it over exec; VmHWM
 * starts anew with each program.
 */
export function peakMebibytes(): number {
  if (process.platform === 'linux') {
    const kibibytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (kibibytes !== undefined) return Number(kibibytes) / 1024;
  }
  return process.resourceUsage().maxRSS / 1024;
}
