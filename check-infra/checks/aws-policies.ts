/** Policies of AWS as they are read, so that each is read once for all checks. */

import { type Policy, parsePolicyText } from '../iam/index.ts';
import type { Infra, PolicyFile } from '../infra.ts';

export interface ReadPolicy {
  readonly file: PolicyFile;
  readonly policy: Policy;
}

interface All {
  readonly read: readonly ReadPolicy[];
  readonly wrong: readonly { readonly place: string; readonly problem: string }[];
}

const readOf = new WeakMap<Infra, All>();

export function awsPolicies(infra: Infra): All {
  const before = readOf.get(infra);
  if (before !== undefined) return before;
  const read: ReadPolicy[] = [];
  const wrong: { place: string; problem: string }[] = [];
  for (const file of infra.policies) {
    const parsed = parsePolicyText(file.text, file.place, file.kind ?? undefined);
    if (parsed.is === 'policy') read.push({ file, policy: parsed.policy });
    else wrong.push(...parsed.problems.map((problem) => ({ place: file.place, problem })));
  }
  const all = { read, wrong };
  readOf.set(infra, all);
  return all;
}

/** Those that give something. */
export function grantingPolicies(infra: Infra): readonly ReadPolicy[] {
  return awsPolicies(infra).read.filter(({ file }) => !file.isLimit);
}
