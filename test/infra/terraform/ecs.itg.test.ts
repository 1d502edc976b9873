/** The module ecs, by its example: the plan of each strategy, and what Terraform leaves to deployments. */

import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isObject as isEcsObject } from '../../../action-deploy/src/ecs/json.ts';
import { logPlaceOf } from '../../../action-deploy/src/ecs/logs.ts';
import { blockIn, ofType, type Planned } from '../../../check-infra/terraform/plan.ts';
import { runtimeChecks } from '../../../check-infra/terraform/runtime.ts';
import {
  at,
  isObject,
  type Json,
  type JsonObject,
  listAt,
  objectAt,
  parseManifests,
  textAt,
} from '../../../core/kubernetes/index.ts';
import { readConfig } from '../../../reference-infra/ml-api/src/config/config.ts';
import { runProcess } from '../../../scripts/tools/process.ts';
import { plannedBy, problemsOfModule, theOne } from './planned.ts';
import { type TerraformFolder, terraformFolder } from './support.ts';

const reference = resolve(import.meta.dirname, '../../../reference-infra');
const strategies = ['ROLLING', 'BLUE_GREEN', 'LINEAR', 'CANARY'] as const;
type Strategy = (typeof strategies)[number];

let folder: TerraformFolder;
const plans = new Map<Strategy, readonly Planned[]>();
beforeAll(async () => {
  folder = await terraformFolder('modules/ecs/examples/service');
  for (const strategy of strategies)
    plans.set(strategy, await plannedBy(folder, `-var=strategy=${strategy}`));
});
afterAll(async () => await folder?.remove());

function the(type: string, strategy: Strategy = 'CANARY', name = ''): Planned {
  return theOne(plans.get(strategy) ?? [], type, name);
}

function container(): JsonObject {
  const text = textAt(the('aws_ecs_task_definition').values, 'container_definitions');
  const [first]: readonly unknown[] = JSON.parse(text) as readonly unknown[];
  return isObject(first) ? first : {};
}

describe.each(strategies)('%s', (strategy) => {
  test('AWS has nothing against the plan', () => {
    const plan = plans.get(strategy) ?? [];
    expect(plan.length).toBeGreaterThan(30);
    expect(runtimeChecks.flatMap((check) => check.run(plan))).toEqual([]);
  });

  test('a deployment that fails is rolled back, by tasks and by the alarms of the same plan', () => {
    const { values } = the('aws_ecs_service', strategy);
    expect(blockIn(values, 'deployment_circuit_breaker')).toEqual({ enable: true, rollback: true });
    const alarms = ofType(plans.get(strategy) ?? [], 'aws_cloudwatch_metric_alarm');
    const names = alarms.map((alarm) => textAt(alarm.values, 'alarm_name'));
    const named = listAt(blockIn(values, 'alarms'), 'alarm_names').map(String);
    expect(blockIn(values, 'alarms')).toMatchObject({ enable: true, rollback: true });
    expect(named).toEqual(['ml-api-errors', 'ml-api-latency', 'ml-api-tasks', 'ml-api-unhealthy']);
    expect(names).toEqual(expect.arrayContaining(named));
  });
});

test.each<[Strategy, JsonObject]>([
  ['ROLLING', { bake_time_in_minutes: null, canary_configuration: [], linear_configuration: [] }],
  ['BLUE_GREEN', { bake_time_in_minutes: '10', canary_configuration: [], linear_configuration: [] }],
  ['LINEAR', { linear_configuration: [{ step_percent: 25, step_bake_time_in_minutes: '10' }] }],
  ['CANARY', { canary_configuration: [{ canary_percent: 10, canary_bake_time_in_minutes: '10' }] }],
])('%s is configured as ECS asks for it', (strategy, configuration) => {
  const { values, unknown } = the('aws_ecs_service', strategy);
  expect(blockIn(values, 'deployment_configuration')).toMatchObject({ strategy, ...configuration });
  const known = blockIn(listAt(values, 'load_balancer')[0], 'advanced_configuration');
  const later = blockIn(listAt(unknown, 'load_balancer')[0], 'advanced_configuration');
  if (strategy === 'ROLLING') {
    expect(known).toBeUndefined();
    return;
  }
  expect(known).toEqual({ role_arn: 'arn:aws:iam::123456789012:role/ml-api-ecs-load-balancing' });
  expect(later).toEqual({
    alternate_target_group_arn: true,
    production_listener_rule: true,
    test_listener_rule: true,
  });
});

