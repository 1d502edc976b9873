import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';

/** The bundle as a runner ends it: SIGINT when a job is cancelled, SIGTERM when that takes too long, SIGKILL in the end. */

const action = resolve(import.meta.dirname, '../../action-perf-gate');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'perf-cancelled-'));
  writeFileSync(
    join(folder, 'server.mjs'),
    `import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';
// As slow to end as a service that drains.
process.on('SIGTERM', () => {});
createServer((request, response) => response.end('ok')).listen(Number(process.env.PORT), '127.0.0.1', () =>
  writeFileSync(process.argv[2], String(process.pid)));
`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function startGate(pidFile: string): ChildProcess {
  const { inputs } = parse(readFileSync(join(action, 'action.yml'), 'utf8')) as {
    inputs: Record<string, { default?: string }>;
  };
  const given: Readonly<Record<string, string>> = {
    url: 'http://127.0.0.1:{port}/',
    'start-command': `"${process.execPath}" server.mjs ${pidFile} & wait`,
    duration: '60s',
    'github-token': '',
    'report-artifact': '',
  };
  const variables = Object.entries(inputs).map(([name, { default: usual }]) => [
    `INPUT_${name.toUpperCase()}`,
    given[name] ?? usual ?? '',
  ]);
  return spawn(process.execPath, [join(action, 'dist/index.js')], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', GITHUB_WORKSPACE: folder, ...Object.fromEntries(variables) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

async function until(holds: () => boolean, seconds: number): Promise<boolean> {
  for (let round = 0; round < seconds * 20 && !holds(); round++) await sleep(50);
  return holds();
}

test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
  '%s under load: the service is gone, and no result is left',
  async (signal) => {
    const pidFile = `${signal}.pid`;
    const gate = startGate(pidFile);
    let log = '';
    gate.stdout?.on('data', (chunk: Buffer) => {
      log += chunk.toString();
    });
    const ended = new Promise<number | null>((done) => gate.once('close', (code) => done(code)));
    try {
      expect(await until(() => log.includes('the load begins'), 30)).toBe(true);
      await sleep(300);
      const pid = Number(readFileSync(join(folder, pidFile), 'utf8'));
      expect(isAlive(pid)).toBe(true);
      gate.kill(signal);
      const code = await ended;
      expect(await until(() => !isAlive(pid), 10)).toBe(true);
      expect(existsSync(join(folder, 'gate-results/perf-gate.json'))).toBe(false);
      if (signal === 'SIGKILL') return;
      expect(code).toBe(1);
      expect(log).toContain(`the run was cancelled (${signal}); what it had started was stopped`);
    } finally {
      gate.kill('SIGKILL');
    }
  },
);
