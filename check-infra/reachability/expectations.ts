/**
 * `reachability.yaml` beside the manifests: who must reach what. Whatever it does not list must not reach.
 *
 *     pod-addresses: [10.0.0.0/17]     # may be left out: then an ipBlock may hold pods
 *     outsiders:                       # what the manifests do not hold
 *       ingress-controller: { namespace: ingress-nginx, labels: { app.kubernetes.io/name: ingress-nginx } }
 *       job: { labels: { pushes: "true" } }     # in the namespace of the manifests
 *       internet: { address: 203.0.113.7 }
 *     reach:
 *       - { from: ingress-controller, to: ml-api, port: 80, why: predictions }
 *       - { from: [Deployment/ml-api], to: mlflow, port: 5000, why: the model }
 *
 * `from` and `to` are outsiders, workloads (`Deployment/web`) or, for `to`, Services; with their namespace before them
 * (`ml/Deployment/web`, `ml/web`) where the name is not the only one.
 */

import { parse } from 'yaml';
import { nearest } from '../../core/gate/index.ts';
import { quote, RunError } from '../../core/inputs/index.ts';
import { isObject, type Json, type JsonObject, objectAt, textAt } from '../../core/kubernetes/index.ts';
import { cidrProblem } from './addresses.ts';
import type { Cluster, Endpoint, Pods, Service } from './cluster.ts';
import { type Answer, mayReach, mayTalk, podsBehind, shown } from './decide.ts';
import { type Port, parsePort, portText } from './port.ts';
import { labelsOf } from './selector.ts';

export interface Flow {
  readonly from: Endpoint;
  readonly to: Endpoint | Service;
  readonly port: Port;
  readonly why: string;
}

export interface Expectations {
  /** Null: not said. */
  readonly podBlocks: readonly string[] | null;
  readonly outsiders: readonly Endpoint[];
  readonly flows: readonly Flow[];
}

const fieldsOf = {
  file: ['pod-addresses', 'outsiders', 'reach'],
  outsider: ['namespace', 'labels', 'address'],
  flow: ['from', 'to', 'port', 'why'],
};

/** @throws RunError that names the entry and what it may be. */
export function parseExpectations(text: string, file: string, cluster: Cluster): Expectations {
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw new RunError(
      `${file} is not YAML: ${error instanceof Error ? error.message.split('\n')[0] : error}`,
    );
  }
  if (!isObject(value)) throw new RunError(`${file} is no mapping of ${fieldsOf.file.join(' and ')}`);
  checkFields(value, fieldsOf.file, file);
  const usual = usualNamespace(cluster);
  const outsiders = Object.entries(objectAt(value, 'outsiders')).map(([name, outsider]) =>
    outsiderOf(name, outsider, file, usual),
  );
  const reach = value.reach ?? [];
  if (!Array.isArray(reach)) throw new RunError(`${file}: reach is no list`);
  const flows = reach.flatMap((entry: Json, index) =>
    flowsOf(entry, `${file}, reach ${index + 1}`, outsiders, cluster),
  );
  return { podBlocks: podBlocksOf(value, file), outsiders, flows };
}

function podBlocksOf(value: JsonObject, file: string): string[] | null {
  const given = value['pod-addresses'];
  if (given === undefined) return null;
  if (!Array.isArray(given)) throw new RunError(`${file}: pod-addresses is no list`);
  return given.map((block) => {
    const problem = cidrProblem(String(block));
    if (problem !== null) throw new RunError(`${file}: pod-addresses: ${problem}`);
    return String(block);
  });
}

/** Of most of the pods: what an outsider is in that names no other. */
function usualNamespace({ pods }: Cluster): string {
  const counts = new Map<string, number>();
  for (const { namespace } of pods) counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? 'default';
}

function outsiderOf(name: string, value: Json | undefined, file: string, usual: string): Endpoint {
  const where = `${file}, outsider ${name}`;
  if (!isObject(value)) throw new RunError(`${where} is no mapping of ${fieldsOf.outsider.join(', ')}`);
  checkFields(value, fieldsOf.outsider, where);
  const address = textAt(value, 'address');
  if (address !== '') return { is: 'address', name, address };
  const namespace = textAt(value, 'namespace') || usual;
  return { is: 'pods', name, namespace, labels: labelsOf(value.labels), ports: [], hostNetwork: false };
}

