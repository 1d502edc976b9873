import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { lastLines, runProcess } from './process.ts';

/** Runs still: a zombie that nobody reaps, as in containers without an init, does not. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !(existsSync(`/proc/${pid}/stat`) && / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')));
  } catch {
    return false;
  }
}

async function waitUntilGone(pid: number): Promise<void> {
  while (isAlive(pid)) await sleep(10);
}

test('output and exit code are collected', async () => {
  const result = await runProcess('sh', ['-c', 'echo out; echo err >&2; exit 3']);
  expect(result).toEqual({ code: 3, stdout: 'out\n', stderr: 'err\n' });
});

test('a signal becomes 128 plus its number, as in a shell', async () => {
  expect((await runProcess('sh', ['-c', 'kill -TERM $$'])).code).toBe(143);
});

test('a child left behind is ended with its parent', async () => {
  const { stdout } = await runProcess('sh', ['-c', 'sleep 600 & echo $!']);
  await waitUntilGone(Number(stdout));
});

test('a time-out ends the whole group and shows the last output', async () => {
  const run = runProcess('sh', ['-c', 'sleep 600 & echo "child $!"; wait'], { timeoutMs: 300 });
  const message = await run.then(
    () => 'no error',
    (error: Error) => error.message,
  );
  expect(message).toMatch(/^sh was stopped after 0\.3 s\nchild \d+$/);
  await waitUntilGone(Number(message.split('child ')[1]));
});

test('a program that ignores the first signal is killed after the grace time', async () => {
  const run = runProcess('sh', ['-c', 'trap "" TERM; echo "self $$"; while :; do sleep 0.05; done'], {
    timeoutMs: 300,
    graceMs: 100,
  });
  await expect(run).rejects.toThrow('sh was stopped after 0.3 s');
});

test('a program that ends tidily on the first signal has the time to', async () => {
  const run = runProcess('sh', ['-c', 'trap "echo tidied; exit" TERM; while :; do sleep 0.05; done'], {
    timeoutMs: 300,
  });
  await expect(run).rejects.toThrow('tidied');
});

test('our own end by a signal ends what still runs', async () => {
  const module = join(import.meta.dirname, 'process.ts');
  const script = `
    const { runProcess } = await import(${JSON.stringify(module)});
    runProcess('sh', ['-c', 'echo $$ >&2; sleep 600'], { onStderr: (pid) => process.stdout.write(pid) });
  `;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script]);
  const pid = Number(await new Promise((resolve) => parent.stdout.once('data', resolve)));
  expect(isAlive(pid)).toBe(true);
  parent.kill('SIGTERM');
  const signal = await new Promise((resolve) => parent.once('exit', (_code, by) => resolve(by)));
  expect(signal).toBe('SIGTERM');
  await waitUntilGone(pid);
});

test('a program that does not exist is named', async () => {
  await expect(runProcess('no-such-program', [])).rejects.toThrow('no-such-program could not be started');
});

test('the last lines leave blank ones out', () => {
  expect(lastLines('a\n\nb\nc\n\n', 2)).toBe('b\nc');
});
