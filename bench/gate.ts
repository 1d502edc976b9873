/** A bundled action as a runner starts it: a process of its own, inputs in the environment. */

import { spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { toolsRoot } from '../scripts/tools/cache.ts';
import type { Reading } from './ours/meter.ts';

export const root = resolve(import.meta.dirname, '..');

export type Action = 'action-validate-model' | 'action-validate-data' | 'action-drift-check';

export function bundleOf(action: Action): string {
  return join(root, action, 'dist/index.js');
}

export interface GateReading extends Reading {
  /** Seconds from the start of the process to its first byte of output. */
  readonly firstLine: number;
}

/** As much of a result document as is compared. */
export interface GateDocument {
  readonly metrics: Readonly<Record<string, number>>;
  readonly details: {
    readonly rows?: number;
    readonly invalidRows?: number;
    readonly violations?: { readonly groups: readonly { readonly origin: string; readonly rows: number }[] };
    readonly reference?: { readonly rows: number };
    readonly current?: { readonly rows: number };
    readonly drifted?: readonly string[];
  };
}

export interface GateRun {
  readonly action: Action;
  readonly inputs: Readonly<Record<string, string>>;
  /** Large ones of the tools' cache, which the workspace gets under their own names: an action reads only there. */
  readonly files?: readonly string[];
  /** Small ones from anywhere. */
  readonly copies?: readonly string[];
  /** A file that the run writes in its workspace, and where to move it, in the tools' cache. */
  readonly keep?: { readonly name: string; readonly to: string };
  /** What the document says of the work; default: its metrics. */
  readonly said?: (gate: GateDocument) => Record<string, number>;
}

/** Wall and processor seconds of the whole process, its peak, and what its result document says. */
export async function runGate(run: GateRun): Promise<GateReading> {
  const {
    action,
    inputs,
    files = [],
    copies = [],
    keep,
    said = ({ metrics }: GateDocument) => metrics,
  } = run;
  // In the tools' cache, as the data are: a hard link needs one file system, and a symbolic one leads outside.
  mkdirSync(toolsRoot(), { recursive: true });
  const folder = mkdtempSync(join(toolsRoot(), 'bench-run-'));
  try {
    for (const file of files) linkSync(file, join(folder, basename(file)));
    for (const file of copies) copyFileSync(file, join(folder, basename(file)));
    const usage = join(folder, 'usage.json');
    const preload = join(import.meta.dirname, 'ours/report-usage.ts');
    const result = join(folder, 'result.json');
    const environment = {
      ...process.env,
      ...inputVariables(action, { ...inputs, 'result-path': 'result.json' }),
      GITHUB_WORKSPACE: folder,
      GITHUB_STEP_SUMMARY: join(folder, 'summary.md'),
      GITHUB_OUTPUT: '',
      BENCH_USAGE_FILE: usage,
    };
    const args = ['--import', preload, bundleOf(action)];
    const { code, output, wall, firstLine } = await timed(args, environment);
    if (code !== 0 || !existsSync(result))
      throw new Error(`${action} ended with exit code ${code}\n${output}`);
    const used = JSON.parse(readFileSync(usage, 'utf8')) as { cpu: number; peakMb: number };
    const document = JSON.parse(readFileSync(result, 'utf8')) as { predicate: { gate: GateDocument } };
    if (keep !== undefined) renameSync(join(folder, keep.name), keep.to);
    const { gate } = document.predicate;
    const { drifted } = gate.details;
    const flagged = drifted === undefined ? {} : { flagged: drifted };
    return { wall, firstLine, ...used, ...flagged, said: said(gate) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Node itself, doing nothing: the floor of every cold start. */
export async function runNothing(): Promise<number> {
  return (await timed(['--eval', ''], process.env)).wall;
}

function inputVariables(action: Action, given: Readonly<Record<string, string>>): Record<string, string> {
  const { inputs } = parse(readFileSync(join(root, action, 'action.yml'), 'utf8')) as {
    inputs: Record<string, { default?: string }>;
  };
  const all: Record<string, string> = {};
  for (const [name, { default: value }] of Object.entries(inputs)) {
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
