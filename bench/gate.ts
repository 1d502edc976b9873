/** The bundled action as a runner starts it: a process of its own, inputs in the environment. */

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import type { Reading } from './ours/meter.ts';

export const root = resolve(import.meta.dirname, '..');
export const bundle = join(root, 'action-validate-model/dist/index.js');

const action = parse(readFileSync(join(root, 'action-validate-model/action.yml'), 'utf8')) as {
  inputs: Record<string, { default?: string }>;
};

export interface GateReading extends Reading {
  /** Seconds from the start of the process to its first byte of output. */
  readonly firstLine: number;
}

/** Wall and processor seconds of the whole process, its peak, and the metrics of its result document. */
export async function runGate(inputs: Readonly<Record<string, string>>): Promise<GateReading> {
  const folder = mkdtempSync(join(tmpdir(), 'ml-gates-bench-'));
  try {
    const usage = join(folder, 'usage.json');
    const preload = join(import.meta.dirname, 'ours/report-usage.ts');
    const result = join(folder, 'result.json');
    const environment = {
      ...process.env,
      ...inputVariables({ ...inputs, 'result-path': 'result.json' }),
      GITHUB_WORKSPACE: folder,
      GITHUB_STEP_SUMMARY: join(folder, 'summary.md'),
      GITHUB_OUTPUT: '',
      BENCH_USAGE_FILE: usage,
    };
    const { code, output, wall, firstLine } = await timed(['--import', preload, bundle], environment);
    if (code !== 0 || !existsSync(result))
      throw new Error(`the gate ended with exit code ${code}\n${output}`);
    const used = JSON.parse(readFileSync(usage, 'utf8')) as { cpu: number; peakMb: number };
    const document = JSON.parse(readFileSync(result, 'utf8')) as {
      predicate: { gate: { metrics: Record<string, number> } };
    };
    return { wall, firstLine, ...used, said: document.predicate.gate.metrics };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Node itself, doing nothing: the floor of every cold start. */
export async function runNothing(): Promise<number> {
  return (await timed(['--eval', ''], process.env)).wall;
}

function inputVariables(given: Readonly<Record<string, string>>): Record<string, string> {
  const all: Record<string, string> = {};
  for (const [name, { default: value }] of Object.entries(action.inputs)) {
    all[name] = value === undefined || value.includes('${{') ? '' : value;
  }
  Object.assign(all, { 'report-artifact': '', comment: 'never' }, given);
  return Object.fromEntries(
    Object.entries(all).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]),
  );
}

async function timed(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ code: number; output: string; wall: number; firstLine: number }> {
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  let firstLine = Number.NaN;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      if (Number.isNaN(firstLine)) firstLine = seconds();
      chunks.push(chunk);
    });
  }
  const code = await new Promise<number>((done, fail) => {
    child.once('error', fail);
    child.once('close', (exit) => done(exit ?? 1));
  });
  return { code, output: Buffer.concat(chunks).toString(), wall: seconds(), firstLine };
}
