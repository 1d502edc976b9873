/**
 * The simulator beside a second one that is written as the documentation reads: every policy, rule, peer and port of the raw objects
 * in turn. What is left to the network plugin is tried both ways; where that matters, the answer has to be `depends`.
 */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { KubeObject } from '../../core/kubernetes/index.ts';
import { clusterOf, type Endpoint, mayReach, mayTalk, type Port } from './index.ts';

type Labels = Record<string, string>;
interface Selector {
  matchLabels?: Labels;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}
interface Peer {
  podSelector?: Selector;
  namespaceSelector?: Selector;
  ipBlock?: { cidr: string; except?: string[] };
}
interface Rule {
  from?: Peer[];
  to?: Peer[];
  ports?: { protocol?: string; port?: number | string; endPort?: number }[];
}
interface Spec {
  podSelector: Selector;
  policyTypes?: string[];
  ingress?: Rule[];
  egress?: Rule[];
}
interface Pod {
  namespace: string;
  labels: Labels;
  hostNetwork: boolean;
  ports: { name?: string; containerPort: number; protocol?: string }[];
}
interface World {
  namespaces: Record<string, Labels>;
  pods: Pod[];
  policies: { namespace: string; spec: Spec }[];
}
/** Whatever is not certain is so, or is not. */
type Luck = boolean;

function matches(selector: Selector, labels: Labels): boolean {
  for (const key in selector.matchLabels) if (labels[key] !== selector.matchLabels[key]) return false;
  for (const { key, operator, values = [] } of selector.matchExpressions ?? []) {
    const has = Object.keys(labels).includes(key);
    const isIn = has && values.includes(labels[key] ?? '');
    if (operator === 'In' && !isIn) return false;
    if (operator === 'NotIn' && isIn) return false;
    if (operator === 'Exists' && !has) return false;
    if (operator === 'DoesNotExist' && has) return false;
  }
  return true;
}

/** As a number of 32 bits. */
const bits = (address: string): number =>
  address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
function within(cidr: string, address: string): boolean {
  const [network = '', length = '0'] = cidr.split('/');
  const size = 2 ** (32 - Number(length));
  return Math.floor(bits(network) / size) === Math.floor(bits(address) / size);
}

function peerAdmits(world: World, own: string, peer: Peer, other: Pod | string, luck: Luck): boolean {
  if (peer.ipBlock !== undefined) {
    const { cidr, except = [] } = peer.ipBlock;
    if (typeof other !== 'string') return luck;
    return within(cidr, other) && except.every((part) => !within(part, other));
  }
  if (typeof other === 'string') return false;
  // It may be seen as its node, which the rule does not name.
  if (other.hostNetwork && !luck) return false;
  if (peer.namespaceSelector === undefined && other.namespace !== own) return false;
  const labels = {
    ...world.namespaces[other.namespace],
    'kubernetes.io/metadata.name': other.namespace,
  };
  if (peer.namespaceSelector !== undefined && !matches(peer.namespaceSelector, labels)) return false;
  return peer.podSelector === undefined || matches(peer.podSelector, other.labels);
}

function sideAdmits(
  world: World,
  side: 'ingress' | 'egress',
  subject: Pod,
  other: Pod | string,
  to: Pod | string,
  { port, protocol }: Port,
  luck: Luck,
): boolean {
  if (subject.hostNetwork && luck) return true;
  // It may be on the same node.
  if (typeof other !== 'string' && other.hostNetwork && luck) return true;
  let isIsolated = false;
  for (const { namespace, spec } of world.policies) {
    if (namespace !== subject.namespace || !matches(spec.podSelector, subject.labels)) continue;
    const types = spec.policyTypes ?? ['Ingress', ...((spec.egress ?? []).length > 0 ? ['Egress'] : [])];
    if (!types.includes(side === 'ingress' ? 'Ingress' : 'Egress')) continue;
    isIsolated = true;
    for (const rule of spec[side] ?? []) {
      const peers = (side === 'ingress' ? rule.from : rule.to) ?? [];
      const isPeer =
        peers.length === 0 || peers.some((peer) => peerAdmits(world, namespace, peer, other, luck));
      let isPort = (rule.ports ?? []).length === 0;
      for (const wanted of rule.ports ?? []) {
        if ((wanted.protocol ?? 'TCP') !== protocol) continue;
        if (wanted.port === undefined) isPort = true;
        else if (typeof wanted.port === 'number')
          isPort ||= port >= wanted.port && port <= (wanted.endPort ?? wanted.port);
        else if (typeof to !== 'string')
          isPort ||= to.ports.some(
            (own) =>
              own.name === wanted.port && own.containerPort === port && (own.protocol ?? 'TCP') === protocol,
          );
      }
      if (isPeer && isPort) return true;
    }
  }
  return !isIsolated;
}

