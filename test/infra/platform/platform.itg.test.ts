/** `npm run platform` as a newcomer runs it: numbers move, alerts arrive, and nothing is left, however it ends. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { runProcess } from '../../../scripts/tools/process.ts';

const root = resolve(import.meta.dirname, '../../..');

interface Run {
  readonly child: ChildProcess;
  output(): string;
  readonly ended: Promise<number | null>;
}

const runs: Run[] = [];
afterEach(async () => {
  for (const { child, ended } of runs.splice(0)) {
    // Its watcher ends the rest.
    child.kill('SIGKILL');
    await ended;
  }
});

function start(...flags: string[]): Run {
  const child = spawn(process.execPath, [join(root, 'scripts/platform.ts'), ...flags], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const run = { child, output: () => Buffer.concat(chunks).toString(), ended };
  runs.push(run);
  return run;
}

async function until(what: string, holds: () => boolean | Promise<boolean>, seconds = 60): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (performance.now() < deadline) {
    if (await holds()) return;
    await sleep(100);
  }
  throw new Error(`not within ${seconds} s: ${what}\n${runs.map(({ output }) => output()).join('\n')}`);
}

function addressOf(run: Run, part: string): string {
  return new RegExp(`^ +${part} +(http://127\\.0\\.0\\.1:\\d+)$`, 'm').exec(run.output())?.[1] ?? '';
}

const started = (run: Run) => until('started', () => run.output().includes('Three things to try'));

/** Empty: the process has ended, or is not ours to look at. */
function readProcess(pid: string, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}

function pids(): string[] {
  return globSync('/proc/[0-9]*').map((path) => path.slice('/proc/'.length));
}

/** The command lines of processes that have a text in their arguments or their environment. */
function processesWith(text: string): string[] {
  return pids()
    .filter((pid) => `${readProcess(pid, 'cmdline')}${readProcess(pid, 'environ')}`.includes(text))
    .map((pid) => readProcess(pid, 'cmdline').replaceAll('\0', ' '));
}

function pidWith(argument: string): number {
  const pid = pids().find((each) => readProcess(each, 'cmdline').split('\0').includes(argument));
  if (pid === undefined) throw new Error(`no process has the argument ${argument}`);
  return Number(pid);
}

/** The folder of a run: every program but the watcher has it in its environment. */
function folderOf({ child }: Run): string {
  for (const pid of pids()) {
    const [, parent] =
      readProcess(pid, 'stat')
        .split(/ \(.*\) /s)[1]
        ?.split(' ') ?? [];
    const home = /(?:^|\0)HOME=([^\0]*ml-platform-[^\0]*)/.exec(readProcess(pid, 'environ'))?.[1];
    if (parent === String(child.pid) && home !== undefined) return home;
  }
  throw new Error('no program of the run has a folder');
}

/** The commands that it prints, as a shell would read them. */
function thingsToTry(run: Run): string[] {
  const [, shown = ''] = run.output().split('Three things to try');
  return shown
    .replaceAll(/ \\\n/g, ' ')
    .split('\n')
    .filter((line) => /^ +(curl|printf) /.test(line));
}

async function tryOut(command: string | undefined): Promise<string> {
  const { code, stdout } = await runProcess('/bin/sh', ['-c', command ?? 'false'], { timeoutMs: 20_000 });
  expect(code, command).toBe(0);
  return stdout;
}

async function query(prometheus: string, expression: string): Promise<readonly Record<string, never>[]> {
  const response = await fetch(`${prometheus}/api/v1/query?query=${encodeURIComponent(expression)}`);
  return ((await response.json()) as { data: { result: Record<string, never>[] } }).data.result;
}

