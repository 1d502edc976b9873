/** What a service has used of the machine: processor time of all its processes so far, and memory now. */

import { readFileSync } from 'node:fs';
import { factsOf, type ProcessTree } from './process-tree.ts';

export interface Usage {
  /** User and system time since the service was started, ended children included. */
  readonly cpuMs: number;
  /** Resident now, all processes together; pages that they share count once for each. */
  readonly residentBytes: number;
  readonly processes: number;
}

/** USER_HZ is 100 on every architecture that Linux runs on but alpha and ia64; times are kept to a tick. */
const tickMs = 10;

/** Some kernels of 64-bit ARM have pages of 16 or 64 KiB: the power of two that fits what is said of this process. */
function pageSize(): number {
  const own = factsOf(process.pid)?.residentPages ?? 0;
  const [, kilobytes = ''] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'latin1')) ?? [];
  const bytes = (Number(kilobytes) * 1024) / own;
  return Number.isFinite(bytes) && bytes > 0 ? 2 ** Math.round(Math.log2(bytes)) : 4096;
}

export class UsageMeter {
  readonly #tree: ProcessTree;
  #seenMs = 0;
  #goneMs = 0;
  #peakBytes = 0;
  #pageBytes: number | null = null;

  constructor(tree: ProcessTree) {
    this.#tree = tree;
  }

  /** The most that any sample has seen. */
  get peakBytes(): number {
    return this.#peakBytes;
  }

  /**
   * Cumulative. Times of an ended child are in its parent's once the parent has waited for it; of an orphan they are
   * lost with it, so what was seen of it is kept: the sum never falls.
   */
  sample(): Usage {
    const members = this.#tree.members();
    const ticks = members.reduce((sum, { ticks: own, childTicks }) => sum + own + childTicks, 0);
    const livingMs = ticks * tickMs;
    if (livingMs + this.#goneMs < this.#seenMs) this.#goneMs = this.#seenMs - livingMs;
    this.#seenMs = livingMs + this.#goneMs;
    this.#pageBytes ??= pageSize();
    const residentBytes =
      members.reduce((sum, { residentPages }) => sum + residentPages, 0) * this.#pageBytes;
    this.#peakBytes = Math.max(this.#peakBytes, residentBytes);
    return {
      cpuMs: this.#seenMs,
      residentBytes,
      processes: members.filter(({ zombie }) => !zombie).length,
    };
  }
}
