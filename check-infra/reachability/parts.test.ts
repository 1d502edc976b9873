/** The parts of the simulator by themselves: selectors, ports, blocks of addresses, Services, the objects that are read. */

import { describe, expect, test } from 'vitest';
import { parseManifests } from '../../core/kubernetes/index.ts';
import { cidrProblem, isInBlock, mayHold } from './addresses.ts';
import {
  type Cluster,
  clusterOf,
  mayReach,
  mayTalk,
  parsePort,
  portText,
  selectorText,
  selects,
} from './index.ts';

const cluster = (text: string): Cluster =>
  clusterOf(parseManifests(text, String).map(({ object }) => object));

describe('selectors', () => {
  const expression = (operator: string, values?: string[]) => ({
    matchExpressions: [{ key: 'app', operator, ...(values === undefined ? {} : { values }) }],
  });
  test.each([
    [{}, true, true, ''],
    [{ matchLabels: { app: 'web' } }, true, false, 'app=web'],
    [{ matchLabels: { app: 'web', tier: 'x' } }, false, false, 'app=web, tier=x'],
    [expression('In', ['web', 'api']), true, false, 'app in (web, api)'],
    [expression('NotIn', ['web']), false, true, 'app notin (web)'],
    [expression('Exists'), true, false, 'app'],
    [expression('DoesNotExist'), false, true, '!app'],
    [
      { matchLabels: { app: 'web' }, ...expression('NotIn', ['web']) },
      false,
      false,
      'app=web, app notin (web)',
    ],
    [expression('Unknown'), false, false, 'app'],
  ])('%j: of app=web %s, of a pod without labels %s', (selector, ofWeb, ofNone, text) => {
    expect(selects(selector, { app: 'web' })).toBe(ofWeb);
    expect(selects(selector, {})).toBe(ofNone);
    expect(selectorText(selector)).toBe(text);
  });
});

test('a key is no label because every object has something of that name', () => {
  for (const key of ['constructor', 'toString', '__proto__']) {
    const selector = (operator: string) => ({ matchExpressions: [{ key, operator, values: ['a'] }] });
    expect(selects(selector('Exists'), {})).toBe(false);
    expect(selects(selector('DoesNotExist'), {})).toBe(true);
    expect(selects(selector('NotIn'), {})).toBe(true);
    expect(selects({ matchLabels: { [key]: 'a' } }, {})).toBe(false);
  }
});

describe('ports', () => {
  test.each([
    ['80', { port: 80, protocol: 'TCP' }],
    ['53/UDP', { port: 53, protocol: 'UDP' }],
    ['132/SCTP', { port: 132, protocol: 'SCTP' }],
    ['65535', { port: 65_535, protocol: 'TCP' }],
  ] as const)('%s', (text, port) => {
    expect(parsePort(text)).toEqual(port);
    expect(portText(port)).toBe(text);
  });
  test.each(['', '0', '65536', 'http', '80/tcp', '-1', '8 0', '1e3'])('%j is none', (text) => {
    expect(parsePort(text)).toBeNull();
  });
});

describe('blocks of addresses', () => {
  test.each([
    ['10.0.0.0/8', [], '10.255.0.1', true],
    ['10.0.0.0/8', ['10.255.0.0/16'], '10.255.0.1', false],
    ['10.0.0.0/8', [], '11.0.0.1', false],
    ['2001:db8::/32', [], '2001:db8::1', true],
    ['0.0.0.0/0', [], '2001:db8::1', false],
    ['::/0', [], '10.0.0.1', false],
    ['nonsense', [], '10.0.0.1', false],
  ])('%s except %j has %s: %s', (cidr, except, address, isIn) => {
    expect(isInBlock({ cidr, except }, address)).toBe(isIn);
  });
  test.each([
    ['10.0.192.0/22', [], '10.0.0.0/17', false],
    ['10.0.0.0/16', [], '10.0.0.0/17', true],
    ['10.0.1.0/24', [], '10.0.0.0/17', true],
    ['0.0.0.0/0', ['10.0.0.0/8'], '10.0.0.0/17', false],
    ['0.0.0.0/0', ['10.0.0.0/18'], '10.0.0.0/17', true],
  ])('%s except %j may hold addresses of %s: %s', (cidr, except, others, may) => {
    expect(mayHold({ cidr, except }, others)).toBe(may);
  });
  test('what is no block is told as such', () => {
    expect(cidrProblem('10.0.0.0/16')).toBeNull();
    for (const text of ['10.0.0.0', '10.0.0.0/33', '10.0.0/8', '::/129', 'x/8'])
      expect(cidrProblem(text)).toContain(text);
  });
});

describe('Services', () => {
  const objects = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: ml }
spec:
  template:
    metadata: { labels: { app: web } }
    spec:
      containers: [{ name: web, ports: [{ name: http, containerPort: 8000 }] }]
      initContainers: [{ name: sidecar, restartPolicy: Always, ports: [{ name: proxy, containerPort: 9000 }] }]
---
apiVersion: v1
kind: Pod
metadata: { name: client, namespace: ml, labels: { app: client } }
spec: { containers: [{ name: c }] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: ml }
spec:
  podSelector: { matchLabels: { app: web } }
  ingress: [{ from: [{ podSelector: { matchLabels: { app: client } } }], ports: [{ port: http }] }]
---
`;
  const service = (spec: string) => `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: ml }
