/** Suspicions as causes, with the last lines of the logs: collected before anything is put back. */

import { oneLine } from '../../../../core/kubernetes/index.ts';
import type { Cause } from '../../types.ts';
import type { KubeApi } from '../client/index.ts';
import type { Suspicion } from './diagnose.ts';

const mostCauses = 5;
const logLines = 20;
/** The cause must not wait for a kubelet that does not answer. */
const logMs = 10_000;

/** The same of several pods is one cause. @param signal ends the reading of logs */
export async function causesOf(
  api: KubeApi,
  namespaceOf: (suspicion: Suspicion) => string,
  suspicions: readonly Suspicion[],
  signal: AbortSignal,
): Promise<Cause[]> {
  const groups = new Map<string, Suspicion[]>();
  for (const suspicion of suspicions) {
    const same = `${suspicion.reason} ${suspicion.text}`;
    groups.set(same, [...(groups.get(same) ?? []), suspicion]);
  }
  const shown = [...groups.values()].slice(0, mostCauses);
  return Promise.all(shown.map((group) => causeOf(api, namespaceOf, group, signal)));
}

async function causeOf(
  api: KubeApi,
  namespaceOf: (suspicion: Suspicion) => string,
  group: readonly Suspicion[],
  signal: AbortSignal,
): Promise<Cause> {
  const [first] = group;
  if (first === undefined) throw new RangeError('a group is never empty');
  const lines = await linesOf(api, namespaceOf(first), first, signal);
  const others = group.length - 1;
  const further = others === 0 ? '' : ` (and ${others} further ${others === 1 ? 'pod' : 'pods'})`;
  const last = lines.at(-1);
  const saying = last === undefined || first.log === null ? '' : `; its log ends with: ${oneLine(last, 200)}`;
  const subject =
    first.subject === '' ? '' : `${first.subject}${first.subject.startsWith('pod') ? ', ' : ': '}`;
  return {
    source: first.source,
    reason: first.reason,
    text: `${subject}${first.text}${further}${saying}`,
    logLines: lines,
  };
}

async function linesOf(
  api: KubeApi,
  namespace: string,
  { log }: Suspicion,
  signal: AbortSignal,
): Promise<string[]> {
  if (log === null) return [];
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(logMs)]);
  const read = (previous: boolean): Promise<string[] | null> =>
    api
      .logs(namespace, log.pod, { container: log.container, previous, lines: logLines }, bounded)
      // Without the right to read logs, or without a log, the cause stands by itself.
      .catch(() => null);
  const lines = log.previous ? ((await read(true)) ?? (await read(false))) : await read(false);
  return (lines ?? []).map((line) => oneLine(line, 1000));
}
