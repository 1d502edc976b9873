/** The examples of https://kubernetes.io/docs/concepts/services-networking/network-policies/, and what it says of each. */

import { describe, expect, test } from 'vitest';
import { parseManifests } from '../../core/kubernetes/index.ts';
import { type Address, clusterOf, type Endpoint, mayTalk, type Pods, type Port } from './index.ts';

const pods = (namespace: string, labels: Record<string, string> = {}, more: Partial<Pods> = {}): Pods => ({
  is: 'pods',
  name: `Pod/${Object.values(labels).join('-') || 'plain'}`,
  namespace,
  labels,
  ports: [],
  hostNetwork: false,
  ...more,
});
const address = (text: string): Address => ({ is: 'address', name: text, address: text });
const tcp = (port: number): Port => ({ port, protocol: 'TCP' });
const udp = (port: number): Port => ({ port, protocol: 'UDP' });

const namespaces = `
apiVersion: v1
kind: Namespace
metadata: { name: default }
---
apiVersion: v1
kind: Namespace
metadata: { name: mine, labels: { project: myproject } }
---
apiVersion: v1
kind: Namespace
metadata: { name: other, labels: { project: another } }
---
`;

/** As `kubectl apply` would read it. */
function under(policy: string) {
  const cluster = clusterOf(parseManifests(namespaces + policy, String).map(({ object }) => object));
  return (from: Endpoint, to: Endpoint, port: Port): string => mayTalk(cluster, from, to, port).verdict;
}

describe('the NetworkPolicy resource', () => {
  const may = under(`
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: test-network-policy
  namespace: default
spec:
  podSelector:
    matchLabels:
      role: db
  policyTypes:
    - Ingress
    - Egress
  ingress:
    - from:
        - ipBlock:
            cidr: 172.17.0.0/16
            except:
              - 172.17.1.0/24
        - namespaceSelector:
            matchLabels:
              project: myproject
        - podSelector:
            matchLabels:
              role: frontend
      ports:
        - protocol: TCP
          port: 6379
  egress:
    - to:
        - ipBlock:
            cidr: 10.0.0.0/24
      ports:
        - protocol: TCP
          port: 5978
`);
  const db = pods('default', { role: 'db' });

  test.each<[string, Endpoint, Endpoint, Port, string]>([
    [
      'any pod in the default namespace with role=frontend',
      pods('default', { role: 'frontend' }),
      db,
      tcp(6379),
      'yes',
    ],
    [
      'one of another namespace with that label',
      pods('other', { role: 'frontend' }),
      db,
      tcp(6379),
      'depends',
    ],
    ['any pod in a namespace with project=myproject', pods('mine'), db, tcp(6379), 'yes'],
    ['172.17.0.0-172.17.0.255', address('172.17.0.255'), db, tcp(6379), 'yes'],
    ['172.17.2.0-172.17.255.255', address('172.17.2.0'), db, tcp(6379), 'yes'],
    ['all of 172.17.0.0/16 except 172.17.1.0/24', address('172.17.1.7'), db, tcp(6379), 'no'],
    ['an address outside', address('172.18.0.1'), db, tcp(6379), 'no'],
    ['an address of the other family', address('fd00::1'), db, tcp(6379), 'no'],
    ['another port', pods('mine'), db, tcp(6380), 'no'],
    ['another protocol', pods('mine'), db, udp(6379), 'no'],
    ['to 10.0.0.0/24 on 5978', db, address('10.0.0.9'), tcp(5978), 'yes'],
    ['to 10.0.0.0/24 on another port', db, address('10.0.0.9'), tcp(5979), 'no'],
    ['to 10.0.1.0', db, address('10.0.1.0'), tcp(5978), 'no'],
    ['pods that it does not select', pods('mine'), pods('default', { role: 'web' }), tcp(80), 'yes'],
    [
      'a pod of that label in another namespace',
      pods('other'),
      pods('other', { role: 'db' }),
      tcp(80),
      'yes',
    ],
  ])('%s', (_name, from, to, port, verdict) => {
    expect(may(from, to, port)).toBe(verdict);
  });
});