spec: ${spec}
`;
  const reach = (spec: string, port = 80) => {
    const made = cluster(objects + service(spec));
    const client = made.pods.find(({ name }) => name === 'Pod/client');
    const [web] = made.services;
    if (client === undefined || web === undefined) throw new Error('the scene is not there');
    return mayReach(made, client, web, { port, protocol: 'TCP' });
  };
  test('a target port by its name, by its number, or the same as the Service’s', () => {
    expect(reach('{ selector: { app: web }, ports: [{ port: 80, targetPort: http }] }').verdict).toBe('yes');
    expect(reach('{ selector: { app: web }, ports: [{ port: 80, targetPort: 8000 }] }').verdict).toBe('yes');
    expect(reach('{ selector: { app: web }, ports: [{ port: 8000 }] }', 8000).verdict).toBe('yes');
    expect(reach('{ selector: { app: web }, ports: [{ port: 80, targetPort: proxy }] }')).toEqual({
      verdict: 'no',
      because: [
        'NetworkPolicy ml/web isolates ml/Deployment/web for ingress; NetworkPolicy ml/web, ingress rule 1 admits ml/Pod/client on http, not on 9000',
      ],
    });
  });
  test.each([
    ['{ selector: { app: web }, ports: [{ port: 80 }] }', 8000, 'Service ml/web has no port 8000: it has 80'],
    [
      '{ selector: { app: web }, ports: [{ name: a, port: 53, protocol: UDP }] }',
      53,
      'Service ml/web has no port 53: it has 53/UDP (a)',
    ],
    ['{ selector: { app: other }, ports: [{ port: 80 }] }', 80, 'Service ml/web selects no pods'],
    [
      '{ ports: [{ port: 80 }] }',
      80,
      'Service ml/web has no selector, and no Endpoints or EndpointSlice says where it leads; name an outsider with an address instead',
    ],
    [
      '{ type: ExternalName, externalName: example.com }',
      80,
      'Service ml/web is a name for example.com, whose addresses are not known; name an outsider with an address instead',
    ],
    [
      '{ selector: { app: web }, ports: [{ port: 80, targetPort: grpc }] }',
      80,
      'Service ml/web sends port 80 to the port "grpc", which ml/Deployment/web does not name',
    ],
  ])('%s on %i: %s', (spec, port, why) => {
    expect(reach(spec, port)).toEqual({ verdict: 'no', because: [why] });
  });
  test('a headless one leads to the pods’ own ports', () => {
    const spec = '{ clusterIP: None, selector: { app: web }, ports: [{ port: 80, targetPort: http }] }';
    expect(reach(spec, 8000).verdict).toBe('yes');
    expect(reach(spec, 80).verdict).toBe('no');
  });
});

test('labels that controllers give are there, those with a value of the moment too', () => {
  const [job, cron, other] = cluster(`
apiVersion: batch/v1
kind: Job
metadata: { name: train }
spec: { template: { metadata: { labels: { app: train } }, spec: { containers: [] } } }
---
apiVersion: batch/v1
kind: CronJob
metadata: { name: nightly }
spec: { jobTemplate: { spec: { template: { spec: { containers: [] } } } } }
---
apiVersion: v1
kind: Pod
metadata: { name: web }
spec: { containers: [] }
`).pods;
  const exists = { matchExpressions: [{ key: 'job-name', operator: 'Exists' }] };
  const named = { matchLabels: { 'batch.kubernetes.io/job-name': 'train' } };
  const selected = [exists, named].map((one) =>
    [job, cron, other].map((pods) => selects(one, pods?.labels ?? {})),
  );
  expect(selected).toEqual([
    [true, true, false],
    [true, false, false],
  ]);
});

test('a namespaceSelector that is left empty is none, as the API has it', () => {
  const { policies } = cluster(`
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: a }
spec: { podSelector: {}, ingress: [{ from: [{ namespaceSelector: , podSelector: { matchLabels: { app: web } } }] }] }
`);
  expect(policies[0]?.ingress?.[0]?.peers).toEqual([
    { is: 'pods', namespaces: undefined, pods: { matchLabels: { app: 'web' } } },
  ]);
});

test('a pod reaches itself, whatever policies say; the pods of a workload are several', () => {
  const made = cluster(`
apiVersion: v1
kind: Pod
metadata: { name: web }
spec: { containers: [] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: api }
spec: { template: { spec: { containers: [] } } }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: deny }
spec: { podSelector: {}, policyTypes: [Ingress, Egress] }
`);
  const verdicts = made.pods.map((pods) => mayTalk(made, pods, pods, { port: 80, protocol: 'TCP' }).verdict);
  expect(verdicts).toEqual(['yes', 'no']);
});

test('objects of other groups with the same kind are none of these', () => {
  const made = cluster(`
apiVersion: serving.knative.dev/v1
kind: Service
metadata: { name: a }
spec: { template: { spec: { containers: [{ image: a }] } } }
---
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: { name: b }
spec: { selector: all() }
---
apiVersion: batch/v1
kind: CronJob
metadata: { name: c, namespace: jobs }
spec:
  jobTemplate:
    spec: { template: { metadata: { labels: { app: c } }, spec: { hostNetwork: true, containers: [{ name: c }] } } }
`);
  expect(made.services).toEqual([]);
  expect(made.policies).toEqual([]);
  expect(made.pods).toMatchObject([
    { name: 'CronJob/c', namespace: 'jobs', labels: { app: 'c' }, hostNetwork: true },
  ]);
  expect(made.namespaces.get('jobs')).toEqual({ 'kubernetes.io/metadata.name': 'jobs' });
});
