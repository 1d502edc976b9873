/** What the values of the chart do to its objects. */

import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type JsonObject, listAt, objectAt, textAt } from '../../../core/kubernetes/index.ts';
import { containerOf, renderValues as render } from './support.ts';

/** Pods of another namespace, as a network policy has them. */
const peer = (namespace: string, matchLabels: JsonObject): JsonObject => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
  podSelector: { matchLabels },
});

const tls = {
  'traefik.ingress.kubernetes.io/router.entrypoints': 'websecure',
  'traefik.ingress.kubernetes.io/router.tls': 'true',
};

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('the values', () => {
  test('of the image: the version of the chart, a tag, or a digest', async () => {
    const imageWith = async (image: JsonObject) =>
      containerOf((await render({ image }))['Deployment/ml-api']).image;
    expect(await imageWith({})).toBe('ghcr.io/org/ml-api:1.0.0');
    expect(await imageWith({ tag: '1.0.1' })).toBe('ghcr.io/org/ml-api:1.0.1');
    expect(await imageWith({ repository: 'localhost:5000/api', digest })).toBe(
      `localhost:5000/api@${digest}`,
    );
  });

  test('of the model and the environment come on top of the variables of the base', async () => {
    const objects = await render({
      model: { path: '/models/fraud.onnx' },
      environment: { LOG_LEVEL: 'warn', FEATURE_NAMES: 'age=years, #1: "a"', QUEUE_MAX_ROWS: '0100' },
    });
    expect(objects['ConfigMap/ml-api']?.data).toEqual({
      DRAIN_DELAY: '5s',
      DRAIN_TIMEOUT: '20s',
      FEATURE_NAMES: 'age=years, #1: "a"',
      LOG_LEVEL: 'warn',
      MODEL_PATH: '/models/fraud.onnx',
      PREDICTION_LOG_PATH: '/tmp/predictions',
      QUEUE_MAX_REQUESTS: '500',
      QUEUE_MAX_ROWS: '0100',
    });
  });

  test('of the number of pods: fixed, without the autoscaler', async () => {
    const objects = await render({ autoscaling: { enabled: false }, replicas: 4 });
    expect(objects['Deployment/ml-api']).toMatchObject({ spec: { replicas: 4 } });
    expect(objects).not.toHaveProperty(['HorizontalPodAutoscaler/ml-api']);
  });

  test('of the time to end: enough for what is open', async () => {
    const objects = await render({ environment: { DRAIN_TIMEOUT: '1m' }, terminationGracePeriod: 70 });
    expect(
      objectAt(objects['Deployment/ml-api'], 'spec', 'template', 'spec').terminationGracePeriodSeconds,
    ).toBe(70);
  });

  test('of one target leave the other out', async () => {
    const objects = await render({ autoscaling: { targets: { memory: null } } });
    expect(listAt(objects['HorizontalPodAutoscaler/ml-api'], 'spec', 'metrics')).toEqual([
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 65 } },
      },
    ]);
  });

  test('of Secrets are the names that pods refer to', async () => {
    const objects = await render({ secrets: { service: 'a', grafana: 'b', receivers: 'c' } });
    expect(containerOf(objects['Deployment/ml-api']).envFrom).toContainEqual({
      secretRef: { name: 'a', optional: true },
    });
    const ofGrafana = listAt(containerOf(objects['Deployment/grafana']), 'env');
    for (const [variable, key] of [
      ['GF_SECURITY_ADMIN_PASSWORD', 'admin-password'],
      ['GF_SECURITY_SECRET_KEY', 'secret-key'],
    ])
      expect(ofGrafana).toContainEqual({
        name: variable,
        valueFrom: { secretKeyRef: { name: 'b', key } },
      });
    expect(JSON.stringify(objects['StatefulSet/alertmanager'])).toContain('"secretName":"c"');
  });

  test('for all pods reach each of them', async () => {
    const term = { matchExpressions: [{ key: 'pool', operator: 'In', values: ['ml'] }] };
    const nodeAffinity = {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] },
    };
    const toleration = { key: 'pool', operator: 'Equal', value: 'ml', effect: 'NoSchedule' };
    const objects = await render({
      imagePullSecrets: ['registry'],
      pods: {
        annotations: { team: 'ml' },
        labels: { 'example.com/team': 'ml' },
        nodeSelector: { pool: 'ml' },
        tolerations: [toleration],
        affinity: { nodeAffinity },
        priorityClassName: 'serving',
      },
    });
    const workloads = Object.entries(objects).filter(([name]) => /^(Deployment|StatefulSet)\//.test(name));
    expect(workloads).toHaveLength(6);
    for (const [name, object] of workloads) {
      expect(objectAt(object, 'spec', 'template'), name).toMatchObject({
        metadata: { annotations: { team: 'ml' }, labels: { 'example.com/team': 'ml' } },
        spec: {
          affinity: { nodeAffinity },
          priorityClassName: 'serving',
          imagePullSecrets: [{ name: 'registry' }],
          nodeSelector: { pool: 'ml' },
          tolerations: [toleration],
        },
      });
    }
  });

  test('of the cost exporter are variables of its container, and how many pods it has', async () => {
    // Y is true in the YAML of Kubernetes, unless it is in quotes.
    const objects = await render({
      costExporter: { replicas: 0, environment: { COST_TAG: 'team', Y: 'y' } },
    });
    const exporter = objects['StatefulSet/cost-exporter'];
    expect(exporter).toMatchObject({ spec: { replicas: 0 } });
    expect(listAt(containerOf(exporter), 'env')).toEqual([
      { name: 'COST_TAG', value: 'team' },
      { name: 'Y', value: 'y' },
    ]);
  });

  test('of network policies open what they name, and nothing when they name nothing', async () => {
    const objects = await render({
      ingress: { enabled: false },
      networkPolicies: {
        mlflow: { enabled: false },
        database: { cidr: '' },
        dns: { nodeLocalCache: '169.254.20.10' },
      },
    });
    const service = objects['NetworkPolicy/ml-api'];
    expect(service).toMatchObject({ spec: { policyTypes: ['Ingress', 'Egress'], egress: [] } });
    expect(JSON.stringify(service)).not.toContain('traefik');
    expect(JSON.stringify(objects['NetworkPolicy/dns'])).toContain('"ipBlock":{"cidr":"169.254.20.10/32"}');
  });

  test('of labels that a policy selects by replace the default', async () => {
    const objects = await render({
      networkPolicies: {
        ingressController: { namespace: 'gateway', labels: ['app=envoy', 'tier=edge'] },
        mlflow: { labels: ['app=registry'] },
        dns: { namespace: 'openshift-dns', labels: ['dns/daemonset=default'], port: 5353 },
      },
    });
    const [callers] = listAt(objects['NetworkPolicy/ml-api'], 'spec', 'ingress');
    expect(listAt(callers, 'from')[0]).toEqual(peer('gateway', { app: 'envoy', tier: 'edge' }));
    const [toRegistry] = listAt(objects['NetworkPolicy/ml-api'], 'spec', 'egress');
    expect(toRegistry).toEqual({ to: [peer('mlflow', { app: 'registry' })], ports: [{ port: 5000 }] });
    expect(listAt(objects['NetworkPolicy/dns'], 'spec', 'egress')).toEqual([
      {
        to: [peer('openshift-dns', { 'dns/daemonset': 'default' })],
        ports: [
          { port: 5353, protocol: 'UDP' },
          { port: 5353, protocol: 'TCP' },
        ],
      },
    ]);
  });

  const open = (egress: readonly JsonObject[], more: JsonObject = {}) => ({ egress, ...more });
  const collector = { namespace: 'tracing', labels: ['app=collector'], port: 4318 };
  test.each<[string, JsonObject, JsonObject]>([
    ['http://mlflow.mlflow:5000', {}, {}],
    ['http://mlflow.mlflow.svc:5000/path', {}, {}],
    ['http://mlflow.mlflow.svc.cluster.local:5000', {}, {}],
    ['http://mlflow.mlflow', { mlflow: { servicePort: 80 } }, {}],
    ['http://mlflow:5000', { mlflow: { namespace: 'ml-platform' } }, {}],
    ['https://mlflow.example.com', open([{ cidr: '203.0.113.0/24', port: 443 }]), {}],
    ['https://example.com:8443', open([{ cidr: '2001:db8::/64', port: 8443 }]), {}],
    ['http://10.1.3.255:5000', open([{ cidr: '10.1.2.0/23', port: 5000 }]), {}],
    ['http://mlflow.other:80', open([{ ...collector, namespace: 'other', servicePort: 80 }]), {}],
    [
      '',
      open([collector]),
      { environment: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.tracing.svc:4318' } },
    ],
  ])('of the network let the service talk to %s', async (registry, networkPolicies, more) => {
    expect(Object.keys(await render({ model: { registry }, networkPolicies, ...more }))).toContain(
      'NetworkPolicy/ml-api',
    );
  });

  test('of further addresses and pods are rules of the service', async () => {
    const egress = [{ cidr: '2001:db8::1/128', port: 443 }, collector];
    const rules = listAt(
      (await render({ networkPolicies: { egress } }))['NetworkPolicy/ml-api'],
      'spec',
      'egress',
    );
    expect(rules.slice(2)).toEqual([
      { to: [{ ipBlock: { cidr: '2001:db8::1/128' } }], ports: [{ port: 443 }] },
      { to: [peer('tracing', { app: 'collector' })], ports: [{ port: 4318 }] },
    ]);
  });

  test('of accounts are their annotations, and of no others', async () => {
    const annotations = (role: string) => ({ annotations: { 'eks.amazonaws.com/role-arn': role } });
    const objects = await render({
      serviceAccount: annotations('a'),
      costExporter: { serviceAccount: annotations('b') },
    });
    expect(objects['ServiceAccount/ml-api']?.metadata).toMatchObject(annotations('a'));
    expect(objects['ServiceAccount/cost-exporter']?.metadata).toMatchObject(annotations('b'));
    expect(objects['ServiceAccount/grafana']?.metadata).not.toHaveProperty('annotations');
  });

  test.each<[string, JsonObject, JsonObject | undefined]>([
    ['Traefik', {}, tls],
    ['Traefik, and more', { annotations: { a: 'b' } }, { a: 'b', ...tls }],
    ['Traefik without TLS', { tls: { enabled: false } }, undefined],
    ['another controller', { class: 'haproxy' }, undefined],
  ])('of the ingress tell %s what it wants to be told', async (_, ingress, expected) => {
    const { metadata } = (await render({ ingress }))['Ingress/ml-api'] ?? {};
    expect(metadata?.annotations).toEqual(expected);
  });

  test('of the ingress open Grafana to nobody', async () => {
    for (const enabled of [true, false]) {
      const objects = await render({ ingress: { enabled } });
      expect(listAt(objects['NetworkPolicy/grafana'], 'spec', 'ingress')).toEqual([
        {
          from: [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'prometheus' } } }],
          ports: [{ port: 'http' }],
        },
      ]);
    }
  });

  test.each(['0.4m', '24 s', '24.5s', '24500ms'])(
    'of times are read as the service does: %s',
    async (time) => {
      const values = { environment: { DRAIN_TIMEOUT: time } };
      expect(Object.keys(await render(values))).toContain('Deployment/ml-api');
    },
  );

  test('of the monitoring leave nothing that points at a part that is off', async () => {
    const objects = await render({ alertmanager: { enabled: false }, pushgateway: { enabled: false } });
    const prometheus = parse(textAt(objects['ConfigMap/prometheus'], 'data', 'prometheus.yml'));
    expect(prometheus).not.toHaveProperty('alerting');
    expect(prometheus.scrape_configs.map(({ job_name }: { job_name: string }) => job_name)).toEqual([
      'platform',
    ]);
    const sources = parse(textAt(objects['ConfigMap/grafana-data-sources'], 'data', 'data-sources.yml'));
    expect(sources.datasources.map(({ uid }: { uid: string }) => uid)).toEqual(['prometheus']);
    expect(Object.keys(objects).filter((name) => /alertmanager|pushgateway|evaluation/.test(name))).toEqual(
      [],
    );
  });

  test('change the checksum of the pods that read them, and of no others', async () => {
    const before = await render({});
    const after = await render({ environment: { LOG_LEVEL: 'warn' } });
    const changed = Object.keys(before).filter(
      (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
    );
    expect(changed.sort()).toEqual(['ConfigMap/ml-api', 'Deployment/ml-api']);
  });
});