function verdict(world: World, from: Pod | string, to: Pod | string, port: Port): string {
  if (from === to) return 'yes';
  const admits = (luck: Luck): boolean =>
    (typeof from === 'string' || sideAdmits(world, 'egress', from, to, to, port, luck)) &&
    (typeof to === 'string' || sideAdmits(world, 'ingress', to, from, to, port, luck));
  return admits(false) ? 'yes' : admits(true) ? 'depends' : 'no';
}

const key = fc.constantFrom('app', 'tier');
const value = fc.constantFrom('a', 'b');
const labels = fc.dictionary(key, value, { maxKeys: 2, noNullPrototype: true });
const namespace = fc.constantFrom('one', 'two', 'three');
const optional: { requiredKeys: [] } = { requiredKeys: [] };
const expression = fc.oneof(
  fc.record({ key, operator: fc.constantFrom('In', 'NotIn'), values: fc.array(value, { minLength: 1 }) }),
  fc.record({ key, operator: fc.constantFrom('Exists', 'DoesNotExist') }),
);
const selector: fc.Arbitrary<Selector> = fc.record(
  { matchLabels: labels, matchExpressions: fc.array(expression, { maxLength: 1 }) },
  optional,
);
const namespaceSelector: fc.Arbitrary<Selector> = fc.oneof(
  selector,
  namespace.map((name) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } })),
);
const block = fc.constantFrom<NonNullable<Peer['ipBlock']>>(
  { cidr: '10.0.0.0/8' },
  { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] },
  { cidr: '0.0.0.0/0', except: ['10.0.0.0/9'] },
);
const peer: fc.Arbitrary<Peer> = fc.oneof(
  selector.map((podSelector) => ({ podSelector })),
  namespaceSelector.map((one) => ({ namespaceSelector: one })),
  fc.record({ podSelector: selector, namespaceSelector }),
  block.map((ipBlock) => ({ ipBlock })),
);
const protocol = fc.constantFrom('TCP', 'UDP');
const portRule = fc.oneof(
  fc.record({ protocol, port: fc.constantFrom<number | string>(80, 8000, 'http', 'dns') }, optional),
  fc.record({ port: fc.constant(80), endPort: fc.constantFrom(80, 443, 8000) }),
);
const rule = (peers: 'from' | 'to'): fc.Arbitrary<Rule> =>
  fc.record(
    { [peers]: fc.array(peer, { maxLength: 2 }), ports: fc.array(portRule, { maxLength: 2 }) },
    optional,
  );
const policy = fc.record({
  namespace,
  spec: fc.record(
    {
      podSelector: selector,
      policyTypes: fc.constantFrom<string[]>(['Ingress'], ['Egress'], ['Ingress', 'Egress']),
      ingress: fc.array(rule('from'), { maxLength: 2 }),
      egress: fc.array(rule('to'), { maxLength: 2 }),
    },
    { requiredKeys: ['podSelector'] },
  ),
});
const pod: fc.Arbitrary<Pod> = fc.record({
  namespace,
  labels,
  hostNetwork: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
  ports: fc.subarray([
    { name: 'http', containerPort: 8000 },
    { name: 'dns', containerPort: 53, protocol: 'UDP' },
    { containerPort: 80 },
  ]),
});
const world: fc.Arbitrary<World> = fc.record({
  namespaces: fc.record({ one: labels, two: labels }),
  pods: fc.array(pod, { minLength: 2, maxLength: 4 }),
  policies: fc.array(policy, { maxLength: 4 }),
});