test('numbers move, the rules see them, alerts come to the receiver, and the end leaves nothing', async () => {
  const run = start('--seconds', '75');
  await started(run);
  const prometheus = addressOf(run, 'Prometheus');
  const folder = folderOf(run);
  expect(processesWith(folder).length, 'four programs').toBe(4);

  await until('a rate in Prometheus', async () => {
    const [rate] = await query(
      prometheus,
      'sum(rate(ml_api_requests_total{route="/predict",status="200"}[10s])) > 5',
    );
    return rate !== undefined;
  });
  await until('recorded by a rule of the repository', async () => {
    return (await query(prometheus, 'job:ml_api_requests:rate5m{job="ml-api"} > 0')).length === 1;
  });
  expect(await query(prometheus, 'up == 0'), 'every target is there').toEqual([]);
  expect((await query(prometheus, 'up')).length).toBe(4);
  const [predict, ask, degrade, ...more] = thingsToTry(run);
  expect(more).toEqual([]);
  expect(JSON.parse(await tryOut(predict))).toMatchObject({ predictions: [0], model: 'cancer' });
  expect(JSON.parse(await tryOut(ask)).data.result).toHaveLength(1);
  expect(await tryOut(degrade)).toBe('');
  await until('some requests are refused', async () => {
    return (await query(prometheus, 'ml_api_requests_total{route="/predict",status="400"} > 0')).length === 1;
  });
  await until('a number moves on the screen', () => /^\d+\.\d requests\/s \| p95 \d+ ms/m.test(run.output()));
  await until('the Watchdog arrives', () =>
    run.output().includes('alert firing -> watchdog: Watchdog (none)'),
  );
  await until('bad accuracy arrives', () =>
    run
      .output()
      .includes('alert firing -> pages: ModelAccuracyDegraded (page): cancer 1: accuracy on holdout is 76%'),
  );
  await until('the one that was tried arrives', () =>
    run.output().includes('ModelAccuracyDegraded (page): mine 1: accuracy on holdout is 50%'),
  );
  await until('drift arrives', () =>
    run.output().includes('alert firing -> tickets: DataDriftDetected (ticket)'),
  );

  expect(await run.ended).toBe(0);
  expect(run.output()).toContain('stopped: nothing is left running');
  expect(processesWith(folder)).toEqual([]);
  expect(existsSync(folder)).toBe(false);
});

test.each(['SIGTERM', 'SIGINT'] as const)('%s stops everything and is no failure', async (signal) => {
  const run = start();
  await started(run);
  const folder = folderOf(run);
  run.child.kill(signal);
  expect(await run.ended).toBe(0);
  expect(processesWith(folder)).toEqual([]);
  expect(existsSync(folder)).toBe(false);
});

test('killed, it leaves nothing either: its watcher cleans up', async () => {
  const run = start();
  await started(run);
  const folder = folderOf(run);
  expect(processesWith(folder).length).toBe(4);
  run.child.kill('SIGKILL');
  await run.ended;
  await until('all programs are gone', () => processesWith(folder).length === 0, 15);
  await until('the folder is gone', () => !existsSync(folder), 15);
});

test('a second Ctrl-C ends it at once, and the watcher the rest', async () => {
  const run = start();
  await started(run);
  const folder = folderOf(run);
  // One that does not end by itself.
  process.kill(pidWith(`--storage.path=${folder}/alertmanager`), 'SIGSTOP');
  run.child.kill('SIGINT');
  await sleep(1_000);
  expect(run.child.exitCode, 'it waits for the one that is stopped').toBeNull();
  run.child.kill('SIGINT');
  expect(await run.ended).toBe(130);
  await until('all programs are gone', () => processesWith(folder).length === 0, 15);
  await until('the folder is gone', () => !existsSync(folder), 15);
});

test('a program that ends by itself ends the platform, which says which one', async () => {
  const run = start();
  await started(run);
  const folder = folderOf(run);
  process.kill(pidWith(`--config.file=${folder}/prometheus.yml`), 'SIGKILL');
  expect(await run.ended).toBe(1);
  expect(run.output()).toContain('Prometheus has ended (SIGKILL)');
  expect(processesWith(folder)).toEqual([]);
});

test('ports that are taken are said before anything is started, and whoever listens there gets nothing', async () => {
  const asked: string[] = [];
  const stranger = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end('{"ready": true}');
  });
  stranger.listen(0, '127.0.0.1');
  await once(stranger, 'listening');
  try {
    const taken = String((stranger.address() as AddressInfo).port);
    const run = start('--ml-api-port', taken);
    expect(await run.ended).toBe(1);
    expect(run.output()).toContain(`--ml-api-port ${taken} is in use`);
    expect(run.output()).not.toMatch(/^ +at .*\.ts:/m);
    expect(asked).toEqual([]);
  } finally {
    stranger.close();
  }
});

test.each([
  [['--second', '5'], '--second is not a flag, did you mean --seconds?'],
  [['--seconds', '0'], '--seconds is "0"; allowed: a whole number from 1 to 86400'],
  [['--prometheus-port', 'http'], '--prometheus-port is "http"; allowed: a whole number from 1 to 65535'],
  [
    ['--ml-api-port', '8000', '--prometheus-port', '8000'],
    'two parts have the same port; each needs its own',
  ],
  [['now'], '`now` is not a flag'],
])('%j is refused with what is allowed', async (flags, message) => {
  const run = start(...flags);
  expect(await run.ended).toBe(1);
  expect(run.output()).toContain(message);
  expect(run.output()).toContain('--seconds N');
});
