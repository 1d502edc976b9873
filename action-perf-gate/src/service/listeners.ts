/** Which processes hold a listening port: what a container's client uses says nothing of the service in the container. */

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Whether one of the processes listens on the TCP port, as /proc tells it. */
export function listensOn(port: number, pids: readonly number[]): boolean {
  const sockets = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listening(table, port)));
  return pids.some((pid) => holdsOne(pid, sockets));
}

/** proc(5), `/proc/net/tcp`: local address, state 0A (listening) and inode are the 2nd, 4th and 10th columns. */
function listening(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  try {
    return readFileSync(table, 'latin1')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter((columns) => columns[1]?.endsWith(suffix) === true && columns[3] === '0A')
      .map((columns) => `socket:[${columns[9]}]`);
  } catch {
    return [];
  }
}

function holdsOne(pid: number, sockets: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((descriptor) =>
      sockets.has(readlinkSync(`/proc/${pid}/fd/${descriptor}`)),
    );
  } catch {
    return false;
  }
}
