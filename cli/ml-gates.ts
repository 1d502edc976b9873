#!/usr/bin/env node
/** The `ml-gates` command: the same gates, inputs from flags, the exit code is the verdict. */

import { readFlags } from './flags.ts';
import { describeGate, gates, loadGate, overview, readActionFile } from './gates.ts';

// `| head` closes the pipe: what was asked for has been read, and the exit code stays the verdict.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

const [name, ...rest] = process.argv.slice(2);
process.exitCode = await main(name, rest);

async function main(gateName: string | undefined, args: readonly string[]): Promise<number> {
  if (gateName === undefined || gateName === 'help' || gateName === '--help' || gateName === '-h') {
    process.stdout.write(
      overview([
        ['check-infra PATH', 'mistakes in manifests, policies, rules and dashboards'],
        ['iam QUESTION', 'may a workflow assume a role of AWS, may a role make a call'],
      ]),
    );
    return gateName === undefined ? 1 : 0;
  }
  if (gateName === 'check-infra') return await checkInfra(args);
  if (gateName === 'iam') return await iam(args);
  const gate = gates.get(gateName);
  if (gate === undefined) {
    process.stderr.write(
      `ml-gates: there is no gate \`${gateName}\`; gates: ${[...gates.keys()].join(', ')}; and check-infra, iam\n`,
    );
    return 1;
  }
  const action = readActionFile(gate.folder);
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(describeGate(gateName, action));
    return 0;
  }
  const flags = readFlags(args);
  if (!flags.ok) {
    process.stderr.write(`ml-gates ${gateName}: ${flags.message}\n`);
    return 1;
  }
  return await loadGate(gate, action, flags.values);
}

async function checkInfra(args: readonly string[]): Promise<number> {
  const { runCheckInfra } = await import('./check-infra.ts');
  const ending = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => ending.abort());
  return await runCheckInfra(args, {
    cwd: process.cwd(),
    env: process.env,
    signal: ending.signal,
    width: process.stdout.columns ?? 100,
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
  });
}

async function iam(args: readonly string[]): Promise<number> {
  const { runIam } = await import('./iam.ts');
  return await runIam(args, {
    cwd: process.cwd(),
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
  });
}
