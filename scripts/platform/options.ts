/** The flags of `npm run platform`. */

import { readFlags } from '../../cli/flags.ts';
import { nearest } from '../../core/gate/index.ts';

/** The parts, in the order in which they start. */
export const parts = ['ml-api', 'pushgateway', 'alertmanager', 'prometheus'] as const;
export type Part = (typeof parts)[number];

export interface Options {
  /** How long it runs; null: until somebody stops it. */
  readonly seconds: number | null;
  /** 0: a free one. */
  readonly ports: Readonly<Record<Part, number>>;
}

export const usage = `npm run platform -- [flags]

The inference service, Prometheus, Alertmanager and a Pushgateway on this machine, with traffic. Needs no Docker.

  --seconds N             stop after N seconds; default: at Ctrl-C
${parts.map((part) => `  --${part}-port N`.padEnd(26).concat('port on 127.0.0.1; default: a free one')).join('\n')}
`;

const names = ['seconds', ...parts.map((part) => `${part}-port`)];

export type Reading =
  | { readonly ok: true; readonly options: Options }
  | { readonly ok: false; readonly message: string };

export function readOptions(args: readonly string[]): Reading {
  const flags = readFlags(args);
  if (!flags.ok) return flags;
  const problems: string[] = [];
  for (const name of flags.values.keys()) {
    if (names.includes(name)) continue;
    const guess = nearest(name, names);
    const hint = guess === undefined ? '' : `, did you mean --${guess}?`;
    const allowed = names.map((each) => `--${each}`).join(', ');
    problems.push(`--${name} is not a flag${hint}\nallowed: ${allowed}`);
  }
  const number = (name: string, least: number, most: number): number | null => {
    const text = flags.values.get(name);
    if (text === undefined) return null;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    problems.push(`--${name} is ${JSON.stringify(text)}; allowed: a whole number from ${least} to ${most}`);
    return null;
  };
  const seconds = number('seconds', 1, 86_400);
  const ports = Object.fromEntries(parts.map((part) => [part, number(`${part}-port`, 1, 65_535) ?? 0]));
  const given = Object.values(ports).filter((port) => port !== 0);
  if (new Set(given).size < given.length) problems.push('two parts have the same port; each needs its own');
  if (problems.length > 0) return { ok: false, message: problems.join('\n') };
  return { ok: true, options: { seconds, ports: ports as Record<Part, number> } };
}
