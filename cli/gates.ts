/** The gates by name; their inputs, defaults and help come from each action.yml. */

import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type Gate, runGate, terminalHost } from '../core/run/index.ts';

export interface GateEntry {
  readonly folder: string;
  readonly summary: string;
  readonly run: (host: ReturnType<typeof terminalHost>) => Promise<number>;
}

export interface ActionFile {
  readonly description: string;
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default?: string }>>;
}

export const gates: ReadonlyMap<string, GateEntry> = new Map([
  [
    'deploy',
    {
      folder: 'action-deploy',
      summary: 'bring an image to where it runs, and see that it does',
      run: async (host) => await start((await import('../action-deploy/src/main.ts')).deploy, host),
    },
  ],
  [
    'drift-check',
    {
      folder: 'action-drift-check',
      summary: 'have the data drifted from a reference',
      run: async (host) => await start((await import('../action-drift-check/src/main.ts')).driftCheck, host),
    },
  ],
  [
    'perf-gate',
    {
      folder: 'action-perf-gate',
      summary: 'is the service fast enough, and no slower than before',
      run: async (host) => await start((await import('../action-perf-gate/src/main.ts')).perfGate, host),
    },
  ],
  [
    'validate-data',
    {
      folder: 'action-validate-data',
      summary: 'may the data be used: schema, rules, leakage',
      run: async (host) => await start((await import('../action-validate-data/src/main.ts')).dataGate, host),
    },
  ],
  [
    'validate-model',
    {
      folder: 'action-validate-model',
      summary: 'is the model good enough to go on',
      run: async (host) =>
        await start((await import('../action-validate-model/src/main.ts')).modelGate, host),
    },
  ],
]);

async function start<Config, Details>(
  gate: Gate<Config, Details>,
  host: ReturnType<typeof terminalHost>,
): Promise<number> {
  return await runGate(gate, host);
}

export function readActionFile(folder: string): ActionFile {
  return parse(readFileSync(new URL(`../${folder}/action.yml`, import.meta.url), 'utf8')) as ActionFile;
}

export async function loadGate(
  gate: GateEntry,
  action: ActionFile,
  given: ReadonlyMap<string, string>,
): Promise<number> {
  const defaults = Object.entries(action.inputs).flatMap(([name, { default: value }]): [string, string][] =>
    value === undefined || value.includes('${{') ? [] : [[name, value]],
  );
  return await gate.run(
    terminalHost({
      env: process.env,
      cwd: process.cwd(),
      flags: new Map([...defaults, ...given]),
      given: [...given.keys()],
      out: (text) => process.stdout.write(text),
      err: (text) => process.stderr.write(text),
      color: process.stdout.isTTY === true && process.env.NO_COLOR === undefined,
      width: process.stdout.columns ?? 100,
    }),
  );
}

/** `others` are commands that are no gates. */
export function overview(others: readonly (readonly [string, string])[]): string {
  const shown = (name: string, summary: string): string => `  ${name.padEnd(18)}${summary}`;
  const lines = [...gates].map(([name, { summary }]) => shown(name, summary));
  return [
    'ml-gates <gate> --input value …',
    '',
    'Runs a gate on your own files; exits with 0 on pass, 1 otherwise.',
    '',
    ...lines,
    '',
    ...others.map(([name, summary]) => shown(name, summary)),
    '',
    'ml-gates <gate> --help lists the inputs of a gate.',
    '',
  ].join('\n');
}

export function describeGate(name: string, { description, inputs }: ActionFile): string {
  const lines = Object.entries(inputs)
    .filter(([input]) => input !== 'github-token')
    .flatMap(([input, { description: text, default: value }]) => {
      const shown = value === undefined || value === '' ? '' : ` (default: ${value})`;
      return [`  --${input}${shown}`, ...wrap(text.trim(), 92).map((line) => `      ${line}`)];
    });
  return [`ml-gates ${name}: ${description}`, '', ...lines, ''].join('\n');
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length >= width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
