/** The generators that are compared, each as a process of its own that loads a URL and tells what it measured. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { toolsRoot } from '../../scripts/tools/cache.ts';
import { ensureGoTool } from '../../scripts/tools/go-tool.ts';
import { lastLines, runProcess } from '../../scripts/tools/process.ts';

export interface Load {
  readonly url: string;
  readonly perSecond: number;
  readonly seconds: number;
}

export interface Measured {
  readonly requests: number;
  readonly ok: number;
  /** ms; null: the tool does not tell it. */
  readonly p50: number;
  readonly p95: number | null;
  readonly p99: number;
  /** Ours only. */
  readonly lagP99?: number;
  readonly void?: string | null;
}

export interface Reading extends Measured {
  /** Seconds of processor time of the whole process. */
  readonly cpu: number;
  /** MiB. */
  readonly peakMb: number;
}

export interface Tool {
  readonly name: string;
  run(load: Load): Promise<Reading>;
}

const here = import.meta.dirname;
const log = (line: string): void => console.log(`  ${line}`);

export async function ensureTools(): Promise<readonly Tool[]> {
  const k6 = await ensureGoTool({ name: 'k6', version: 'v1.8.1', package: 'go.k6.io/k6' }, { log });
  const vegeta = await ensureGoTool(
    { name: 'vegeta', version: 'v12.13.0', package: 'github.com/tsenart/vegeta/v12' },
    { log },
  );
  const autocannon = createRequire(import.meta.url).resolve('autocannon/package.json');
  // Sources are compiled at each start, which the bundle of the action is not: with the cache the start is as long as its.
  const cached = { NODE_COMPILE_CACHE: join(toolsRoot(), 'bench-compile-cache') };
  const script =
    (name: string): Tool['run'] =>
    ({ url, perSecond, seconds }) =>
      metered(
        [process.execPath, join(here, name), url, String(perSecond), String(seconds)],
        readLast,
        cached,
      );
  return [
    { name: 'perf-gate', run: script('generator.ts') },
    { name: 'k6 1.8.1', run: (load) => runK6(k6.program, load) },
    { name: 'vegeta 12.13.0', run: (load) => runVegeta(vegeta.program, load) },
    {
      name: 'autocannon 9.0.0',
      run: (load) => runAutocannon(join(dirname(autocannon), 'autocannon.js'), load),
    },
    // What sockets of our own are worth; see docs/decisions.
    { name: 'the same on undici', run: script('undici-generator.ts') },
  ];
}

/** As many virtual users as a stall of a second takes. */
function runK6(program: string, { url, perSecond, seconds }: Load): Promise<Reading> {
  const variables = { URL: url, RATE: perSecond, SECONDS: seconds, VUS: Math.max(200, perSecond) };
  const given = Object.entries(variables).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
  return metered([program, 'run', '--quiet', '--no-usage-report', ...given, join(here, 'k6.js')], readLast);
}

/** Only the attack is metered; the report is read from its file. */
async function runVegeta(program: string, { url, perSecond, seconds }: Load): Promise<Reading> {
  const folder = mkdtempSync(join(tmpdir(), 'vegeta-'));
  const results = join(folder, 'results.bin');
  try {
    const attack = `echo "GET ${url}" | exec "${program}" attack -rate=${perSecond} -duration=${seconds}s -timeout=10s -output="${results}"`;
    const { cpu, peakMb } = await metered(['sh', '-c', attack], () => null);
    const { stdout } = await runProcess(program, ['report', '-type=json', results]);
    const { requests, success, latencies } = JSON.parse(stdout) as {
      requests: number;
      success: number;
      latencies: { '50th': number; '95th': number; '99th': number };
    };
    return {
      requests,
      ok: Math.round(requests * success),
      p50: latencies['50th'] / 1e6,
      p95: latencies['95th'] / 1e6,
      p99: latencies['99th'] / 1e6,
      cpu,
      peakMb,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** It has no open loop: `-R` paces as many connections as are given, 50 here, and corrects latencies afterwards. */
function runAutocannon(script: string, { url, perSecond, seconds }: Load): Promise<Reading> {
  const given = ['-R', String(perSecond), '-c', '50', '-d', String(seconds), '--json', '--no-progress', url];
  return metered([process.execPath, script, ...given], (stdout) => {
    const told = JSON.parse(stdout) as {
      requests: { total: number };
      '2xx': number;
      latency: { p50: number; p99: number };
    };
    return {
      requests: told.requests.total,
      ok: told['2xx'],
      p50: told.latency.p50,
      p95: null,
      p99: told.latency.p99,
    };
  });
}

function readLast(stdout: string): Measured {
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Measured;
}

async function metered<T extends Measured | null>(
  command: readonly string[],
  read: (stdout: string) => T,
  env: Readonly<Record<string, string>> = {},
): Promise<T & Pick<Reading, 'cpu' | 'peakMb'>> {
  const folder = mkdtempSync(join(tmpdir(), 'metered-'));
  try {
    const file = join(folder, 'usage.json');
    const { code, stdout, stderr } = await runProcess(
      'python3',
      [join(here, 'metered.py'), file, ...command],
      {
        env: { ...process.env, ...env },
        timeoutMs: 5 * 60_000,
      },
    );
    if (code !== 0) throw new Error(`${command[0]} ended with exit code ${code}\n${lastLines(stderr, 15)}`);
    const usage = JSON.parse(readFileSync(file, 'utf8')) as Pick<Reading, 'cpu' | 'peakMb'>;
    return { ...read(stdout), ...usage };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
