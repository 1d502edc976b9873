/**
 * Ends what a run has started when the run itself cannot: a process of its own that waits for the end of its standard
 * input, which comes however the run ends, by SIGKILL too. It reads lines `group PID` and `folder PATH`; at the end it ends
 * the groups and removes the folders. After a clean stop there is nothing left to do for it.
 */

import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { signalGroup } from './groups.ts';

const graceMs = 3_000;

// It is in a group of its own, where no key of the terminal reaches it; a signal to it alone must not be the leak.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

const groups: number[] = [];
const folders: string[] = [];
for await (const line of createInterface({ input: process.stdin })) {
  const [word, value] = [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)];
  if (word === 'group') groups.push(Number(value));
  if (word === 'folder') folders.push(value);
}
for (const group of groups) signalGroup(group, 'SIGTERM');
const deadline = performance.now() + graceMs;
while (performance.now() < deadline && groups.some((group) => signalGroup(group, 0))) await sleep(50);
for (const group of groups) signalGroup(group, 'SIGKILL');
for (const folder of folders) rmSync(folder, { recursive: true, force: true });
