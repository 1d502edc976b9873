import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { InputReader, RunError } from '../../../core/inputs/index.ts';
import { readAddress } from '../inputs/address.ts';
import { redactor } from '../inputs/secrets.ts';
import { freePort, LogFile, type RunningService, startService } from './index.ts';
import { factsOf } from './process-tree.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'perf-service-'));
  // Answers when ready, burns time on /burn, ends on /end, answers 503 until a second /ready.
  writeFileSync(
    join(folder, 'server.mjs'),
    `import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';
let asked = 0;
const used = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };
console.log('token is s3cr3t-token');
createServer((request, response) => {
  if (request.url === '/burn') for (const until = used() + 300; used() < until; );
  if (request.url === '/used') return response.end(String(used()));
  if (request.url === '/end') { console.error('out of cheese'); process.exit(3); }
  if (request.url === '/ready') { asked += 1; response.statusCode = asked > 1 ? 200 : 503; }
  if (request.url === '/env') return response.end(JSON.stringify(process.env));
  response.end('ok');
}).listen(Number(process.env.PORT), '127.0.0.1', () => writeFileSync('server.pid', String(process.pid)));
`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

interface Given {
  readonly command: string;
  readonly ready?: string;
  readonly readyTimeoutMs?: number;
  readonly port?: number;
  readonly graceMs?: number;
  readonly signal?: AbortSignal;
}

async function start({ command, ready, readyTimeoutMs = 10_000, port, signal, graceMs = 10_000 }: Given) {
  const own = port ?? (await freePort());
  const redact = redactor(['s3cr3t-token']);
  const log = new LogFile(redact);
  open.push(() => log.close());
  const reader = new InputReader({ get: () => 'http://127.0.0.1:{port}/', workspace: folder });
  const address = readAddress(reader, 'url');
  if (address === null) throw new Error('the address is wrong');
  const side = {
    address,
    service: { command, ready: ready === undefined ? null : { path: ready }, readyTimeoutMs },
  };
  const service: RunningService = await startService({
    title: 'the service',
    side,
    port: own,
    folder,
    env: { ...process.env, INPUT_HEADERS: 'authorization: x', ACTIONS_RUNTIME_TOKEN: 'y', KEPT: 'z' },
    log,
    redact,
    graceMs,
    signal: signal ?? new AbortController().signal,
  });
  open.push(() => service.stop());
  return { service, log, url: (path: string) => `http://127.0.0.1:${own}${path}` };
}

const server = `exec "${process.execPath}" server.mjs`;
const failure = async (given: Given): Promise<string> => {
  const error: unknown = await start(given).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RunError);
  return (error as RunError).message;
};
const isAlive = (pid: number): boolean => factsOf(pid)?.zombie === false;
async function gone(pid: number): Promise<boolean> {
  for (let round = 0; round < 200 && isAlive(pid); round++) await sleep(20);
  return !isAlive(pid);
}

describe('a service', () => {
  test('is waited for until its ready-url answers with success, and knows its port', async () => {
    const { url } = await start({ command: server, ready: '/ready' });
    expect((await fetch(url('/'))).status).toBe(200);
  });

  test('sees its environment, but neither inputs of the gate nor tokens of the runner', async () => {
    const { url } = await start({ command: server });
    const seen = (await (await fetch(url('/env'))).json()) as Record<string, string>;
    expect(seen.KEPT).toBe('z');
    expect([seen.INPUT_HEADERS, seen.ACTIONS_RUNTIME_TOKEN]).toEqual([undefined, undefined]);
  });

  test('takes the port from {port} in its command, too', async () => {
    const { url } = await start({ command: `PORT= ; PORT={port} ${server}` });
    expect((await fetch(url('/'))).status).toBe(200);
  });

  test('is stopped with its children, those that left its group and those that ignore SIGTERM as well', async () => {
    const command = [
      `trap '' TERM`,
      `(setsid sh -c 'echo $$ > stray.pid; exec sleep 600' >/dev/null 2>&1 &)`,
      `sleep 600 & echo $! > child.pid`,
      `"${process.execPath}" server.mjs`,
    ].join('\n');
    const { service } = await start({ command, graceMs: 300 });
    const pids = ['stray.pid', 'child.pid', 'server.pid'].map((name) =>
      Number(readFileSync(join(folder, name), 'utf8')),
    );
    expect(pids.map(isAlive)).toEqual([true, true, true]);
    await service.stop();
    expect(await Promise.all(pids.map(gone))).toEqual([true, true, true]);
  });

  test('tells what it used: processor time and memory of all its processes', async () => {
    const { service, url } = await start({ command: `"${process.execPath}" server.mjs; true` });
    const before = service.usage();
    await fetch(url('/burn'));
    const after = service.usage();
    const itself = Number(await (await fetch(url('/used'))).text());
    expect((after?.cpuMs ?? 0) - (before?.cpuMs ?? 0)).toBeGreaterThanOrEqual(280);
    expect(Math.abs((service.usage()?.cpuMs ?? 0) - itself)).toBeLessThan(60);
    expect(service.peakBytes).toBeGreaterThan(20e6);
    expect(service.peakBytes).toBeLessThan(500e6);
    expect(after?.processes).toBe(2);
  });

  test('keeps the time of a child that has ended', async () => {
    const burn = `"${process.execPath}" -e 'for (const { cpuUsage } = process, used = () => cpuUsage().user + cpuUsage().system, end = used() + 2e5; used() < end;);'`;
    const { service } = await start({ command: `${burn}\n"${process.execPath}" server.mjs` });
    expect(service.usage()?.cpuMs).toBeGreaterThanOrEqual(200);
  });
});

