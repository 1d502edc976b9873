/** The flags of `npm run demo:loop`. */

import { resolve } from 'node:path';
import { readFlags } from '../../cli/flags.ts';
import { nearest } from '../../core/gate/index.ts';

export interface Options {
  /** Absolute: where models, results and reports go. */
  readonly out: string;
}

export const usage = `npm run demo:loop -- [flags]

Data, training, gate, service, drift, retraining and the new model, once around, on this machine. Needs no Docker.

  --out DIR    folder for what is made, emptied before (default: gate-results/loop)
`;

const names = ['out'];

export type Reading =
  | { readonly ok: true; readonly options: Options }
  | { readonly ok: false; readonly message: string };

export function readOptions(args: readonly string[], root: string): Reading {
  const flags = readFlags(args);
  if (!flags.ok) return flags;
  for (const name of flags.values.keys()) {
    if (names.includes(name)) continue;
    const guess = nearest(name, names);
    const hint = guess === undefined ? '' : `, did you mean --${guess}?`;
    return { ok: false, message: `--${name} is not a flag${hint}\nallowed: --${names.join(', --')}` };
  }
  const out = flags.values.get('out');
  return {
    ok: true,
    options: { out: out === undefined ? resolve(root, 'gate-results/loop') : resolve(out) },
  };
}
