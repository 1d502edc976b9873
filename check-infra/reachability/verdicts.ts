/**
 * A cluster held against its expectations, both ways: what must talk and may not, and what may talk though nothing says that it
 * must. For the second, strangers are tried beside the outsiders that the file names, since a policy that is too wide shows by
 * whom nobody thought of. Of strangers only the own side is asked: their policies are not known.
 */

import type { Cluster, Endpoint, Pods } from './cluster.ts';
import {
  type Answer,
  decideSide,
  isolatingPolicies,
  mayReach,
  mayTalk,
  podsBehind,
  shown,
} from './decide.ts';
import { type Expectations, type Flow, withExpectations } from './expectations.ts';
import type { Direction } from './policy.ts';
import { type Port, portText } from './port.ts';
import { type Stranger, strangersTo } from './strangers.ts';

export interface Blocked {
  readonly flow: Flow;
  readonly answer: Answer;
}

/** What may talk though nothing says that it must. */
export interface Open {
  readonly to: Endpoint;
  /** As messages name them. */
  readonly ports: readonly string[];
  readonly froms: readonly { readonly from: Endpoint; readonly answer: Answer }[];
}

/** Pods that no policy isolates: everybody reaches them, or they everybody. */
export interface Unisolated {
  readonly pods: Pods;
  readonly direction: Direction;
}

export interface Verdicts {
  readonly blocked: readonly Blocked[];
  readonly open: readonly Open[];
  readonly unisolated: readonly Unisolated[];
}

/** One that stands for all that are not named. */
const otherPort = { port: 64_999, protocol: 'TCP' } as const;

/** Tried beside those of the flows and of the pods. */
const usualPorts: readonly Port[] = [
  { port: 53, protocol: 'UDP' },
  { port: 80, protocol: 'TCP' },
  { port: 443, protocol: 'TCP' },
  { port: 5432, protocol: 'TCP' },
  otherPort,
];

export function checkExpectations(known: Cluster, expectations: Expectations): Verdicts {
  const { outsiders, flows } = expectations;
  const cluster = withExpectations(known, expectations);
  const blocked = flows
    .map((flow) => ({ flow, answer: answerFor(cluster, flow) }))
    .filter(({ answer }) => answer.verdict !== 'yes');
  const wanted = new Set(flows.flatMap((flow) => wantedBy(cluster, flow)));
  const named: readonly Endpoint[] = [...cluster.pods, ...outsiders];
  const strangers = strangersTo(cluster, named);
  const ports = distinct([
    ...flows.map(({ port }) => port),
    ...cluster.pods.flatMap((pods) => pods.ports),
    ...usualPorts,
  ]);
  const isIsolated = (direction: Direction, pods: Pods): boolean =>
    isolatingPolicies(cluster, direction, pods).length > 0;
  const isWanted = (from: Endpoint, to: Endpoint, port: Port): boolean => wanted.has(keyOf(from, to, port));
  const openTo = (to: Endpoint, froms: (port: Port) => Open['froms']): Open[] =>
    grouped(
      to,
      ports.map((port) => ({ port, froms: froms(port).filter(({ answer }) => answer.verdict !== 'no') })),
    );
  // Whose policies are among these: the pods, and outsiders of their namespaces.
  const spaces = new Set(cluster.pods.map(({ namespace }) => namespace));
  const subjects = named.filter((end) => end.is === 'pods').filter(({ namespace }) => spaces.has(namespace));
  const shut = new Set<Endpoint>(subjects.filter((pods) => isIsolated('ingress', pods)));
  const closed = subjects.filter((pods) => isIsolated('egress', pods));
  const isSubject = (end: Endpoint): boolean => end.is === 'pods' && subjects.includes(end);
  const open = [
    ...named.flatMap((to) => {
      if (to.is === 'pods' && shut.has(to)) {
        return openTo(to, (port) => [
          ...named
            .filter((from) => !isWanted(from, to, port))
            .map((from) => ({ from, answer: mayTalk(cluster, from, to, port) })),
          ...strangers
            .filter(({ like }) => like === null || (like !== to && !isWanted(like, to, port)))
            .map(({ end }) => ({
              from: end,
              answer: decideSide(cluster, 'ingress', to, end, port, to),
            })),
        ]);
      }
      // What no policy isolates is told as such.
      if (isSubject(to)) return [];
      return openTo(to, (port) =>
        closed
          .filter((from) => !isWanted(from, to, port))
          .map((from) => ({ from, answer: mayTalk(cluster, from, to, port) })),
      );
    }),
    ...strangers.flatMap(({ end: to, like }: Stranger) =>
      openTo(to, (port) =>
        closed
          .filter((from) => like === null || (like !== from && !isWanted(from, like, port)))
          .map((from) => ({ from, answer: decideSide(cluster, 'egress', from, to, port, to) })),
      ),
    ),
  ];
  const unisolated = (['ingress', 'egress'] as const).flatMap((direction) =>
    cluster.pods.filter((pods) => !isIsolated(direction, pods)).map((pods) => ({ pods, direction })),
  );
  return { blocked, open, unisolated };
}

/** Ports that the same ends reach are told together. */
function grouped(
  to: Endpoint,
  byPort: readonly { readonly port: Port; readonly froms: Open['froms'] }[],
): Open[] {
  const found = new Map<string, Open>();
  for (const { port, froms } of byPort) {
    if (froms.length === 0) continue;
    const text = portText(port) === portText(otherPort) ? 'other ports' : portText(port);
    const key = froms.map(({ from, answer }) => `${shown(from)} ${answer.verdict}`).join('\n');
    const before = found.get(key);
    found.set(key, { to, ports: [...(before?.ports ?? []), text], froms: before?.froms ?? froms });
  }
  return [...found.values()];
}

function answerFor(cluster: Cluster, { from, to, port }: Flow): Answer {
  return 'is' in to ? mayTalk(cluster, from, to, port) : mayReach(cluster, from, to, port);
}

function wantedBy(cluster: Cluster, { from, to, port }: Flow): string[] {
  if ('is' in to) return [keyOf(from, to, port)];
  if (to.headless) return podsBehind(cluster, to).map((pods) => keyOf(from, pods, port));
  const found = to.ports.find((one) => one.port === port.port && one.protocol === port.protocol);
  if (found === undefined) return [];
  return podsBehind(cluster, to).map((pods) => keyOf(from, pods, targetOf(found.target, pods, port)));
}

function targetOf(target: number | string, pods: Pods, { port, protocol }: Port): Port {
  const named = pods.ports.find((one) => one.name === target)?.port;
  return { port: typeof target === 'number' ? target : (named ?? port), protocol };
}

function keyOf(from: Endpoint, to: Endpoint, port: Port): string {
  return `${shown(from)} ${shown(to)} ${portText(port)}`;
}

function distinct(ports: readonly Port[]): Port[] {
  return [
    ...new Map(
      ports.map(({ port, protocol }) => [portText({ port, protocol }), { port, protocol }]),
    ).values(),
  ];
}
