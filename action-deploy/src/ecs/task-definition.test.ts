import { describe, expect, test } from 'vitest';
import { sameContent } from './canonical.ts';
import { chooseContainer } from './choose-container.ts';
import { differences } from './difference.ts';
import type { JsonObject } from './json.ts';
import { changed, platformOf, registrable, requiresFargate } from './task-definition.ts';

const repository = 'ghcr.io/octo/api';
const digest = `sha256:${'a'.repeat(64)}`;

/** As DescribeTaskDefinition tells it, with a field that came to ECS after this was written. */
const described: JsonObject = {
  taskDefinitionArn: 'arn:aws:ecs:eu-west-1:123456789012:task-definition/web:41',
  family: 'web',
  revision: 41,
  status: 'ACTIVE',
  registeredAt: 1_767_600_000.5,
  registeredBy: 'arn:aws:iam::123456789012:user/ci',
  requiresAttributes: [{ name: 'com.amazonaws.ecs.capability.docker-remote-api.1.18' }],
  compatibilities: ['EC2', 'FARGATE'],
  requiresCompatibilities: ['FARGATE'],
  networkMode: 'awsvpc',
  cpu: '1024',
  memory: '2048',
  volumes: [],
  placementConstraints: [],
  novelty: { depth: { of: 'field' } },
  containerDefinitions: [
    {
      name: 'app',
      image: `${repository}:1`,
      cpu: 0,
      essential: true,
      portMappings: [{ containerPort: 8080, hostPort: 8080, protocol: 'tcp' }],
      environment: [
        { name: 'LOG_LEVEL', value: 'info' },
        { name: 'DB', value: 'postgres://secret' },
      ],
      secrets: [{ name: 'KEY', valueFrom: 'arn:aws:ssm:eu-west-1:123456789012:parameter/key' }],
      mountPoints: [],
      newContainerField: true,
    },
    { name: 'proxy', image: 'envoyproxy/envoy:v1.30', essential: false },
  ],
};

describe('what is registered', () => {
  test('everything but what cannot be registered', () => {
    const { novelty, ...rest } = registrable(described, [
      { key: 'team', value: 'ml' },
      { key: 'aws:cloudformation:stack-name', value: 'web' },
    ]);
    expect(novelty).toEqual({ depth: { of: 'field' } });
    expect(Object.keys(rest).sort()).toEqual([
      'containerDefinitions',
      'cpu',
      'family',
      'memory',
      'networkMode',
      'placementConstraints',
      'requiresCompatibilities',
      'tags',
      'volumes',
    ]);
    expect(rest.tags).toEqual([{ key: 'team', value: 'ml' }]);
    expect(registrable(described, [])).not.toHaveProperty('tags');
  });

  test('the image of the container, and variables in their places; nothing else', () => {
    const made = changed(registrable(described, []), 'app', `${repository}@${digest}`, [
      { name: 'NEW', value: '1' },
      { name: 'LOG_LEVEL', value: 'debug' },
    ]);
    const [app, proxy] = described.containerDefinitions as readonly JsonObject[];
    expect(made).toEqual({
      ...registrable(described, []),
      containerDefinitions: [
        {
          ...app,
          image: `${repository}@${digest}`,
          environment: [
            { name: 'LOG_LEVEL', value: 'debug' },
            { name: 'DB', value: 'postgres://secret' },
            { name: 'NEW', value: '1' },
          ],
        },
        proxy,
      ],
    });
  });

  test('a variable that is a secret is refused', () => {
    expect(() => changed(described, 'app', 'x', [{ name: 'KEY', value: 'v' }])).toThrow(
      'environment: KEY is a secret of the container app; it cannot be a variable, too; allowed: another name',
    );
  });
});

describe('the same content', () => {
  const base = registrable(described, []);
  const container = (fields: JsonObject): JsonObject => ({
    ...base,
    containerDefinitions: [{ ...(described.containerDefinitions as readonly JsonObject[])[0], ...fields }],
  });
  const written: JsonObject = {
    family: 'web',
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: '1 vCPU',
    memory: '2GB',
    novelty: { depth: { of: 'field' } },
    containerDefinitions: [
      {
        newContainerField: true,
        name: 'app',
        image: `${repository}:1`,
        portMappings: [{ containerPort: 8080 }],
        secrets: [{ name: 'KEY', valueFrom: 'arn:aws:ssm:eu-west-1:123456789012:parameter/key' }],
        environment: [
          { name: 'DB', value: 'postgres://secret' },
          { name: 'LOG_LEVEL', value: 'info' },
        ],
      },
      { name: 'proxy', image: 'docker.io/envoyproxy/envoy:v1.30', essential: false },
    ],
  };

  test('as a file writes it and as ECS tells it', () => {
    expect(sameContent(base, written)).toBe(true);
  });

  test('a role by its name and by its ARN', () => {
    const role = 'arn:aws:iam::123456789012:role/service/task';
    expect(sameContent({ ...base, taskRoleArn: role }, { ...base, taskRoleArn: 'task' })).toBe(true);
    expect(sameContent({ ...base, taskRoleArn: role }, { ...base, taskRoleArn: 'other' })).toBe(false);
  });

  test.each<[string, JsonObject, JsonObject]>([
    ['another tag', container({}), container({ image: `${repository}:2` })],
    ['a tag, and a digest', container({}), container({ image: `${repository}@${digest}` })],
    ['a variable', container({}), container({ environment: [{ name: 'LOG_LEVEL', value: 'debug' }] })],
    ['a field that nobody knows', container({}), container({ newContainerField: false })],
    ['essential', container({}), container({ essential: false })],
    ['a host port', container({}), container({ portMappings: [{ containerPort: 8080, hostPort: 80 }] })],
    [
      'the order of containers',
      written,
      { ...written, containerDefinitions: [...(written.containerDefinitions as []).toReversed()] },
    ],
    ['a tag of the task definition', base, { ...base, tags: [{ key: 'a', value: 'b' }] }],
  ])('is not: %s', (_what, a, b) => {
    expect(sameContent(a, b)).toBe(false);
  });
});