test('a client whose service runs elsewhere, as in a container, is not taken for the service', async () => {
  const port = await freePort();
  const elsewhere = createHttpServer((_, response) => response.end('ok'));
  open.push(() => new Promise((resolve) => elsewhere.close(resolve)));
  setTimeout(() => elsewhere.listen(port, '127.0.0.1'), 150);
  const { service } = await start({ command: 'exec sleep 600', port });
  expect(service.usage()).toBeNull();
});

describe('a service that fails', () => {
  test('before it is ready: its last lines are the reason, without secrets', async () => {
    const message = await failure({ command: 'echo "loading s3cr3t-token"; echo "no model" >&2; exit 4' });
    expect(message).toBe(
      'the service ended with code 4 before it was ready; its last lines:\nloading ***\nno model',
    );
  });

  test('to answer in time: the last answer is told', async () => {
    const message = await failure({ command: 'sleep 60', readyTimeoutMs: 300 });
    expect(message).toMatch(
      /^the service was not ready within 0\.3 s: http:\/\/127\.0\.0\.1:\{port\}\/ does not answer \(connect ECONNREFUSED .*\); it wrote nothing$/,
    );
  });

  test('with a ready-url that nothing serves', async () => {
    const notFound = server.replace(
      'server.mjs',
      `-e "require('node:http').createServer((q, r) => { r.statusCode = 404; r.end() }).listen(process.env.PORT, '127.0.0.1')"`,
    );
    expect(await failure({ command: notFound, ready: '/health', readyTimeoutMs: 700 })).toMatch(
      /not ready within 0\.7 s: \/health answers 404/,
    );
  });

  test('in the run: it is an error with its last lines, not a timing', async () => {
    const { service, url } = await start({ command: server });
    await fetch(url('/end')).catch(() => undefined);
    await expect(service.death).rejects.toThrow(
      'the service ended with code 3 during the run; its last lines:\ntoken is ***\nout of cheese',
    );
  });

  test('because another one has its port: that one would be measured', async () => {
    const port = await freePort();
    const stranger: Server = createServer().listen(port, '127.0.0.1');
    open.push(() => new Promise((resolve) => stranger.close(resolve)));
    await new Promise((resolve) => stranger.once('listening', resolve));
    expect(await failure({ command: server, port })).toBe(
      `the service is not started: something listens on port ${port} already, and would be measured in its place`,
    );
  });

  test('while the job is cancelled', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new RunError('the run was cancelled')), 200);
    expect(
      await failure({ command: 'echo $$ > waiting.pid; exec sleep 60', signal: controller.signal }),
    ).toBe('the run was cancelled');
    expect(await gone(Number(readFileSync(join(folder, 'waiting.pid'), 'utf8')))).toBe(true);
  });
});

test('a daemon that its command leaves behind is the service', async () => {
  const { service, url } = await start({
    command: `setsid "${process.execPath}" server.mjs </dev/null >/dev/null 2>&1 &`,
  });
  expect((await fetch(url('/'))).status).toBe(200);
  expect(service.usage()?.processes).toBe(1);
});

test.each(['SIGKILL', 'SIGTERM'] as const)('a gate that gets %s leaves nothing behind', async (signal) => {
  const files = ['gate.mjs', 'orphan.pid', 'orphan-stray.pid'].map((name) =>
    join(folder, `${signal}-${name}`),
  );
  const [program = '', pid = '', stray = ''] = files;
  const port = await freePort();
  const at = (name: string): string => pathToFileURL(join(import.meta.dirname, name)).href;
  writeFileSync(
    program,
    `import { onCancel } from '${at('../../../core/run/index.ts')}';
import { LogFile, startService } from '${at('index.ts')}';
const cancellation = onCancel('it was stopped');
const text = 'http://127.0.0.1:${port}/';
const service = await startService({
  title: 'the service', port: ${port}, folder: ${JSON.stringify(folder)}, env: process.env,
  log: new LogFile((t) => t), redact: (t) => t, signal: cancellation.signal,
  side: { address: { text, port: ${port}, shown: text }, service: {
    command: ${JSON.stringify(`(setsid sh -c 'echo $$ > ${stray}; exec sleep 600' &)\necho $$ > ${pid}\n${server}`)},
    ready: null, readyTimeoutMs: 10000 } },
});
console.log('ready');
await new Promise((resolve) => cancellation.signal.addEventListener('abort', resolve));
await service.stop();
process.exit(1);
`,
  );
  const gate = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve) => gate.stdout.once('data', resolve));
  const pids = [pid, stray].map((file) => Number(existsSync(file) ? readFileSync(file, 'utf8') : 0));
  expect(pids.map(isAlive)).toEqual([true, true]);
  gate.kill(signal);
  expect(await Promise.all(pids.map(gone))).toEqual([true, true]);
});

test('a daemon that ends is known to have ended, though its command did well long before', async () => {
  const command = `setsid "${process.execPath}" server.mjs </dev/null >/dev/null 2>&1 &`;
  const { service, url } = await start({ command });
  await fetch(url('/end')).catch(() => undefined);
  await expect(service.death).rejects.toThrow('the service ended during the run; it wrote nothing');
});
