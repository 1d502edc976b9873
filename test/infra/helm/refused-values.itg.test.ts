/** What helm says to values that cannot be: the schema by name and type, the chart by a sentence. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Json, type JsonObject, objectAt, textAt } from '../../../core/kubernetes/index.ts';
import { chart, problemOf, renderValues, runHelm, valueArgs } from './support.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

/** What helm says to values that are refused. */
async function refusal(values: JsonObject): Promise<string> {
  const { code, stderr } = await runHelm(['template', 'ml-platform', chart, ...(await valueArgs(values))]);
  expect(code).toBe(1);
  return problemOf(stderr);
}

describe('the schema', () => {
  const sections = [
    ...['image', 'model', 'secrets', 'autoscaling', 'disruptionBudget', 'ingress', 'deployers'],
    ...[
      'serviceAccount',
      'networkPolicies',
      'prometheus',
      'alertmanager',
      'grafana',
      'pushgateway',
      'costExporter',
    ],
    ...['pods', 'resources'],
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
    [
      "at '/networkPolicies/ingressController/labels': got object, want array",
      { networkPolicies: { ingressController: { labels: { app: 'traefik' } } } },
    ],
    [
      "at '/networkPolicies/mlflow/labels': minItems: got 0, want 1",
      { networkPolicies: { mlflow: { labels: [] } } },
    ],
    [
      "at '/networkPolicies/mlflow/labels/0': 'app' does not match",
      { networkPolicies: { mlflow: { labels: ['app'] } } },
    ],
    [
      "at '/networkPolicies/egress/0': additional properties 'ports' not allowed",
      { networkPolicies: { egress: [{ cidr: '10.0.0.0/8', ports: [1] }] } },
    ],
    [
      "at '/networkPolicies/database/cidr': '2001:db8:::/32' does not match",
      { networkPolicies: { database: { cidr: '2001:db8:::/32' } } },
    ],
    [
      "at '/model/registry': 'http://user:word@mlflow:5000' does not match",
      { model: { registry: 'http://user:word@mlflow:5000' } },
    ],
    ["at '/prometheus/retention/time': '0d' does not match", { prometheus: { retention: { time: '0d' } } }],
    [
      "at '/prometheus/retention/time': '1h1d' does not match",
      { prometheus: { retention: { time: '1h1d' } } },
    ],
    [
      "at '/pods/affinity': additional properties 'nodeAfinity' not allowed",
      { pods: { affinity: { nodeAfinity: {} } } },
    ],
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
    expect(Object.keys(await renderValues({ global: { team: 'a' } })).length).toBeGreaterThan(30);
  });
});

describe('values that do not go together', () => {
  const off = { enabled: false };
  const closed: readonly [string, JsonObject][] = [
    ['https://mlflow.example.com', {}],
    ['http://mlflow.mlflow:8080', {}],
    ['http://mlflow.other:5000', {}],
    ['http://mlflow:5000', {}],
    ['http://mlflow.mlflow:5000', { mlflow: off }],
    ['https://mlflow.example.com', { egress: [{ cidr: '203.0.113.0/24', port: 80 }] }],
    ['http://mlflow.other.svc:5000', { egress: [{ cidr: '0.0.0.0/0', port: 5000 }] }],
    ['http://10.1.4.0:5000', { egress: [{ cidr: '10.1.2.0/23', port: 5000 }] }],
  ];
  test.each<[string, JsonObject]>([
    ['image.tag and image.digest are both set', { image: { tag: '1.0.0', digest } }],
    ['prometheus.image.tag and prometheus.image.digest are both set', { prometheus: { image: { digest } } }],
    ['grafana.image has neither tag nor digest', { grafana: { image: { tag: '' } } }],
    ['image.tag is latest, which names another image tomorrow', { image: { tag: 'latest' } }],
    [
      'model.path and model.uri are both set',
      { model: { path: '/m.onnx', uri: 'models:/a@b', registry: 'http://mlflow.mlflow:5000' } },
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
    [
      'networkPolicies.mlflow.labels has app twice',
      { networkPolicies: { mlflow: { labels: ['app=a', 'app=b'] } } },
    ],
    [
      'networkPolicies.egress[0].labels has app twice',
      { networkPolicies: { egress: [{ namespace: 'a', labels: ['app=a', 'app=b'], port: 80 }] } },
    ],
    ...closed.map(([registry, networkPolicies]): [string, JsonObject] => [
      `model.registry is ${registry}, which no network policy lets the service talk to`,
      { model: { registry }, networkPolicies },
    ]),
    [
      'environment.OTEL_EXPORTER_OTLP_ENDPOINT is http://collector:4318, which no network policy lets',
      { environment: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' } },
    ],
    [
      'environment.OTEL_EXPORTER_OTLP_ENDPOINT is "collector:4318", which is no http:// or https:// address',
      { environment: { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' } },
    ],
    ...['AWS_SECRET_ACCESS_KEY', 'OTEL_EXPORTER_OTLP_HEADERS', 'PGPASSWORD', 'API_KEY'].map(
      (secret): [string, JsonObject] => [
        `environment.${secret}: it is a secret`,
        { environment: { [secret]: 'x' } },
      ],
    ),
    [
      'environment.HTTPS_PROXY: its address has a password',
      { environment: { HTTPS_PROXY: 'http://user:word@proxy:3128' } },
    ],
    ...['1min', '1m30s', 'abc', '20', '-1s', '20S'].map((time): [string, JsonObject] => [
      `environment.DRAIN_TIMEOUT is "${time}", which is no time for the service`,
      { environment: { DRAIN_TIMEOUT: time } },
    ]),
    [
      'terminationGracePeriod is 35, which is less than DRAIN_DELAY (5s), DRAIN_TIMEOUT (0.9m)',
      { environment: { DRAIN_TIMEOUT: '0.9m' } },
    ],
    [
      'resources.requests.memory is 4Gi and resources.limits.memory 1Gi',
      { resources: { requests: { memory: '4Gi' } } },
    ],
    [
      'grafana.resources.requests.memory is 0.75Gi and grafana.resources.limits.memory 512Mi',
      { grafana: { resources: { requests: { memory: '0.75Gi' } } } },
    ],
    [
      'resources.requests.memory is 2G and resources.limits.memory 1Gi',
      { resources: { requests: { memory: '2G' } } },
    ],
    [
      'prometheus.resources.requests.cpu is 3 and prometheus.resources.limits.cpu 2500m',
      { prometheus: { resources: { requests: { cpu: 3 }, limits: { cpu: '2500m' } } } },
    ],
    ['image.tag is LATEST, which names another image tomorrow', { image: { tag: 'LATEST' } }],
    [
      'pods.labels has ml-platform/calls-ml-api: Services, network policies and Prometheus find pods by it',
      { pods: { labels: { 'ml-platform/calls-ml-api': 'true' } } },
    ],
    [
      'environment.HOST: the Service, the probes and the network policies know the port 8000',
      { environment: { HOST: '127.0.0.1' } },
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
    [
      'costExporter.enabled needs prometheus.enabled',
      { prometheus: off, alertmanager: off, grafana: off, pushgateway: off },
    ],
    [
      'costExporter.environment.STATE_PATH: the Service, the probes and the volume know',
      { costExporter: { environment: { STATE_PATH: '/tmp/costs.json' } } },
    ],
    [
      'costExporter.environment.AWS_ACCESS_KEY_ID: secrets are never in the values',
      { costExporter: { environment: { AWS_ACCESS_KEY_ID: 'x' } } },
    ],
  ])('%s', async (message, values) => {
    expect(await refusal(values)).toContain(`: ${message}`);
  });
});
