/** Ending all processes of a service: asked first, then made to. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessTree } from './process-tree.ts';

const pollMs = 25;

/** `graceMs` for what the service still has to do after SIGTERM. Returns when none of its processes is left. */
export async function endTree(group: number, tree: ProcessTree, graceMs: number): Promise<void> {
  signalTree(group, tree, 'SIGTERM');
  const deadline = performance.now() + graceMs;
  while (isAlive(group, tree)) {
    if (performance.now() > deadline) {
      signalTree(group, tree, 'SIGKILL');
      // What was killed takes a moment to be gone; a process in the kernel's hands may take longer than anybody waits.
      for (let round = 0; round < 80 && isAlive(group, tree); round++) await sleep(pollMs);
      return;
    }
    await sleep(pollMs);
  }
}

/** At once and without waiting, for the end of the gate's own process. */
export function killTree(group: number, tree: ProcessTree): void {
  signalTree(group, tree, 'SIGKILL');
}

function signalTree(group: number, tree: ProcessTree, signal: NodeJS.Signals): void {
  const members = tree.members();
  send(-group, signal);
  for (const { pid, group: own, zombie } of members) if (own !== group && !zombie) send(pid, signal);
}

function isAlive(group: number, tree: ProcessTree): boolean {
  if (process.platform !== 'linux') return send(-group, 0);
  return tree.members().some(({ zombie }) => !zombie);
}

function send(target: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(target, signal);
    return true;
  } catch {
    return false;
  }
}
