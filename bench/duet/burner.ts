/** Burns a core at random times: 0.2 to 2 s, with pauses of 0.5 to 4 s between; until its input is closed. */

import { setTimeout as wait } from 'node:timers/promises';

process.stdin.on('end', () => process.exit(0)).resume();
for (;;) {
  await wait(500 + 3500 * Math.random());
  const end = performance.now() + 200 + 1800 * Math.random();
  while (performance.now() < end) Math.sqrt(end);
}
