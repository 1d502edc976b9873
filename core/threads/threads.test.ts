import type { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { endThread, startThread } from './index.ts';

const face = JSON.stringify(new URL('./index.ts', import.meta.url).href);
const worker = (code: string): Worker =>
  startThread(
    new URL(
      `data:text/javascript,${encodeURIComponent(
        `import { parentPort } from 'node:worker_threads'; const { listen } = await import(${face}); listen(parentPort, () => undefined); ${code}`,
      )}`,
    ),
  );
const exitOf = (thread: Worker): Promise<number> => new Promise((done) => thread.once('exit', done));

test('a thread that waits ends by itself, also before it has started', async () => {
  const thread = worker('');
  const code = exitOf(thread);
  await endThread(thread, 20_000);
  expect(await code).toBe(0);
  // Once more is nothing.
  await endThread(thread);
});

test('one that does not come back is stopped', async () => {
  const thread = worker("parentPort.postMessage('begun'); for (;;);");
  const code = exitOf(thread);
  // One that is stopped before it has begun has the code 0.
  await new Promise((begun) => thread.once('message', begun));
  await endThread(thread, 50);
  expect(await code).toBe(1);
});
