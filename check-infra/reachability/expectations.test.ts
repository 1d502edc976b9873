/** `reachability.yaml`: what it may say, what it refuses, and what follows for the policies. */

import { describe, expect, test } from 'vitest';
import { parseManifests } from '../../core/kubernetes/index.ts';
import {
  checkExpectations,
  clusterOf,
  matrixOf,
  matrixText,
  mayTalk,
  parseExpectations,
  shown,
} from './index.ts';

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
    [
      'outsiders: { a: { address: host } }',
      'outsider a: address "host" is none, as 203.0.113.7, or 10.0.192.0/22',
    ],
    ['outsiders: { a: { address: 10.0.0.0/33 } }', 'outsider a: address "10.0.0.0/33" is none'],
    ['outsiders: { a: { address: 10.0.0.1, excpt: [] } }', 'outsider a has "excpt"; did you mean except?'],
    [
      'outsiders: { a: { address: 10.0.0.1, except: [] } }',
      'outsider a: except is for a block of addresses, as {',
    ],
    ['outsiders: { a: { address: 10.0.0.0/8, except: 10.1.0.0/16 } }', 'outsider a: except is no list, as {'],
    ['outsiders: { a: { address: 10.0.0.0/8, except: [host] } }', 'outsider a: except: host is no block'],
    [
      'outsiders: { a: { address: 10.0.0.0/8, except: [10.0.0.0/9, 10.128.0.0/9] } }',
      'outsider a: except leaves nothing of 10.0.0.0/8',
    ],
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
  open.map(({ tos, ports, froms }) => [
    tos.map(shown).join(' + '),
    ports,
    froms.map(({ from }) => shown(from)),
  ]);

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
      ['80', '3000', 'other ports', 'other ports of UDP', 'other ports of SCTP'],
      ['another pod with the labels of Deployment/web'],
    ],
  ]);
  expect(wide('to: [{ podSelector: { matchLabels: { app: api } } }]', 'to: [{ podSelector: {} }]')).toEqual([
    ['any pod of ml', ['3000', '8000'], ['ml/Deployment/web']],
  ]);
});

