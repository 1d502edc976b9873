/** `npm run demo:loop` as a process: it leaves nothing running, however it ends, and touches no folder of somebody else. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runProcess } from '../../../scripts/tools/process.ts';

const root = resolve(import.meta.dirname, '../../..');
const script = join(root, 'scripts/demo-loop.ts');

let out: string;
let child: ChildProcess | null = null;
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'loop-process-'));
});
afterEach(async () => {
  if (child !== null && child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
  rmSync(out, { recursive: true, force: true });
});

/** Folders of the run's programs: each of them has one as its HOME. */
function homesOf(parent: number): string[] {
  const homes = globSync('/proc/[0-9]*').map((path) => {
    const read = (name: string): string => {
      try {
        return readFileSync(join(path, name), 'utf8');
      } catch {
        return '';
      }
    };
    const [, ppid] =
      read('stat')
        .split(/ \(.*\) /s)[1]
        ?.split(' ') ?? [];
    return ppid === String(parent)
      ? (/(?:^|\0)HOME=([^\0]*ml-platform-[^\0]*)/.exec(read('environ'))?.[1] ?? '')
      : '';
  });
  return homes.filter((home) => home !== '');
}

function processesWith(text: string): number {
  return globSync('/proc/[0-9]*/environ').filter((path) => {
    try {
      return readFileSync(path, 'utf8').includes(text);
    } catch {
      return false;
    }
  }).length;
}

async function until(what: string, holds: () => boolean, seconds: number): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
    await sleep(50);
  }
}

test.each(['SIGINT', 'SIGKILL'] as const)('%s ends what it has started', async (signal) => {
  const started = spawn(process.execPath, [script, '--out', out], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child = started;
  const chunks: Buffer[] = [];
  for (const stream of [started.stdout, started.stderr])
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const output = (): string => Buffer.concat(chunks).toString();
  const closed = once(started, 'close');
  await until('MLflow is started', () => homesOf(started.pid ?? 0).length > 0, 60);
  const [folder = ''] = homesOf(started.pid ?? 0);
  started.kill(signal);
  const [code] = await closed;
  if (signal === 'SIGINT') {
    expect(code).toBe(130);
    expect(output()).toContain('stopped: nothing is left running');
    expect(output()).not.toMatch(/^ +at .*\.ts:/m);
  }
  await until('all programs are gone', () => processesWith(folder) === 0, 20);
  await until('their folder is gone', () => !existsSync(folder), 20);
});

test.each([
  [['--outt', 'x'], '--outt is not a flag, did you mean --out?\nallowed: --out\n'],
  [['here'], '`here` is not a flag'],
])('%j is refused with what is allowed', async (flags, message) => {
  const { code, stderr } = await runProcess(process.execPath, [script, ...flags], {
    cwd: root,
    timeoutMs: 60_000,
  });
  expect(code).toBe(1);
  expect(stderr).toContain(message);
  expect(stderr).toContain('--out DIR');
});

test('a folder with other things is left alone', async () => {
  writeFileSync(join(out, 'thesis.txt'), 'x');
  const { code, stderr } = await runProcess(process.execPath, [script, '--out', out], {
    cwd: root,
    timeoutMs: 60_000,
  });
  expect(code).toBe(1);
  expect(stderr).toContain(
    'holds other things; allowed for --out: an empty folder, or one of an earlier loop',
  );
  expect(readdirSync(out)).toEqual(['thesis.txt']);
});
