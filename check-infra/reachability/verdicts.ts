/**
 * A cluster held against its expectations, both ways: what must talk and may not, and what may talk though nothing says that it
 * must. For the second, strangers are tried beside the outsiders that the file names: a policy that is too wide shows by whom
 * nobody thought of.
 */

import type { Cluster, Endpoint, Pods } from './cluster.ts';
import { type Answer, mayReach, mayTalk, podsBehind, shown } from './decide.ts';
import { type Expectations, type Flow, withExpectations } from './expectations.ts';
import { type Port, portText } from './port.ts';
import type { Labels } from './selector.ts';

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

export interface Verdicts {
  readonly blocked: readonly Blocked[];
  readonly open: readonly Open[];
}

/** One that stands for all that are not named. */
const otherPort = { port: 64_999, protocol: 'TCP' } as const;
const otherText = 'other ports';

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
  const own = new Set<Endpoint>(cluster.pods);
  const named: readonly Endpoint[] = [...cluster.pods, ...outsiders];
  const ends = [...named, ...strangersTo(cluster, named)];
  const ports = distinct([
    ...flows.map(({ port }) => port),
    ...cluster.pods.flatMap((pods) => pods.ports),
    ...usualPorts,
  ]);
  const open = ends.flatMap((to) => {
    // What both are outside of is nobody's business here.
    const froms = own.has(to) ? ends : cluster.pods;
    const byPort = ports.map((port) => ({
      port: portText(port) === portText(otherPort) ? otherText : portText(port),
      froms: froms
        .filter((from) => !wanted.has(keyOf(from, to, port)))
        .map((from) => ({ from, answer: mayTalk(cluster, from, to, port) }))
        .filter(({ answer }) => answer.verdict !== 'no'),
    }));
    return grouped(to, byPort);
  });
  return { blocked, open };
}

/** Ports that the same ends reach are told together. */
function grouped(
  to: Endpoint,
  byPort: readonly { readonly port: string; readonly froms: Open['froms'] }[],
): Open[] {
  const found = new Map<string, Open>();
  for (const { port, froms } of byPort) {
    if (froms.length === 0) continue;
    const key = froms.map(({ from, answer }) => `${shown(from)} ${answer.verdict}`).join('\n');
    const before = found.get(key);
    found.set(key, { to, ports: [...(before?.ports ?? []), port], froms: before?.froms ?? froms });
  }
  return [...found.values()];
}

/** A name that no namespace has. */
const elsewhere = 'a-namespace-of-others';

/**
 * Pods without a label that matters in each namespace and in one of nobody; pods with the labels of those that are known, in
 * another namespace than theirs; somebody in the internet.
 */
function strangersTo({ namespaces, usualNamespace }: Cluster, named: readonly Endpoint[]): Endpoint[] {
  const known = named.filter((end) => end.is === 'pods');
  const spaces = new Set([...namespaces.keys(), ...known.map(({ namespace }) => namespace), elsewhere]);
  const unlabelled = [...spaces].map((namespace) =>
    stranger(namespace === elsewhere ? 'any pod elsewhere' : `any pod of ${namespace}`, namespace, {}),
  );
  const twins = known
    .filter(({ labels }) => Object.keys(labels).length > 0)
    .flatMap(({ name, namespace, labels }) => [
      stranger(`a pod elsewhere with the labels of ${name}`, elsewhere, labels),
      ...(namespace === usualNamespace
        ? []
        : [stranger(`a pod of ${usualNamespace} with the labels of ${name}`, usualNamespace, labels)]),
    ]);
  const internet: Endpoint = { is: 'address', name: 'the internet', address: '203.0.113.1' };
  const taken = new Set(known.map(identity));
  return [
    ...[...unlabelled, ...twins].filter((one) => !taken.has(identity(one))),
    ...(named.some(({ is, name }) => is === 'address' && /internet/i.test(name)) ? [] : [internet]),
  ];
}

function stranger(name: string, namespace: string, labels: Labels): Pods {
  return { is: 'pods', name, namespace, labels, ports: [], hostNetwork: false };
}

function identity({ namespace, labels }: Pods): string {
  return JSON.stringify([namespace, Object.entries(labels).sort()]);
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
