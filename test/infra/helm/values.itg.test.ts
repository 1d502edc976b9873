/** What the values do, and what helm says to those that cannot be: the schema by name and type, the chart by a sentence. */

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Json, type JsonObject, listAt, objectAt, textAt } from '../../../core/kubernetes/index.ts';
import { byName, chart, containerOf, problemOf, renderChart, runHelm, scratchFolder } from './support.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

/** What helm says to values that are refused. */
async function refusal(values: JsonObject): Promise<string> {
  const { code, stderr } = await runHelm(['template', 'ml-platform', chart, ...(await valueArgs(values))]);
  expect(code).toBe(1);
  return problemOf(stderr);
}

async function valueArgs(values: JsonObject): Promise<readonly string[]> {
  const file = join(await scratchFolder(), 'values.json');
  await writeFile(file, JSON.stringify(values));
  return ['--values', file];
}

async function render(values: JsonObject) {
  return byName(await renderChart('ml-platform', await valueArgs(values)));
}

describe('the schema', () => {
  const sections = [
    ...['image', 'model', 'secrets', 'autoscaling', 'disruptionBudget', 'ingress', 'deployers'],
    ...['networkPolicies', 'prometheus', 'alertmanager', 'grafana', 'pushgateway', 'pods', 'resources'],
  ];
  test.each(sections)('refuses an unknown name in %s', async (section) => {
    expect(await refusal({ [section]: { nonsense: 1 } })).toContain(
      `at '/${section}': additional properties 'nonsense' not allowed`,
    );
  });

  test.each<[string, JsonObject]>([
    ["at '': additional properties 'imag' not allowed", { imag: { tag: '1' } }],
    ["at '/image': additional properties 'Tag' not allowed", { image: { Tag: '1' } }],
    [
      "at '/autoscaling/targets': additional properties 'gpu' not allowed",
      { autoscaling: { targets: { gpu: 1 } } },
    ],
    [
      "at '/ingress/tls': additional properties 'secretName' not allowed",
      { ingress: { tls: { secretName: 'a' } } },
    ],
    [
      "at '/resources/limits': additional properties 'mem' not allowed",
      { resources: { limits: { mem: '1Gi' } } },
    ],
    [
      "at '/environment': additional properties 'log_level' not allowed",
      { environment: { log_level: 'info' } },
    ],
    [
      "at '/pods/tolerations/0': additional properties 'effekt' not allowed",
      { pods: { tolerations: [{ effekt: 'x' }] } },
    ],
    [
      "at '/environment/QUEUE_MAX_REQUESTS': got number, want string",
      { environment: { QUEUE_MAX_REQUESTS: 500 } },
    ],
    ["at '/replicas': got string, want", { replicas: '3' }],
    ["at '/image/tag': got number, want string", { image: { tag: 1.1 } }],
    ["at '/ingress/enabled': got string, want boolean", { ingress: { enabled: 'yes' } }],
    ["at '/autoscaling/min': minimum: got 0, want 1", { autoscaling: { min: 0 } }],
    ["at '/autoscaling/targets/cpu': maximum: got 650, want 100", { autoscaling: { targets: { cpu: 650 } } }],
    [
      "at '/image/repository': 'ghcr.io/org/ml-api:1.0.0' does not match",
      { image: { repository: 'ghcr.io/org/ml-api:1.0.0' } },
    ],
    ["at '/image/digest': 'sha256:12' does not match", { image: { digest: 'sha256:12' } }],
    ["at '/model/uri': 'champion' does not match", { model: { uri: 'champion' } }],
    ["at '/resources/limits/memory': '512m' does not match", { resources: { limits: { memory: '512m' } } }],
    [
      "at '/resources/requests/memory': '512 MB' does not match",
      { resources: { requests: { memory: '512 MB' } } },
    ],
    [
      "at '/ingress/host': 'https://a.example.com' does not match",
      { ingress: { host: 'https://a.example.com' } },
    ],
    [
      "at '/networkPolicies/controlPlane/cidr': '10.0.0.1' does not match",
      { networkPolicies: { controlPlane: { cidr: '10.0.0.1' } } },
    ],
    [
      "at '/networkPolicies/mlflow/port': maximum: got 65,536, want 65,535",
      { networkPolicies: { mlflow: { port: 65536 } } },
    ],
    ["at '/prometheus/storage/size': '10GB' does not match", { prometheus: { storage: { size: '10GB' } } }],
    [
      "at '/prometheus/retention/time': '15 days' does not match",
      { prometheus: { retention: { time: '15 days' } } },
    ],
    [
      "at '/disruptionBudget/maxUnavailable': minimum: got 0, want 1",
      { disruptionBudget: { maxUnavailable: 0 } },
    ],
    ["at '': missing property 'grafana'", { grafana: null }],
  ])('says %s', async (message, values) => {
    const said = await refusal(values);
    expect(said).toContain("values don't meet the specifications of the schema(s)");
    expect(said).toContain(message);
  });

  test('leaves no object open, and says of each value what it means', async () => {
    const schema = JSON.parse(await readFile(join(chart, 'values.schema.json'), 'utf8')) as JsonObject;
    const problems: string[] = [];
    const visit = (value: Json | undefined, path: string): void => {
      const here = objectAt(value);
      const properties = Object.entries(objectAt(here, 'properties'));
      const isObject = here.type === 'object';
      if (isObject && here.additionalProperties !== false && path !== '/global')
        problems.push(`${path} is open`);
      const isLeaf = properties.length === 0 && here.$ref === undefined;
      if (isLeaf && textAt(here, 'description') === '') problems.push(`${path} has no description`);
      for (const [key, inner] of properties) visit(inner, `${path}/${key}`);
      for (const inner of Object.values(objectAt(here, 'patternProperties'))) {
        if (objectAt(inner).type === 'object') problems.push(`${path} has an object by pattern`);
      }
    };
    visit(schema, '');
    for (const [name, definition] of Object.entries(objectAt(schema, 'definitions')))
      visit(definition, `#${name}`);
    expect(problems).toEqual([]);
  });

  test('takes what a chart that has this one as a part gives to all of its parts', async () => {
    expect(Object.keys(await render({ global: { team: 'a' } })).length).toBeGreaterThan(30);
  });
});