describe('what policies name and nothing asks for is open', () => {
  const egress = (rule: string) => policies.replace('egress: [', `egress: [${rule}, `);
  const ingress = (rule: string) => policies.replace('ingress: [', `ingress: [${rule}, `);
  const more = `
pod-addresses: [10.9.0.0/16]
outsiders:
  db: { address: 10.1.0.0/24 }
  internet: { address: 0.0.0.0/0, except: [10.0.0.0/8] }
reach:
  - { from: Deployment/web, to: api, port: 80 }
`;
  const found = (changed: string, expected = more) => {
    const made = scene(workload('web', 3000) + workload('api', 8000) + changed);
    return told(checkExpectations(made, parseExpectations(expected, 'f', made)));
  };
  const web = ['ml/Deployment/web'];
  test.each([
    [
      'a port of the world',
      '{ to: [{ ipBlock: { cidr: 0.0.0.0/0, except: [10.0.0.0/8] } }], ports: [{ port: 22 }] }',
      'internet',
      ['22'],
    ],
    [
      'a range of ports',
      '{ to: [{ ipBlock: { cidr: 8.8.8.0/24 } }], ports: [{ port: 8443, endPort: 8999 }] }',
      '8.8.8.0/24',
      ['8443', '8999'],
    ],
    [
      'IPv6',
      '{ to: [{ ipBlock: { cidr: "::/0" } }], ports: [{ port: 443 }] }',
      'the internet by IPv6',
      ['443'],
    ],
    [
      'another network',
      '{ to: [{ ipBlock: { cidr: 10.64.0.0/16 } }], ports: [{ port: 443 }] }',
      '10.64.0.0/16',
      ['443'],
    ],
    [
      'the metadata service',
      '{ to: [{ ipBlock: { cidr: 169.254.169.254/32 } }], ports: [{ port: 80 }] }',
      '169.254.169.254',
      ['80'],
    ],
    [
      'a protocol',
      '{ to: [{ ipBlock: { cidr: 10.1.0.0/24 } }], ports: [{ port: 443, protocol: UDP }] }',
      'db',
      ['443/UDP'],
    ],
    [
      'a namespace',
      '{ to: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: other } } }], ports: [{ port: 22 }] }',
      'any pod in other',
      ['22'],
    ],
  ])('egress: %s', (_, rule, to, ports) => {
    expect(found(egress(rule))).toEqual([[to, ports, web]]);
  });
  test('egress: all of a protocol, to what else may be reached', () => {
    expect(
      found(egress('{ to: [{ ipBlock: { cidr: 10.1.0.0/24 } }], ports: [{ protocol: SCTP }] }')),
    ).toEqual([['db', ['other ports of SCTP'], web]]);
  });
  test.each([
    [
      'a namespace',
      '{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: team-x } } }',
      'any pod in team-x',
    ],
    ['a label', '{ podSelector: { matchLabels: { tier: front } } }', 'a pod with tier=front in ml'],
    [
      'any value',
      '{ podSelector: { matchExpressions: [{ key: team, operator: Exists }] } }',
      'a pod with team=any-value in ml',
    ],
    [
      'one more value',
      '{ podSelector: { matchExpressions: [{ key: app, operator: In, values: [web, front] }] } }',
      'a pod with app=front in ml',
    ],
    ['addresses', '{ ipBlock: { cidr: 10.200.0.0/16 } }', '10.200.0.0/16'],
    [
      'a label of namespaces',
      '{ namespaceSelector: { matchLabels: { team: x } }, podSelector: { matchLabels: { app: web } } }',
      'a pod with app=web in a namespace with team=x',
    ],
  ])('ingress: %s', (_, peer, from) => {
    expect(found(ingress(`{ from: [${peer}], ports: [{ port: http }] }`))).toEqual([
      ['ml/Deployment/api', ['8000'], [from]],
    ]);
  });
  test('a policy for pods that nobody has named', () => {
    const policy = `
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: debug, namespace: ml }
spec: { podSelector: { matchLabels: { debug: "true" } }, policyTypes: [Egress], egress: [{}] }
`;
    const open = found(policies + policy);
    expect(open.length).toBeGreaterThan(0);
    expect(new Set(open.flatMap(([, , froms]) => froms))).toEqual(new Set(['pods of ml with debug=true']));
  });
  test('what a flow asks for is not: by a block, by more labels than the outsider has, by a label of a known namespace', () => {
    const expected = `
pod-addresses: [10.9.0.0/16]
outsiders:
  db: { address: 10.1.0.0/24 }
  obs: { namespace: obs, namespace-labels: { team: obs }, labels: { app: prometheus } }
reach:
  - { from: Deployment/web, to: api, port: 80 }
  - { from: Deployment/web, to: db, port: 5432 }
  - { from: obs, to: api, port: 80 }
`;
    const rules = ingress(
      '{ from: [{ namespaceSelector: { matchLabels: { team: obs } }, podSelector: { matchLabels: { app: prometheus } } }], ports: [{ port: 8000 }] }',
    ).replace(
      'egress: [',
      'egress: [{ to: [{ ipBlock: { cidr: 10.1.0.0/24 } }], ports: [{ port: 5432 }] }, ',
    );
    expect(found(rules, expected)).toEqual([]);
    expect(found(rules.replace('10.1.0.0/24', '10.1.0.0/23'), expected)).toEqual([
      ['10.1.0.0/23', ['5432'], web],
    ]);
  });
  test('a block is blocked where a part of it is', () => {
    const made = scene(
      workload('web', 3000) +
        workload('api', 8000) +
        egress('{ to: [{ ipBlock: { cidr: 10.1.0.0/25 } }], ports: [{ port: 5432 }] }'),
    );
    const expected =
      'outsiders: { db: { address: 10.1.0.0/24 } }\nreach: [{ from: Deployment/web, to: db, port: 5432 }]';
    const { blocked } = checkExpectations(made, parseExpectations(expected, 'f', made));
    expect(blocked.map(({ answer }) => answer.verdict)).toEqual(['no']);
  });
});

