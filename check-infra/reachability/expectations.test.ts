/** `reachability.yaml`: what it may say, what it refuses, and what follows for the policies. */

import { describe, expect, test } from 'vitest';
import { parseManifests } from '../../core/kubernetes/index.ts';
import { checkExpectations, clusterOf, matrixOf, matrixText, parseExpectations, shown } from './index.ts';

const workload = (name: string, port: number) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ml }
spec:
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: c, ports: [{ name: http, containerPort: ${port} }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: ml }
spec: { selector: { app: ${name} }, ports: [{ port: 80, targetPort: http }] }
---
`;
const policies = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: deny, namespace: ml }
spec: { podSelector: {}, policyTypes: [Ingress, Egress] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: api, namespace: ml }
spec:
  podSelector: { matchLabels: { app: api } }
  ingress: [{ from: [{ podSelector: { matchLabels: { app: web } } }], ports: [{ port: http }] }]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: ml }
spec:
  podSelector: { matchLabels: { app: web } }
  policyTypes: [Egress]
  egress: [{ to: [{ podSelector: { matchLabels: { app: api } } }], ports: [{ port: http }] }]
`;
const scene = (text = workload('web', 3000) + workload('api', 8000) + policies) =>
  clusterOf(parseManifests(text, String).map(({ object }) => object));
const read = (text: string) => parseExpectations(text, 'reachability.yaml', scene());

