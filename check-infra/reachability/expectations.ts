/**
 * `reachability.yaml` beside the manifests: who must reach what. Whatever it does not list must not reach.
 *
 *     pod-addresses: [10.0.0.0/17]     # may be left out: then an ipBlock may hold pods
 *     outsiders:                       # what the manifests do not hold
 *       ingress-controller: { namespace: ingress-nginx, labels: { app.kubernetes.io/name: ingress-nginx } }
 *       job: { labels: { pushes: "true" } }     # in the namespace of the manifests
 *       monitoring: { namespace: obs, namespace-labels: { team: obs }, labels: { app: prometheus } }
 *       dns: { namespace: kube-system, labels: { k8s-app: kube-dns }, ports: { dns: 53/UDP } }   # for policies that name ports
 *       database: { address: 10.0.192.10 }
 *       internet: { address: 0.0.0.0/0, except: [10.0.0.0/8] }     # a block stands for all of its addresses
 *     reach:
 *       - { from: ingress-controller, to: ml-api, port: 80, why: predictions }
 *       - { from: [Deployment/ml-api], to: mlflow, port: 5000, why: the model }
 *
 * `from` and `to` are outsiders, workloads (`Deployment/web`) or, for `to`, Services; with their namespace before them
 * (`ml/Deployment/web`, `ml/web`) where the name is not the only one.
 */

import { isIP } from 'node:net';
import { parse } from 'yaml';
import { nearest } from '../../core/gate/index.ts';
import { quote, RunError } from '../../core/inputs/index.ts';
import { isObject, type Json, type JsonObject, textAt } from '../../core/kubernetes/index.ts';
import { cidrProblem, isInBlock } from './addresses.ts';
import { type Address, type Cluster, type Endpoint, labelsOfNamespace, type Service } from './cluster.ts';
import { isWorkload } from './decide.ts';
import { type Port, parsePort } from './port.ts';
import { regionsOf } from './regions.ts';
import { type Labels, labelsOf } from './selector.ts';

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
  /** Labels of namespaces that are elsewhere, with the one that each has by itself. */
  readonly namespaces: ReadonlyMap<string, Labels>;
  readonly flows: readonly Flow[];
}

const fieldsOf = {
  file: ['pod-addresses', 'outsiders', 'reach'],
  outsider: ['namespace', 'namespace-labels', 'labels', 'ports', 'address'],
  address: ['address', 'except'],
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
  if (!isObject(value)) throw new RunError(`${file} is no mapping of ${fieldsOf.file.join(', ')}`);
  checkFields(value, fieldsOf.file, file);
  const given = value.outsiders ?? {};
  if (!isObject(given)) throw new RunError(`${file}: outsiders is no mapping of names`);
  const read = Object.entries(given).map(([name, outsider]) =>
    outsiderOf(name, outsider, `${file}, outsider ${name}`, cluster.usualNamespace),
  );
  const outsiders = read.map(({ end }) => end);
  const reach = value.reach ?? [];
  if (!Array.isArray(reach)) throw new RunError(`${file}: reach is no list`);
  const flows = reach.flatMap((entry: Json, index) =>
    flowsOf(entry, `${file}, reach ${index + 1}`, outsiders, cluster),
  );
  const labelled = read.filter(({ labels }) => Object.keys(labels).length > 0);
  const namespaces = new Map(
    labelled.map(({ namespace, labels }) => [namespace, labelsOfNamespace(namespace, labels)]),
  );
  return { podBlocks: podBlocksOf(value, file), outsiders, namespaces, flows };
}

/** The cluster with what is said of what the manifests do not hold. */
export function withExpectations(cluster: Cluster, { podBlocks, namespaces }: Expectations): Cluster {
  return { ...cluster, podBlocks, namespaces: new Map([...namespaces, ...cluster.namespaces]) };
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

interface Outsider {
  readonly end: Endpoint;
  readonly namespace: string;
  /** Of its namespace. */
  readonly labels: Labels;
}

function outsiderOf(name: string, value: Json | undefined, where: string, usual: string): Outsider {
  if (!isObject(value)) throw new RunError(`${where} is no mapping of ${fieldsOf.outsider.join(', ')}`);
  if (value.address === undefined) checkFields(value, fieldsOf.outsider, where);
  const namespace = textAt(value, 'namespace') || usual;
  if (value.address !== undefined) return { end: addressOf(name, value, where), namespace, labels: {} };
  for (const field of ['labels', 'namespace-labels', 'ports'])
    if (value[field] !== undefined && !isObject(value[field]))
      throw new RunError(
        `${where}: ${field} is no mapping, as ${field === 'ports' ? '{ dns: 53/UDP }' : '{ app: web }'}`,
      );
  const ports = Object.entries(labelsOf(value.ports)).map(([portName, text]) => {
    const port = parsePort(text);
    if (port === null)
      throw new RunError(`${where}: port ${portName} ${quote(text)} is none; as 80, or 53/UDP`);
    return { name: portName, ...port };
  });
  const labels = labelsOf(value.labels);
  return {
    end: { is: 'pods', name, namespace, labels, ports, hostNetwork: false },
    namespace,
    labels: labelsOf(value['namespace-labels']),
  };
}

function addressOf(name: string, value: JsonObject, where: string): Address {
  const others = Object.keys(value).filter((field) => !fieldsOf.address.includes(field));
  const wrong = others.filter((field) => fieldsOf.outsider.includes(field));
  if (wrong.length > 0) throw new RunError(`${where} has an address, and so no ${wrong.join(', ')}`);
  checkFields(value, fieldsOf.address, where);
  const address = String(value.address);
  const isOne = isIP(address) !== 0;
  if (!isOne && cidrProblem(address) !== null)
    throw new RunError(`${where}: address ${quote(address)} is none, as 203.0.113.7, or 10.0.192.0/22`);
  if (value.except === undefined && isOne) return { is: 'address', name, address };
  const given = value.except ?? [];
  if (isOne || !Array.isArray(given))
    throw new RunError(
      `${where}: except ${isOne ? 'is for a block of addresses' : 'is no list'}, as { address: 0.0.0.0/0, except: [10.0.0.0/8] }`,
    );
  const except = given.map((block) => {
    const problem = cidrProblem(String(block));
    if (problem !== null) throw new RunError(`${where}: except: ${problem}`);
    return String(block);
  });
  const block = { cidr: address, except };
  const first = regionsOf([address, ...except]).find((region) => isInBlock(block, region.address));
  if (first === undefined) throw new RunError(`${where}: except leaves nothing of ${address}`);
  return { is: 'address', name, address: first.address, block };
}

function flowsOf(entry: Json, where: string, outsiders: readonly Endpoint[], cluster: Cluster): Flow[] {
  if (!isObject(entry)) throw new RunError(`${where} is no mapping of ${fieldsOf.flow.join(', ')}`);
  checkFields(entry, fieldsOf.flow, where);
  const port = parsePort(String(entry.port ?? ''));
  if (port === null)
    throw new RunError(`${where}: port ${quote(String(entry.port ?? ''))} is none; as 80, or 53/UDP`);
  const froms = Array.isArray(entry.from) ? entry.from : [entry.from];
  const ends = [...outsiders, ...cluster.pods];
  if (entry.from === undefined) throw new RunError(`${where} has no from`);
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
  if ('is' in one && !isWorkload(one)) return [one.name];
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
