/** What ends a service when the gate itself cannot: killed, out of memory, crashed. */

import { type ChildProcess, spawn } from 'node:child_process';
import { markerName } from './process-tree.ts';

/**
 * Waits for a word on its standard input. When that ends without one, the gate is gone: the group is killed, and then
 * all that carries the marker.
 */
const script = `
read -r word
[ "$word" = done ] && exit 0
kill -KILL -- "-$1" 2>/dev/null
for folder in /proc/[0-9]*; do
  grep -qs -- "$2" "$folder/environ" && kill -KILL "\${folder#/proc/}" 2>/dev/null
done
exit 0
`;

export interface Guard {
  /** The service has ended: there is nothing left to guard. */
  dismiss(): void;
}

export function guard(group: number, marker: string): Guard {
  const child: ChildProcess = spawn(
    '/bin/sh',
    ['-c', script, 'sh', String(group), `${markerName}=${marker}`],
    {
      detached: true,
      env: { PATH: process.env.PATH ?? '/usr/bin:/bin' },
      stdio: ['pipe', 'ignore', 'ignore'],
    },
  );
  // Without a shell there is no guard; the service is still stopped by the gate.
  child.on('error', () => {});
  child.stdin?.on('error', () => {});
  child.unref();
  return {
    dismiss: () => {
      child.stdin?.end('done\n');
    },
  };
}