describe('which container', () => {
  const of = (...images: readonly (readonly [string, string])[]): JsonObject => ({
    containerDefinitions: images.map(([name, image]) => ({ name, image })),
  });
  test.each<[string, JsonObject, string | null, string]>([
    ['the only one, whatever it runs', of(['web', 'nginx']), null, 'web'],
    ['the one that runs the repository', of(['a', 'nginx'], ['b', `${repository}:3`]), null, 'b'],
    ['the one that is named', of(['a', 'nginx'], ['b', `${repository}:3`]), 'a', 'a'],
  ])('%s', (_what, definition, given, expected) => {
    expect(chooseContainer(definition, given, repository)).toBe(expected);
  });

  test.each<[string, JsonObject, string | null, string]>([
    [
      'none runs it',
      of(['a', 'nginx'], ['b', 'redis']),
      null,
      'container-name: none of the 2 containers runs ghcr.io/octo/api; say which one gets the image; allowed: a, b',
    ],
    [
      'two run it',
      of(['a', repository], ['b', `${repository}:1`], ['c', 'redis']),
      null,
      'container-name: 2 containers run ghcr.io/octo/api; say which one gets the image; allowed: a, b',
    ],
    [
      'none has that name',
      of(['server', 'nginx'], ['b', 'redis']),
      'sever',
      'container-name: the task definition has no container "sever"; allowed: server, b; did you mean `server`?',
    ],
  ])('%s', (_what, definition, given, message) => {
    expect(() => chooseContainer(definition, given, repository)).toThrow(message);
  });
});

test.each<[JsonObject, boolean, unknown]>([
  [
    { runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' } },
    true,
    { os: 'linux', architecture: 'arm64' },
  ],
  [
    { runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' } },
    true,
    { os: 'windows', architecture: 'amd64' },
  ],
  [{}, true, { os: 'linux', architecture: 'amd64' }],
  [{ runtimePlatform: { cpuArchitecture: 'X86_64' } }, false, { os: 'linux', architecture: 'amd64' }],
  [{}, false, null],
])('platform of %j, on Fargate %s', (definition, onFargate, expected) => {
  expect(platformOf(definition, onFargate)).toEqual(expected);
});

test('only Fargate', () => {
  expect(requiresFargate({ requiresCompatibilities: ['FARGATE'] })).toBe(true);
  expect(requiresFargate({ requiresCompatibilities: ['EC2', 'FARGATE'] })).toBe(false);
});

describe('the difference', () => {
  const base = registrable(described, []);
  const app = (described.containerDefinitions as readonly JsonObject[])[0];
  const shown = (to: JsonObject) =>
    differences(base, to).map(({ place, from, to: now }) => `${place}: ${from} -> ${now}`);

  test('is empty where nothing differs', () => {
    expect(shown(base)).toEqual([]);
  });

  test('names containers, and tells the image first', () => {
    const made = changed(base, 'app', `${repository}@${digest}`, [{ name: 'LOG_LEVEL', value: 'debug' }]);
    expect(shown(made)).toEqual([
      `containerDefinitions[app].image: ${repository}:1 -> ${repository}@${digest}`,
      'containerDefinitions[app].environment[LOG_LEVEL]: (not shown) -> (changed)',
    ]);
  });

  test('shows no values that may be secret, wherever they stand', () => {
    const secret = 'hunter2-hunter2';
    const made: JsonObject = {
      ...base,
      containerDefinitions: [
        {
          ...app,
          environment: [{ name: 'DB', value: secret }],
          logConfiguration: {
            logDriver: 'splunk',
            options: { 'splunk-token': secret, 'splunk-url': 'https://s' },
          },
          dockerLabels: { apiKey: secret },
        },
        { name: 'new', image: 'redis', environment: [{ name: 'A', value: secret }] },
      ],
    };
    const text = shown(made).join('\n');
    expect(text).not.toContain(secret);
    expect(JSON.stringify(differences(made, base))).not.toContain(secret);
    expect(text).toContain('containerDefinitions[app].environment[LOG_LEVEL]: (not shown) -> null');
    expect(text).toContain('"splunk-url":"https://s"');
  });

  test('places of secrets are shown', () => {
    const made = {
      ...base,
      containerDefinitions: [
        { ...app, secrets: [{ name: 'KEY', valueFrom: 'arn:other' }] },
        { name: 'proxy', image: 'envoyproxy/envoy:v1.30', essential: false },
      ],
    };
    expect(shown(made)).toEqual([
      'containerDefinitions[app].secrets[KEY].valueFrom: arn:aws:ssm:eu-west-1:123456789012:parameter/key -> arn:other',
    ]);
  });

  test('long values are shortened, and many differences counted', () => {
    expect(shown({ ...base, novelty: 'x'.repeat(1000) })[0]?.length).toBeLessThan(300);
    const many = Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`field${i}`, i + 1]));
    expect(shown({ ...base, ...many })).toHaveLength(101);
    expect(shown({ ...base, ...many }).at(-1)).toBe('and 50 more: null -> null');
  });
});
