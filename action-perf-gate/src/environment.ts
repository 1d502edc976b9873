/** The machine that the run was made on. */

import { availableParallelism, cpus, release, totalmem } from 'node:os';
import type { Environment } from './types.ts';

export function readEnvironment(): Environment {
  return {
    cpu: cpus()[0]?.model.trim() || 'unknown',
    cores: availableParallelism(),
    memory_bytes: totalmem(),
    node: process.versions.node,
    kernel: `${process.platform} ${release()}`,
    architecture: process.arch,
  };
}