describe('the container', () => {
  test('has no rights that it does not need, and can write to /tmp alone', () => {
    expect(container()).toMatchObject({
      user: '65532:65532',
      readonlyRootFilesystem: true,
      linuxParameters: {
        capabilities: { drop: ['ALL'] },
        tmpfs: [{ containerPath: '/tmp', size: 512, mountOptions: ['nodev', 'nosuid', 'noexec'] }],
      },
      portMappings: [{ containerPort: 8000, protocol: 'tcp' }],
    });
    expect(container()).not.toHaveProperty('privileged');
    expect(blockIn(the('aws_ecs_task_definition').values, 'runtime_platform')).toEqual({
      operating_system_family: 'LINUX',
      cpu_architecture: 'X86_64',
    });
  });

  test('has an environment that the service itself takes, and passwords by ARN alone', () => {
    const given = listAt(container(), 'environment').map((entry) => [
      textAt(entry, 'name'),
      textAt(entry, 'value'),
    ]);
    const config = readConfig(Object.fromEntries(given), '/app');
    expect(config).toMatchObject({
      port: 8000,
      host: '0.0.0.0',
      drainDelayMs: 5000,
      drainTimeoutMs: 20_000,
      model: { kind: 'registry', uri: 'models:/ml-api@champion' },
      tracing: { url: 'http://collector.internal:4318/v1/traces', serviceName: 'ml-api' },
    });
    const secrets = listAt(container(), 'secrets');
    expect(secrets.map((secret) => textAt(secret, 'name'))).toEqual([
      'DATABASE_URL',
      'MLFLOW_TRACKING_TOKEN',
    ]);
    for (const secret of secrets) expect(textAt(secret, 'valueFrom')).toMatch(/^arn:aws:secretsmanager:/);
  });

  test('is killed only after all that it may take to end', () => {
    const drains = 5 + 20;
    const lastWritesOfTheLog = 5;
    expect(at(container(), 'stopTimeout')).toBeGreaterThan(drains + lastWritesOfTheLog);
    expect(at(container(), 'stopTimeout')).toBeLessThanOrEqual(120);
    expect(textAt(the('aws_lb_target_group').values, 'deregistration_delay')).toBe(String(drains));
  });

  test('has a log that action-deploy finds', () => {
    const definition: unknown = { containerDefinitions: [container()] };
    const place = isEcsObject(definition) ? logPlaceOf(definition, 'ml-api', '0123456789abcdef') : null;
    expect(place).toEqual({
      group: textAt(the('aws_cloudwatch_log_group').values, 'name'),
      stream: 'task/ml-api/0123456789abcdef',
      region: 'eu-west-1',
    });
  });

  test.each([
    ['answers', 200, 0],
    ['answers by an error', 500, 1],
    ['is not there', null, 1],
  ])('is found well or not where it %s', async (_, status, code) => {
    const server = createServer((request, response) => {
      response.writeHead(request.url === '/health' ? (status ?? 500) : 404).end();
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    if (status === null) await new Promise((done) => server.close(done));
    try {
      const [kind, program = '', ...args] = listAt(container(), 'healthCheck', 'command').map(String);
      expect([kind, program]).toEqual(['CMD', 'node']);
      const there = args.map((arg) => arg.replace('127.0.0.1:8000', `127.0.0.1:${port}`));
      expect(there.join()).toContain(`:${port}/health`);
      expect((await runProcess(process.execPath, there, { timeoutMs: 60_000 })).code).toBe(code);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

describe('the load balancer', () => {
  test('speaks TLS alone, and sends everybody else there', () => {
    const https = the('aws_lb_listener', 'CANARY', 'https').values;
    expect(https).toMatchObject({ protocol: 'HTTPS', port: 443 });
    expect(textAt(https, 'ssl_policy')).toMatch(/^ELBSecurityPolicy-TLS13-1-2-Res/);
    const plain = the('aws_lb_listener', 'CANARY', 'redirect').values;
    expect(blockIn(plain, 'default_action', 'redirect')).toMatchObject({
      protocol: 'HTTPS',
      port: '443',
      status_code: 'HTTP_301',
    });
  });

  test('hands on what the Ingress does, and not the metrics', async () => {
    const text = await readFile(join(reference, 'kubernetes/base/ml-api/ingress.yaml'), 'utf8');
    const objects = parseManifests(text, (line) => `ingress.yaml:${line}`);
    const ingress = objects.find(({ object }) => object.kind === 'Ingress')?.object;
    const there = listAt(listAt(ingress, 'spec', 'rules')[0], 'http', 'paths').map((path) =>
      textAt(path, 'pathType') === 'Prefix' ? `${textAt(path, 'path')}/*` : textAt(path, 'path'),
    );
    const rule = the('aws_lb_listener_rule', 'CANARY', 'production').values;
    const here = listAt(blockIn(rule, 'condition', 'path_pattern'), 'values').map(String);
    expect(here.toSorted()).toEqual(there.toSorted());
    expect(here.join()).not.toContain('metrics');
  });

  test('asks whether the model is loaded, and begins with all traffic at blue', () => {
    expect(blockIn(the('aws_lb_target_group').values, 'health_check')).toMatchObject({
      path: '/ready',
      matcher: '200',
    });
    const rule = the('aws_lb_listener_rule', 'CANARY', 'production').values;
    const groups = listAt(blockIn(rule, 'action', 'forward'), 'target_group');
    expect(groups.map((group) => at(group, 'weight')).toSorted()).toEqual([0, 100]);
  });

  test('is protected, and its logs are written where it may write', () => {
    const { values } = the('aws_lb');
    expect(values).toMatchObject({ enable_deletion_protection: true, drop_invalid_header_fields: true });
    expect(blockIn(values, 'access_logs')).toMatchObject({ enabled: true });
  });
});

describe('once it is applied', () => {
  beforeAll(async () => {
    await folder.must('apply', '-no-color', '-auto-approve');
  });

  test('a deployment, autoscaling and a shift of the traffic are left as they are', async () => {
    await change((type, attributes) => {
      if (type === 'aws_ecs_service') return { ...attributes, task_definition: 'ml-api:7', desired_count: 5 };
      return type === 'aws_lb_listener_rule' ? shifted(attributes) : attributes;
    });
    const { code, stdout } = await folder.run('plan', '-no-color', '-detailed-exitcode');
    expect([code, stdout]).toEqual([0, expect.stringContaining('No changes')]);
  });

  test('a change of the task makes a revision of its family, and leaves the service to its deployment', async () => {
    const example = join(folder.path, 'main.tf');
    const text = await readFile(example, 'utf8');
    expect(text).toContain('collector.internal');
    await writeFile(example, text.replace('collector.internal', 'collector.elsewhere'));
    const document = await folder.plan();
    const changed = listAt(isObject(document) ? document : {}, 'resource_changes')
      .filter((one) => listAt(one, 'change', 'actions').join() !== 'no-op')
      .map((one) => textAt(one, 'address'));
    expect(changed).toEqual(['module.ecs.aws_ecs_task_definition.this']);
  });
});

/** All traffic at green. */
function shifted(attributes: JsonObject): JsonObject {
  const turn = (group: Json): Json =>
    isObject(group) ? { ...group, weight: group.weight === 100 ? 0 : 100 } : group;
  const forward = blockIn(attributes, 'action', 'forward') ?? {};
  const action = {
    ...blockIn(attributes, 'action'),
    forward: [{ ...forward, target_group: listAt(forward, 'target_group').map(turn) }],
  };
  return { ...attributes, action: [action] };
}

/** As ECS does, behind Terraform's back. */
async function change(to: (type: string, attributes: JsonObject) => JsonObject): Promise<void> {
  const state: unknown = JSON.parse(await folder.must('state', 'pull'));
  if (!isObject(state) || typeof state.serial !== 'number') throw new Error('the state is not as expected');
  const resources = listAt(state, 'resources').map((resource): Json => {
    if (!isObject(resource)) return resource;
    const instances = listAt(resource, 'instances').map(
      (instance): Json =>
        isObject(instance)
          ? { ...instance, attributes: to(textAt(resource, 'type'), objectAt(instance, 'attributes')) }
          : instance,
    );
    return { ...resource, instances };
  });
  expect(resources).not.toEqual(state.resources);
  const file = join(folder.path, 'changed.json');
  await writeFile(file, JSON.stringify({ ...state, resources, serial: state.serial + 1 }));
  await folder.must('state', 'push', file);
}

test('the module is valid, and refuses what it should, by its own tests', async () => {
  expect(await problemsOfModule('ecs')).toEqual([]);
}, 600_000);