describe('what is refused', () => {
  test.each([
    ['reach: [', 'reachability.yaml is not YAML'],
    ['- a', 'reachability.yaml is no mapping of pod-addresses, outsiders, reach'],
    ['reech: []', 'has "reech"; did you mean reach?'],
    ['zzz: []', 'has "zzz"; it may have pod-addresses, outsiders, reach'],
    ['pod-addresses: 10.0.0.0/8', 'pod-addresses is no list'],
    ['pod-addresses: [10.0.0.0]', '10.0.0.0 is no block of addresses, as 10.0.0.0/16'],
    ['outsiders: [a]', 'outsiders is no mapping of names'],
    [
      'outsiders: { a: b }',
      'outsider a is no mapping of namespace, namespace-labels, labels, ports, address',
    ],
    ['outsiders: { a: { label: {} } }', 'outsider a has "label"; did you mean labels?'],
    ['outsiders: { a: { labels: web } }', 'outsider a: labels is no mapping, as { app: web }'],
    ['outsiders: { a: { address: host } }', 'outsider a: address "host" is none, as 203.0.113.7'],
    ['outsiders: { a: { address: 10.0.0.1, labels: {} } }', 'outsider a has an address, and so no'],
    ['reach: { from: a }', 'reach is no list'],
    ['reach: [a]', 'reach 1 is no mapping of from, to, port, why'],
    ['reach: [{ to: api, port: 80 }]', 'reach 1 has no from'],
    ['reach: [{ from: web, to: api, prot: 80 }]', 'reach 1 has "prot"; did you mean port?'],
    [
      'reach: [{ from: Deployment/web, to: api, port: http }]',
      'reach 1: port "http" is none; as 80, or 53/UDP',
    ],
    ['reach: [{ from: Deployment/web, to: api }]', 'reach 1: port "" is none'],
    [
      'reach: [{ from: Deployment/wbe, to: api, port: 80 }]',
      'reach 1: from "Deployment/wbe" is not there; did you mean Deployment/web?',
    ],
    ['reach: [{ from: zzzzzz, to: api, port: 80 }]', 'there are Deployment/web, ml/Deployment/web'],
    [
      'reach: [{ from: Deployment/web, to: ap, port: 80 }]',
      'reach 1: to "ap" is not there; did you mean api?',
    ],
    [
      'outsiders: { api: {} }\nreach: [{ from: Deployment/web, to: api, port: 80 }]',
      'reach 1: to "api" may be api or ml/api',
    ],
  ])('%s', (text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});

test('flows by workload, Service and outsider, several at once, with their namespace or without', () => {
  const { flows, outsiders, podBlocks, namespaces } = read(`
pod-addresses: [10.0.0.0/16]
outsiders:
  job: { labels: { pushes: true } }
  obs: { namespace: obs, namespace-labels: { team: obs } }
  db: { address: 10.1.0.1 }
reach:
  - { from: [Deployment/web, job], to: ml/api, port: 80, why: predictions }
  - { from: ml/Deployment/api, to: db, port: 5432/TCP }
`);
  expect(podBlocks).toEqual(['10.0.0.0/16']);
  expect(outsiders).toMatchObject([
    { name: 'job', namespace: 'ml', labels: { pushes: 'true' } },
    { name: 'obs', namespace: 'obs', labels: {} },
    { name: 'db', address: '10.1.0.1' },
  ]);
  expect(namespaces.get('obs')).toEqual({ team: 'obs', 'kubernetes.io/metadata.name': 'obs' });
  expect(flows.map(({ from, why }) => [shown(from), why])).toEqual([
    ['ml/Deployment/web', 'predictions'],
    ['job', 'predictions'],
    ['ml/Deployment/api', ''],
  ]);
});

const good = 'reach: [{ from: Deployment/web, to: api, port: 80 }]';

test('what is listed and admitted, and nothing else, is neither blocked nor open', () => {
  expect(checkExpectations(scene(), read(good))).toEqual({ blocked: [], open: [], unisolated: [] });
});

test('what is listed and not admitted is blocked, by the side that says so', () => {
  const { blocked } = checkExpectations(
    scene(),
    read('reach: [{ from: Deployment/api, to: web, port: 80, why: no reason }]'),
  );
  expect(blocked.map(({ answer }) => answer)).toEqual([
    {
      verdict: 'no',
      because: [
        'NetworkPolicy ml/deny isolates ml/Deployment/api for egress, and no rule admits ml/Deployment/web or port 3000',
        'NetworkPolicy ml/deny isolates ml/Deployment/web for ingress, and no rule admits ml/Deployment/api or port 3000',
      ],
    },
  ]);
});

const told = ({ open }: ReturnType<typeof checkExpectations>) =>
  open.map(({ to, ports, froms }) => [shown(to), ports, froms.map(({ from }) => shown(from))]);

test('what nobody lists is open to whoever is admitted, and to whoever would have the same labels', () => {
  expect(told(checkExpectations(scene(), read('{}')))).toEqual([
    ['ml/Deployment/api', ['8000'], ['ml/Deployment/web', 'another pod with the labels of Deployment/web']],
    ['another pod with the labels of Deployment/api', ['8000'], ['ml/Deployment/web']],
  ]);
});

test('a side that admits more than is listed is open, though the other side is shut', () => {
  const wide = (find: string, put: string) => {
    const text = workload('web', 3000) + workload('api', 8000) + policies.replace(find, put);
    return told(checkExpectations(scene(text), parseExpectations(good, 'f', scene(text))));
  };
  const elsewhere = [
    'any pod elsewhere',
    'a pod elsewhere with the labels of Deployment/web',
    'a pod elsewhere with the labels of Deployment/api',
  ];
  expect(
    wide('from: [{ podSelector: { matchLabels: { app: web } } }]', 'from: [{ namespaceSelector: {} }]'),
  ).toEqual([['ml/Deployment/api', ['8000'], ['any pod of ml', ...elsewhere]]]);
  expect(wide('from: [{ podSelector: { matchLabels: { app: web } } }], ', '')).toEqual([
    ['ml/Deployment/api', ['8000'], ['any pod of ml', ...elsewhere, 'the internet']],
  ]);
  expect(
    wide('matchLabels: { app: web } } }], ports: [{ port: http }] }]', 'matchLabels: { app: web } } }] }]'),
  ).toEqual([
    [
      'ml/Deployment/api',
      ['80', '3000', '53/UDP', '443', '5432', 'other ports'],
      ['another pod with the labels of Deployment/web'],
    ],
  ]);
  expect(wide('to: [{ podSelector: { matchLabels: { app: api } } }]', 'to: [{ podSelector: {} }]')).toEqual([
    ['any pod of ml', ['3000', '8000'], ['ml/Deployment/web']],
  ]);
});

test('pods that no policy isolates are told once, not by everybody who reaches them', () => {
  const bare = scene(workload('api', 8000));
  const { open, unisolated } = checkExpectations(bare, parseExpectations('{}', 'f', bare));
  expect(open).toEqual([]);
  expect(unisolated.map(({ pods, direction }) => [shown(pods), direction])).toEqual([
    ['ml/Deployment/api', 'ingress'],
    ['ml/Deployment/api', 'egress'],
  ]);
});

test('the matrix names what is numbered, and leaves what both are outside of', () => {
  const { flows, outsiders } = read(
    'outsiders: { db: { address: 10.1.0.1 }, else: { namespace: other } }\nreach: [{ from: Deployment/api, to: db, port: 5432 }]',
  );
  expect(matrixText(matrixOf(scene(), outsiders, flows))).toBe(
    [
      'from   1   2   3',
      'web    · yes   ·',
      'api    ·   ·   ·',
      'db     ·   ·',
      'else   ·   ·',
      '',
      'to',
      '   1  web:3000',
      '   2  api:8000',
      '   3  db:5432',
    ].join('\n'),
  );
});