const ports: Port[] = [
  { port: 80, protocol: 'TCP' },
  { port: 443, protocol: 'TCP' },
  { port: 8000, protocol: 'TCP' },
  { port: 53, protocol: 'UDP' },
];
const addresses = ['10.0.0.1', '10.1.2.3', '10.200.0.1', '203.0.113.7'];

function objectsOf({ namespaces, pods, policies }: World): KubeObject[] {
  return [
    ...Object.entries(namespaces).map(([name, given]) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: given },
    })),
    ...pods.map((one, index) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `p${index}`, namespace: one.namespace, labels: one.labels },
      spec: { hostNetwork: one.hostNetwork, containers: [{ name: 'c', ports: one.ports }] },
    })),
    ...policies.map(({ namespace: space, spec }, index) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: `n${index}`, namespace: space },
      spec,
    })),
  ] as unknown as KubeObject[];
}

test('every pair of ends, on every port, is judged as the documentation reads', () => {
  const seen = { yes: 0, no: 0, depends: 0 };
  fc.assert(
    fc.property(world, (one) => {
      const cluster = clusterOf(objectsOf(one));
      const ends: [Pod | string, Endpoint][] = [
        ...one.pods.map((raw, index): [Pod, Endpoint] => {
          const end = cluster.pods[index];
          if (end === undefined) throw new Error('a pod is missing');
          return [raw, end];
        }),
        ...addresses.map((address): [string, Endpoint] => [
          address,
          { is: 'address', name: address, address },
        ]),
      ];
      for (const [rawFrom, from] of ends)
        for (const [rawTo, to] of ends)
          for (const port of ports) {
            if (typeof rawFrom === 'string' && typeof rawTo === 'string') continue;
            const answer = mayTalk(cluster, from, to, port);
            expect(answer.verdict).toBe(verdict(one, rawFrom, rawTo, port));
            expect(answer.because.length).toBeGreaterThan(0);
            seen[answer.verdict] += 1;
          }
    }),
    { numRuns: 2000 },
  );
  // Each verdict is tried often, or the agreement says little.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(1000);
});

test('a Service is reached when all pods behind it are, on the port that each names', () => {
  const service = fc.record({
    namespace,
    selector: fc.dictionary(key, value, { minKeys: 1, maxKeys: 1, noNullPrototype: true }),
    targetPort: fc.constantFrom<number | string>(80, 8000, 'http'),
  });
  fc.assert(
    fc.property(world, service, (one, { namespace: space, selector: wanted, targetPort }) => {
      const cluster = clusterOf([
        ...objectsOf(one),
        {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: 's', namespace: space },
          spec: { selector: wanted, ports: [{ port: 81, targetPort }] },
        } as unknown as KubeObject,
      ]);
      const behind = one.pods.filter(
        (raw) => raw.namespace === space && matches({ matchLabels: wanted }, raw.labels),
      );
      const [rawFrom] = one.pods;
      const [from] = cluster.pods;
      const [target] = cluster.services;
      if (rawFrom === undefined || from === undefined || target === undefined) throw new Error('no pods');
      const verdicts = behind.map((raw) => {
        const port =
          typeof targetPort === 'number'
            ? targetPort
            : raw.ports.find(({ name }) => name === targetPort)?.containerPort;
        return port === undefined ? 'no' : verdict(one, rawFrom, raw, { port, protocol: 'TCP' });
      });
      const all = verdicts.includes('no') ? 'no' : verdicts.includes('depends') ? 'depends' : 'yes';
      const answer = mayReach(cluster, from, target, { port: 81, protocol: 'TCP' });
      expect(answer.verdict).toBe(behind.length === 0 ? 'no' : all);
      expect(mayReach(cluster, from, target, { port: 80, protocol: 'TCP' }).verdict).toBe('no');
    }),
    { numRuns: 2000 },
  );
});