describe('values that do not go together', () => {
  const off = { enabled: false };
  const name = 'app.kubernetes.io/name';
  test.each<[string, JsonObject]>([
    ['image.tag and image.digest are both set', { image: { tag: '1.0.0', digest } }],
    ['prometheus.image.tag and prometheus.image.digest are both set', { prometheus: { image: { digest } } }],
    ['grafana.image has neither tag nor digest', { grafana: { image: { tag: '' } } }],
    ['image.tag is latest, which names another image tomorrow', { image: { tag: 'latest' } }],
    [
      'model.path and model.uri are both set',
      { model: { path: '/m.onnx', uri: 'models:/a@b', registry: 'http://a' } },
    ],
    ['model.uri needs model.registry', { model: { uri: 'models:/ml-api@champion' } }],
    ['environment.MODEL_URI: use model.uri in its place', { environment: { MODEL_URI: 'models:/a@b' } }],
    ['environment.DATABASE_URL: it is a secret', { environment: { DATABASE_URL: 'postgres://a:b@c/d' } }],
    [
      'environment.PORT: the Service, the probes and the network policies know the port 8000',
      { environment: { PORT: '80' } },
    ],
    ['replicas is set together with autoscaling.enabled', { replicas: 3 }],
    ['autoscaling.enabled is false, so that replicas must say', { autoscaling: off }],
    ['autoscaling.min is 7 and autoscaling.max is 6', { autoscaling: { min: 7 } }],
    ['autoscaling.targets.cpu needs resources.requests.cpu', { resources: { requests: { cpu: null } } }],
    ['autoscaling.enabled needs a target', { autoscaling: { targets: { cpu: null, memory: null } } }],
    ['networkPolicies.mlflow.labels is empty', { networkPolicies: { mlflow: { labels: { [name]: null } } } }],
    [
      'networkPolicies.ingressController.labels is empty',
      { networkPolicies: { ingressController: { labels: { [name]: null } } } },
    ],
    [
      'prometheus.retention.size is 1TB and prometheus.storage.size 10Gi',
      { prometheus: { retention: { size: '1TB' } } },
    ],
    [
      'prometheus.retention.size is 10GB and prometheus.storage.size 10Gi',
      { prometheus: { retention: { size: '10GB' } } },
    ],
    [
      'prometheus.retention.size is 2000GB and prometheus.storage.size 1Ti',
      { prometheus: { retention: { size: '2000GB' }, storage: { size: '1Ti' } } },
    ],
    [
      'terminationGracePeriod is 35, which is less than DRAIN_DELAY (5s), DRAIN_TIMEOUT (1m)',
      { environment: { DRAIN_TIMEOUT: '1m' } },
    ],
    [
      'terminationGracePeriod is 29, which is less than DRAIN_DELAY (5s), DRAIN_TIMEOUT (20s)',
      { terminationGracePeriod: 29 },
    ],
    ['alertmanager.enabled needs prometheus.enabled', { prometheus: off }],
    ['grafana.enabled needs prometheus.enabled', { prometheus: off, alertmanager: off }],
    ['pushgateway.enabled needs prometheus.enabled', { prometheus: off, alertmanager: off, grafana: off }],
  ])('%s', async (message, values) => {
    expect(await refusal(values)).toContain(`: ${message}`);
  });
});

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
    expect(workloads).toHaveLength(5);
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
