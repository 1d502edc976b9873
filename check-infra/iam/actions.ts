/** What is known of an action: whether there is one of that name, whether it only reads, whether it knows resources. */

import { knownActions } from './known-actions.ts';
import { matchesAction } from './pattern.ts';

export interface KnownAction {
  /** `ecs:DescribeServices` */
  readonly name: string;
  readonly reads: boolean;
  /** Without: it is allowed on `*` alone. */
  readonly knowsResources: boolean;
}

const byService = new Map(
  knownActions.map(([service, reads, others]) => [
    service,
    [...actionsIn(service, reads, true), ...actionsIn(service, others, false)],
  ]),
);

function actionsIn(service: string, list: string, reads: boolean): KnownAction[] {
  return list
    .split(' ')
    .filter((name) => name !== '')
    .map((name) => ({
      name: `${service}:${name.replace('*', '')}`,
      reads,
      knowsResources: !name.endsWith('*'),
    }));
}

/** Those that a pattern means; null: of that service nothing is known here. */
export function actionsOf(pattern: string): readonly KnownAction[] | null {
  const service = pattern.split(':')[0]?.toLowerCase() ?? '';
  const known = byService.get(service);
  return known?.filter(({ name }) => matchesAction(pattern, name)) ?? null;
}

/** Names of all actions of the service of a pattern. */
export function namesBeside(pattern: string): readonly string[] {
  return (byService.get(pattern.split(':')[0]?.toLowerCase() ?? '') ?? []).map(({ name }) => name);
}

/** AWS counts it among those that write; who reads what is encrypted needs it. */
const readsAllTheSame = new Set(['kms:Decrypt']);

/** Whether a pattern can mean something that changes anything; what is not known may. */
export function mayChange(pattern: string): boolean {
  return actionsOf(pattern)?.some(({ name, reads }) => !reads && !readsAllTheSame.has(name)) ?? true;
}