test('pods on the host’s network are perhaps let in, which no policy changes, and is not told as open', () => {
  const node = `---
apiVersion: v1
kind: Pod
metadata: { name: node, namespace: other, labels: { app: node } }
spec: { hostNetwork: true, containers: [{ name: c }] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: deny, namespace: other }
spec: { podSelector: { matchLabels: { app: nothing } } }
`;
  const made = scene(workload('web', 3000) + workload('api', 8000) + policies + node);
  const [pod] = made.pods.filter(({ name }) => name === 'Pod/node');
  const [api] = made.pods.filter(({ name }) => name === 'Deployment/api');
  if (pod === undefined || api === undefined) throw new Error('the scene is not there');
  expect(mayTalk(made, pod, api, { port: 8000, protocol: 'TCP' })).toEqual({
    verdict: 'depends',
    because: [
      "other/Pod/node runs on the host's network, and what is of the same node is always let through",
    ],
  });
  expect(
    told(checkExpectations(made, parseExpectations(good, 'f', made)))
      .flat(3)
      .join(),
  ).not.toContain('Deployment/api');
});

describe('Services without selector', () => {
  const service = (spec: string, more = '') => `---
apiVersion: v1
kind: Service
metadata: { name: database, namespace: ml }
spec: ${spec}
---
${more}
`;
  const policy = policies.replace(
    'egress: [',
    'egress: [{ to: [{ ipBlock: { cidr: 10.9.0.0/24 } }], ports: [{ port: 5432 }] }, ',
  );
  const endpoints = `apiVersion: v1
kind: Endpoints
metadata: { name: database, namespace: ml }
subsets: [{ addresses: [{ ip: 10.9.0.5 }], ports: [{ port: 5432 }] }]
`;
  const slice = `apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: database-1, namespace: ml, labels: { kubernetes.io/service-name: database } }
addressType: IPv4
endpoints: [{ addresses: [10.9.0.5] }]
ports: [{ port: 5432 }]
`;
  const judged = (text: string) => {
    const made = scene(workload('web', 3000) + workload('api', 8000) + policy + text);
    const expected = `pod-addresses: [10.7.0.0/16]\n${good.slice(0, -1)}, { from: Deployment/web, to: database, port: 5433 }]`;
    return checkExpectations(made, parseExpectations(expected, 'f', made));
  };
  test.each([
    ['Endpoints', endpoints],
    ['EndpointSlices', slice],
  ])('lead to the addresses of their %s', (_, more) => {
    const { blocked, open } = judged(service('{ ports: [{ port: 5433, targetPort: 5432 }] }', more));
    expect(blocked).toEqual([]);
    // The rule admits the whole network, and the Service is one address of it.
    expect(open.map(({ tos }) => tos.map(shown))).toEqual([['10.9.0.0/24']]);
    const other = judged(
      service('{ ports: [{ port: 5433 }] }', more.replaceAll('10.9.0.5', '10.8.0.5')),
    ).blocked.map(({ answer }) => answer.because);
    expect(other).toEqual([[expect.stringContaining('Service ml/database (10.8.0.5)')]]);
  });
  test('lead nowhere without, and by a name to what is not known', () => {
    expect(
      judged(service('{ ports: [{ port: 5433 }] }')).blocked.map(({ answer }) => answer.because),
    ).toEqual([[expect.stringContaining('name an outsider with an address instead')]]);
    expect(
      judged(service('{ type: ExternalName, externalName: db.example.com }')).blocked.map(
        ({ answer }) => answer.because,
      ),
    ).toEqual([[expect.stringContaining('is a name for db.example.com, whose addresses are not known')]]);
  });
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
