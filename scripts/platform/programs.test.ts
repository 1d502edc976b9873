/** What is started is waited for no longer than it lives. */

import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Programs } from './programs.ts';

let programs: Programs;
beforeEach(() => {
  programs = new Programs();
});
afterEach(() => programs.stop());

const nobody = 'http://127.0.0.1:9/';
const node = (name: string, script: string) => ({
  name,
  command: process.execPath,
  args: ['-e', script],
  env: {},
});

test('what ends before it is ready is told with its last words, and is asked no more', async () => {
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    response.writeHead(503).end();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const readyUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  try {
    const start = programs.start({
      ...node('mayfly', 'console.error("no wings"); process.exit(3)'),
      readyUrl,
    });
    await expect(start).rejects.toThrow(/^mayfly has ended \(exit code 3\)\nno wings$/);
    await sleep(300);
    const before = asked;
    await sleep(500);
    expect(asked).toBe(before);
  } finally {
    server.close();
  }
});

test('stopping ends what has not become ready, and nobody waits for it', async () => {
  const start = programs.start({ ...node('sleeper', 'setInterval(() => {}, 1000)'), readyUrl: nobody });
  const settled = start.catch((error: Error) => error.message);
  await sleep(200);
  await programs.stop();
  expect(await settled).toMatch(/^sleeper has ended \(SIGTERM\)$/);
  expect(existsSync(programs.folder)).toBe(false);
});

test('a watcher that has gone is a loss', async () => {
  const lost = new Promise<string>((resolve) => {
    programs.onLost = resolve;
  });
  process.kill(programs.watcher, 'SIGKILL');
  expect(await lost).toBe('the watcher of the platform has ended');
});
