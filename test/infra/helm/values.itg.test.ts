/** What the values of the chart do to its objects. */

import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type JsonObject, listAt, objectAt, textAt } from '../../../core/kubernetes/index.ts';
import { containerOf, renderValues as render } from './support.ts';

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
    expect(listAt(containerOf(objects['Deployment/grafana']), 'env')).toContainEqual({
      name: 'GF_SECURITY_ADMIN_PASSWORD',
      valueFrom: { secretKeyRef: { name: 'b', key: 'admin-password' } },
    });
    expect(JSON.stringify(objects['StatefulSet/alertmanager'])).toContain('"secretName":"c"');
  });

  test('for all pods reach each of them', async () => {
    const toleration = { key: 'pool', operator: 'Equal', value: 'ml', effect: 'NoSchedule' };
    const objects = await render({
      imagePullSecrets: ['registry'],
      pods: { annotations: { team: 'ml' }, nodeSelector: { pool: 'ml' }, tolerations: [toleration] },
    });
    const workloads = Object.entries(objects).filter(([name]) => /^(Deployment|StatefulSet)\//.test(name));
    expect(workloads).toHaveLength(6);
    for (const [name, object] of workloads) {
      expect(objectAt(object, 'spec', 'template'), name).toMatchObject({
        metadata: { annotations: { team: 'ml' } },
        spec: {
          imagePullSecrets: [{ name: 'registry' }],
          nodeSelector: { pool: 'ml' },
          tolerations: [toleration],
        },
      });
    }
  });

  test('of the cost exporter are variables of its container, and how many pods it has', async () => {
    const objects = await render({ costExporter: { replicas: 0, environment: { COST_TAG: 'team' } } });
    const exporter = objects['StatefulSet/cost-exporter'];
    expect(exporter).toMatchObject({ spec: { replicas: 0 } });
    expect(listAt(containerOf(exporter), 'env')).toEqual([{ name: 'COST_TAG', value: 'team' }]);
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
    expect(JSON.stringify(service)).not.toContain('ingress-nginx');
    expect(JSON.stringify(objects['NetworkPolicy/dns'])).toContain('"ipBlock":{"cidr":"169.254.20.10/32"}');
  });

  test('of the monitoring leave nothing that points at a part that is off', async () => {
    const objects = await render({ alertmanager: { enabled: false }, pushgateway: { enabled: false } });
    const prometheus = parse(textAt(objects['ConfigMap/prometheus'], 'data', 'prometheus.yml'));
    expect(prometheus).not.toHaveProperty('alerting');
    expect(prometheus.scrape_configs.map(({ job_name }: { job_name: string }) => job_name)).toEqual([
      'platform',
    ]);
    const sources = parse(textAt(objects['ConfigMap/grafana-data-sources'], 'data', 'data-sources.yml'));
    expect(sources.datasources.map(({ uid }: { uid: string }) => uid)).toEqual(['prometheus', 'traces']);
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