describe('behavior of to and from selectors', () => {
  const policy = (from: string): string => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: p, namespace: default }
spec:
  podSelector: {}
  ingress:
    - from:
${from}`;
  const target = pods('default', { a: 'b' });

  test('a single element: pods with the label in namespaces with the label', () => {
    const may = under(
      policy(`
        - namespaceSelector:
            matchLabels:
              project: myproject
          podSelector:
            matchLabels:
              role: client
`),
    );
    expect(may(pods('mine', { role: 'client' }), target, tcp(1))).toBe('yes');
    expect(may(pods('mine'), target, tcp(1))).toBe('no');
    expect(may(pods('default', { role: 'client' }), target, tcp(1))).toBe('no');
  });

  test('two elements: pods of the own namespace with the label, or any pod of namespaces with the label', () => {
    const may = under(
      policy(`
        - namespaceSelector:
            matchLabels:
              project: myproject
        - podSelector:
            matchLabels:
              role: client
`),
    );
    expect(may(pods('default', { role: 'client' }), target, tcp(1))).toBe('yes');
    expect(may(pods('mine'), target, tcp(1))).toBe('yes');
    expect(may(pods('other', { role: 'client' }), target, tcp(1))).toBe('no');
  });

  test('namespaces by their name', () => {
    const may = under(
      policy(`
        - namespaceSelector:
            matchExpressions:
              - key: kubernetes.io/metadata.name
                operator: In
                values: [other, elsewhere]
`),
    );
    expect(may(pods('other'), target, tcp(1))).toBe('yes');
    expect(may(pods('elsewhere'), target, tcp(1))).toBe('yes');
    expect(may(pods('mine'), target, tcp(1))).toBe('no');
  });

  test('an empty namespace selector is all namespaces, an empty pod selector all pods of the own', () => {
    expect(under(policy('        - namespaceSelector: {}\n'))(pods('other'), target, tcp(1))).toBe('yes');
    const own = under(policy('        - podSelector: {}\n'));
    expect(own(pods('default'), target, tcp(1))).toBe('yes');
    expect(own(pods('other'), target, tcp(1))).toBe('no');
  });
});

describe('default policies', () => {
  const policy = (spec: string): string => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: p, namespace: default }
spec: ${spec}
`;
  const here = pods('default');
  const there = pods('other');

  test.each<[string, string, string, string]>([
    // the name, the policy, ingress, egress
    ['default deny all ingress traffic', '{ podSelector: {}, policyTypes: [Ingress] }', 'no', 'yes'],
    ['allow all ingress traffic', '{ podSelector: {}, ingress: [{}], policyTypes: [Ingress] }', 'yes', 'yes'],
    ['default deny all egress traffic', '{ podSelector: {}, policyTypes: [Egress] }', 'yes', 'no'],
    ['allow all egress traffic', '{ podSelector: {}, egress: [{}], policyTypes: [Egress] }', 'yes', 'yes'],
    ['default deny all', '{ podSelector: {}, policyTypes: [Ingress, Egress] }', 'no', 'no'],
    ['no policyTypes: Ingress is always set', '{ podSelector: {} }', 'no', 'yes'],
    [
      'no policyTypes, with an egress rule',
      '{ podSelector: {}, egress: [{ ports: [{ port: 9 }] }] }',
      'no',
      'no',
    ],
  ])('%s', (_name, spec, ingress, egress) => {
    const may = under(policy(spec));
    expect(may(there, here, tcp(80))).toBe(ingress);
    expect(may(here, there, tcp(80))).toBe(egress);
  });

  test('policies do not conflict; they are additive', () => {
    const deny = policy('{ podSelector: {}, policyTypes: [Ingress] }');
    const allow = policy('{ podSelector: {}, ingress: [{ ports: [{ port: 80 }] }] }').replace(
      'name: p,',
      'name: q,',
    );
    const may = under(`${deny}---${allow}`);
    expect(may(there, here, tcp(80))).toBe('yes');
    expect(may(there, here, tcp(81))).toBe('no');
  });
});

test('targeting a range of ports', () => {
  const may = under(`
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: multi-port-egress
  namespace: default
spec:
  podSelector:
    matchLabels:
      role: db
  policyTypes:
    - Egress
  egress:
    - to:
        - ipBlock:
            cidr: 10.0.0.0/24
      ports:
        - protocol: TCP
          port: 32000
          endPort: 32768
`);
  const db = pods('default', { role: 'db' });
  const to = address('10.0.0.1');
  expect([31_999, 32_000, 32_768, 32_769].map((port) => may(db, to, tcp(port)))).toEqual([
    'no',
    'yes',
    'yes',
    'no',
  ]);
});

test('targeting multiple namespaces by label', () => {
  const may = under(`
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: egress-namespaces
  namespace: default
spec:
  podSelector:
    matchLabels:
      app: myapp
  policyTypes:
  - Egress
  egress:
  - to:
    - namespaceSelector:
        matchExpressions:
        - key: project
          operator: In
          values: ["myproject", "backend"]
`);
  const app = pods('default', { app: 'myapp' });
  expect(may(app, pods('mine'), tcp(1))).toBe('yes');
  expect(may(app, pods('other'), tcp(1))).toBe('no');
});

test('ports by their names are those of the destination', () => {
  const policy = (direction: string, peers: string): string => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: p, namespace: default }
spec:
  podSelector: { matchLabels: { app: a } }
  policyTypes: [${direction === 'ingress' ? 'Ingress' : 'Egress'}]
  ${direction}: [{ ${peers}: [{ podSelector: {} }], ports: [{ port: http }] }]
`;
  const a = pods('default', { app: 'a' }, { ports: [{ name: 'http', port: 8000, protocol: 'TCP' }] });
  const b = pods('default', { app: 'b' }, { ports: [{ name: 'http', port: 9000, protocol: 'TCP' }] });
  expect(under(policy('ingress', 'from'))(b, a, tcp(8000))).toBe('yes');
  expect(under(policy('ingress', 'from'))(b, a, tcp(9000))).toBe('no');
  expect(under(policy('egress', 'to'))(a, b, tcp(9000))).toBe('yes');
  expect(under(policy('egress', 'to'))(a, b, tcp(8000))).toBe('no');
});

test('the node of a pod always reaches it; pods on the host network are seen as their nodes by some plugins', () => {
  const may = under(`
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: p, namespace: default }
spec: { podSelector: {}, policyTypes: [Ingress], ingress: [{ from: [{ podSelector: {} }] }] }
`);
  expect(may({ is: 'node', name: 'the node' }, pods('default'), tcp(1))).toBe('yes');
  expect(may(pods('default', {}, { hostNetwork: true }), pods('default'), tcp(1))).toBe('depends');
  // Admitted if the policy applies to it, and if it does not.
  expect(may(pods('default'), pods('default', {}, { hostNetwork: true }), tcp(1))).toBe('yes');
  expect(may(pods('mine'), pods('default', {}, { hostNetwork: true }), tcp(1))).toBe('depends');
});
