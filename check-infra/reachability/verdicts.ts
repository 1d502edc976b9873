/**
 * A cluster held against its expectations, both ways: what must talk and may not, and what may talk though nothing says that it
 * must. For the second, strangers are tried beside the outsiders that the file names, since a policy that is too wide shows by
 * whom nobody thought of. Of strangers only the own side is asked: their policies are not known.
 */

import type { Cluster, Endpoint, Pods } from './cluster.ts';
import {
  type Answer,
  addressesBehind,
  decideSide,
  isOnePod,
  isolatingPolicies,
  mayReach,
  mayTalk,
  podsBehind,
  shown,
} from './decide.ts';
import { labelExamples } from './examples.ts';
import { type Expectations, type Flow, withExpectations } from './expectations.ts';
import type { Direction } from './policy.ts';
import { type Port, portText } from './port.ts';
import { type PortSample, portSamples } from './port-samples.ts';
import { selectorText, selects } from './selector.ts';
import { type Stranger, strangersTo } from './strangers.ts';

export interface Blocked {
  readonly flow: Flow;
  readonly answer: Answer;
}

/** What may talk though nothing says that it must. */
export interface Open {
  /** Several are addresses. */
  readonly tos: readonly Endpoint[];
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

export function checkExpectations(known: Cluster, expectations: Expectations): Verdicts {
  const { outsiders, flows } = expectations;
  const given = withExpectations(known, expectations);
  const blocked = flows
    .map((flow) => ({ flow, answer: answerFor(given, flow) }))
    .filter(({ answer }) => answer.verdict !== 'yes');
  const wanted = new Set(flows.flatMap((flow) => wantedBy(given, flow)));
  const named: readonly Endpoint[] = [
    ...given.pods,
    ...outsiders,
    ...flows.flatMap(({ to, port }) => ('is' in to ? [] : addressesBehind(to, port).map(({ end }) => end))),
    ...unnamedSubjects(given, outsiders),
  ];
  const { strangers, namespaces } = strangersTo(given, named);
  const cluster = { ...given, namespaces };
  const pods = named.filter((end) => end.is === 'pods');
  const ports = portSamples(cluster.policies, [
    ...flows.map(({ port }) => port),
    ...flows.flatMap(({ to, port }) => ('is' in to ? [] : addressesBehind(to, port).map((one) => one.port))),
    ...pods.flatMap((one) => one.ports),
    ...strangers.flatMap(({ end }) => (end.is === 'pods' ? end.ports : [])),
  ]);
  const isIsolated = (direction: Direction, one: Pods): boolean =>
    isolatingPolicies(cluster, direction, one).length > 0;
  const isWanted = (from: Endpoint, to: Endpoint, port: Port): boolean => wanted.has(keyOf(from, to, port));
  const openTo = (to: Endpoint, froms: (port: Port) => Open['froms']): Open[] =>
    grouped(
      to,
      ports.map((port) => ({ port, froms: froms(port).filter(({ answer }) => answer.verdict !== 'no') })),
    );
  // Whose policies are among these: the pods, and outsiders of their namespaces.
  const spaces = new Set(cluster.pods.map(({ namespace }) => namespace));
  const subjects = pods.filter(({ namespace }) => spaces.has(namespace));
  const shut = subjects.filter((one) => isIsolated('ingress', one));
  const closed = subjects.filter((one) => isIsolated('egress', one));
  /** Whether a stranger may do what it does, since one that it is like may. */
  const isFine = ({ likes }: Stranger, subject: Pods, port: Port, isFrom: boolean): boolean =>
    likes.some(
      (like) => like === subject || (isFrom ? isWanted(like, subject, port) : isWanted(subject, like, port)),
    );
  const open = [
    ...shut.flatMap((to) =>
      openTo(to, (port) => [
        ...pods
          .filter((from) => !isWanted(from, to, port) && !(from === to && isOnePod(to)))
          .map((from) => ({ from, answer: mayTalk(cluster, asPod(from, to), to, port) })),
        ...strangers
          .filter((stranger) => !isFine(stranger, to, port, true))
          .map(({ end }) => ({ from: end, answer: decideSide(cluster, 'ingress', to, end, port, to) })),
      ]),
    ),
    // What no policy isolates is told as such; addresses are tried as strangers, each part of the network.
    ...pods
      .filter((to) => !subjects.includes(to))
      .flatMap((to) =>
        openTo(to, (port) =>
          closed
            .filter((from) => !isWanted(from, to, port))
            .map((from) => ({ from, answer: mayTalk(cluster, from, asPod(to, from), port) })),
        ),
      ),
    ...strangers.flatMap((stranger) =>
      openTo(stranger.end, (port) =>
        closed
          .filter((from) => !isFine(stranger, from, port, false))
          .map((from) => ({
            from,
            answer: decideSide(cluster, 'egress', from, stranger.end, port, stranger.end),
          })),
      ),
    ),
  ];
  const unisolated = (['ingress', 'egress'] as const).flatMap((direction) =>
    cluster.pods.filter((one) => !isIsolated(direction, one)).map((one) => ({ pods: one, direction })),
  );
  return { blocked, open: joined(open), unisolated };
}

/** That nodes are always let in is nothing that a policy could change: of others on the host's network only rules are asked. */
function asPod(other: Pods, subject: Pods): Pods {
  return other.hostNetwork && other !== subject ? { ...other, hostNetwork: false } : other;
}

/** Pods that a policy is for, and nobody has named: what it admits is for whoever takes their labels. */
function unnamedSubjects({ policies, pods }: Cluster, outsiders: readonly Endpoint[]): Pods[] {
  const known = [...pods, ...outsiders].filter((end) => end.is === 'pods');
  return policies
    .filter(
      ({ namespace, pods: selector }) =>
        !known.some((one) => one.namespace === namespace && selects(selector, one.labels)),
    )
    .flatMap(({ namespace, pods: selector }) =>
      labelExamples(selector)
        .slice(0, 1)
        .map((labels) => ({
          is: 'pods' as const,
          name: `pods of ${namespace} with ${selectorText(selector)}`,
          namespace,
          labels,
          ports: [],
          hostNetwork: false,
        })),
    );
}

/** What is open alike is told together, of addresses, which may be many. */
function joined(open: readonly Open[]): Open[] {
  const found = new Map<string, Open>();
  for (const one of open) {
    const [to] = one.tos;
    const isAddress = to?.is === 'address';
    const froms = one.froms.map(({ from, answer }) => [shown(from), answer.verdict]);
    const key = isAddress ? JSON.stringify([one.ports, froms]) : `${found.size}`;
    const before = found.get(key);
    found.set(
      key,
      before === undefined
        ? one
        : { ...before, tos: [...before.tos, ...one.tos], froms: [...before.froms, ...one.froms] },
    );
  }
  return [...found.values()].map((one) => ({
    ...one,
    froms: [
      ...new Map(one.froms.map((each) => [`${shown(each.from)} ${each.answer.because}`, each])).values(),
    ],
  }));
}

/** Ports that the same ends reach are told together. */
function grouped(
  to: Endpoint,
  byPort: readonly { readonly port: PortSample; readonly froms: Open['froms'] }[],
): Open[] {
  const found = new Map<string, Open>();
  for (const { port, froms } of byPort) {
    if (froms.length === 0) continue;
    const key = froms.map(({ from, answer }) => `${shown(from)} ${answer.verdict}`).join('\n');
    const before = found.get(key);
    found.set(key, {
      tos: [to],
      ports: [...(before?.ports ?? []), port.text],
      froms: before?.froms ?? froms,
    });
  }
  return [...found.values()];
}

function answerFor(cluster: Cluster, { from, to, port }: Flow): Answer {
  return 'is' in to ? mayTalk(cluster, from, to, port) : mayReach(cluster, from, to, port);
}

function wantedBy(cluster: Cluster, { from, to, port }: Flow): string[] {
  if ('is' in to) return [keyOf(from, to, port)];
  if (to.selector === null)
    return addressesBehind(to, port).map(({ end, port: target }) => keyOf(from, end, target));
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