function flowsOf(entry: Json, where: string, outsiders: readonly Endpoint[], cluster: Cluster): Flow[] {
  if (!isObject(entry)) throw new RunError(`${where} is no mapping of ${fieldsOf.flow.join(', ')}`);
  checkFields(entry, fieldsOf.flow, where);
  const port = parsePort(String(entry.port ?? ''));
  if (port === null)
    throw new RunError(`${where}: port ${quote(String(entry.port ?? ''))} is none; as 80, or 53/UDP`);
  const froms = Array.isArray(entry.from) ? entry.from : [entry.from];
  const ends = [...outsiders, ...cluster.pods];
  const to = find(textAt(entry, 'to'), [...ends, ...cluster.services], `${where}: to`);
  return froms.map((from) => ({
    from: find(typeof from === 'string' ? from : '', ends, `${where}: from`),
    to,
    port,
    why: textAt(entry, 'why'),
  }));
}

function find<T extends Endpoint | Service>(name: string, all: readonly T[], where: string): T {
  const found = all.filter((one) => namesOf(one).includes(name));
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  if (found.length > 1)
    throw new RunError(
      `${where} ${quote(name)} may be ${found.map((one) => namesOf(one).at(-1)).join(' or ')}`,
    );
  const names = all.flatMap(namesOf);
  const near = nearest(name, names);
  throw new RunError(
    `${where} ${quote(name)} is not there; ${near === undefined ? `there are ${names.join(', ')}` : `did you mean ${near}?`}`,
  );
}

/** The last one tells them apart. */
function namesOf(one: Endpoint | Service): string[] {
  if ('is' in one && one.is !== 'pods') return [one.name];
  return [one.name, `${one.namespace}/${one.name}`];
}

function checkFields(value: JsonObject, allowed: readonly string[], where: string): void {
  for (const field of Object.keys(value)) {
    if (allowed.includes(field)) continue;
    const near = nearest(field, allowed);
    throw new RunError(
      `${where} has ${quote(field)}; ${near === undefined ? `it may have ${allowed.join(', ')}` : `did you mean ${near}?`}`,
    );
  }
}

export interface Blocked {
  readonly flow: Flow;
  readonly answer: Answer;
}

/** What may talk though nothing says that it must. */
export interface Open {
  readonly to: Endpoint;
  readonly port: Port;
  readonly froms: readonly { readonly from: Endpoint; readonly answer: Answer }[];
}

export interface Verdicts {
  readonly blocked: readonly Blocked[];
  readonly open: readonly Open[];
}

/** Ports of outsiders that are tried beside those of the flows. */
const usualPorts: readonly Port[] = [
  { port: 53, protocol: 'UDP' },
  { port: 80, protocol: 'TCP' },
  { port: 443, protocol: 'TCP' },
  { port: 5432, protocol: 'TCP' },
];

export function checkExpectations(known: Cluster, { podBlocks, outsiders, flows }: Expectations): Verdicts {
  const cluster = { ...known, podBlocks };
  const blocked = flows
    .map((flow) => ({ flow, answer: answerFor(cluster, flow) }))
    .filter(({ answer }) => answer.verdict !== 'yes');
  const wanted = new Set(flows.flatMap((flow) => wantedBy(cluster, flow)));
  const ends: readonly Endpoint[] = [...cluster.pods, ...outsiders];
  const tried = distinct([...flows.map(({ port }) => port), ...usualPorts]);
  const open: Open[] = ends.flatMap((to) => {
    const ports = to.is === 'pods' && to.ports.length > 0 ? to.ports : tried;
    return distinct(ports).flatMap((port) => {
      const froms = ends
        // What both are outside of is nobody's business here.
        .filter((from) => cluster.pods.some((own) => own === from || own === to))
        .filter((from) => !wanted.has(keyOf(from, to, port)))
        .map((from) => ({ from, answer: mayTalk(cluster, from, to, port) }))
        .filter(({ answer }) => answer.verdict !== 'no');
      return froms.length === 0 ? [] : [{ to, port, froms }];
    });
  });
  return { blocked, open };
}

export function answerFor(cluster: Cluster, { from, to, port }: Flow): Answer {
  return 'is' in to ? mayTalk(cluster, from, to, port) : mayReach(cluster, from, to, port);
}

function wantedBy(cluster: Cluster, { from, to, port }: Flow): string[] {
  if ('is' in to) return [keyOf(from, to, port)];
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
  return [...new Map(ports.map((port) => [portText(port), port])).values()];
}
