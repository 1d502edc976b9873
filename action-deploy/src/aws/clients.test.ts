import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { BatchGetImageCommand } from '@aws-sdk/client-ecr';
import { DescribeServicesCommand, ListTasksCommand } from '@aws-sdk/client-ecs';
import { DescribeClusterCommand } from '@aws-sdk/client-eks';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { iamNeeds, unlistedActions } from './calls.ts';
import { type Aws, createAws } from './clients.ts';
import {
  type Answer,
  answers,
  exampleKeys,
  fails,
  hangsUp,
  neverAnswers,
  neverEnds,
  type ScriptedServer,
  startScripted,
} from './testing.ts';

let server: ScriptedServer | null = null;
let aws: Aws | null = null;

afterEach(async () => {
  aws?.close();
  await server?.stop();
  aws = null;
  server = null;
});

async function start(...script: readonly Answer[]): Promise<{ url: string; asked: ScriptedServer['asked'] }> {
  server = await startScripted(...script);
  return server;
}

function create(env: Record<string, string>, options: Parameters<typeof createAws>[1] = {}): Aws {
  aws = createAws({ ...exampleKeys, ...env }, { attempts: 2, timeoutMs: 200, ...options });
  return aws;
}

const describeServices = new DescribeServicesCommand({ cluster: 'prod', services: ['web'] });
const noServices = answers({ services: [], failures: [] });

describe('where calls go', () => {
  test('every client goes to the address of the environment, signed for its region', async () => {
    const { url, asked } = await start(
      answers({}),
      answers({}),
      answers({ cluster: { name: 'prod' } }),
      answers({}),
    );
    const made = create({ AWS_ENDPOINT_URL: url });
    await (await made.ecs()).send(describeServices);
    await (await made.ecr()).send(new BatchGetImageCommand({ repositoryName: 'api', imageIds: [] }));
    await (await made.eks()).send(new DescribeClusterCommand({ name: 'prod' }));
    await (await made.logs()).send(new GetLogEventsCommand({ logGroupName: 'g', logStreamName: 's' }));
    expect(asked.map(({ target, url: path }) => target || path)).toEqual([
      'AmazonEC2ContainerServiceV20141113.DescribeServices',
      'AmazonEC2ContainerRegistry_V20150921.BatchGetImage',
      '/clusters/prod',
      'Logs_20140328.GetLogEvents',
    ]);
    expect(asked.map(({ headers }) => /Credential=[^,]*/.exec(String(headers.authorization))?.[0])).toEqual(
      ['ecs', 'ecr', 'eks', 'logs'].map((service) =>
        expect.stringMatching(new RegExp(`^Credential=AKIAIOSFODNN7EXAMPLE/\\d{8}/eu-west-1/${service}/`)),
      ),
    );
    expect(made.record.actions).toEqual([
      'ecr:BatchGetImage',
      'ecs:DescribeServices',
      'eks:DescribeCluster',
      'logs:GetLogEvents',
    ]);
    expect(unlistedActions(made.record)).toEqual([]);
  });

  test('the address of one service goes before that of all', async () => {
    const { url, asked } = await start(noServices);
    const made = create({ AWS_ENDPOINT_URL: 'http://127.0.0.1:9', AWS_ENDPOINT_URL_ECS: url });
    await (await made.ecs()).send(describeServices);
    expect(asked).toHaveLength(1);
  });

  test.each([
    ['AWS_REGION', { AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'us-east-1' }, {}, 'eu-west-1'],
    ['AWS_DEFAULT_REGION', { AWS_REGION: '', AWS_DEFAULT_REGION: 'us-east-1' }, {}, 'us-east-1'],
    ['what was asked for', { AWS_REGION: 'eu-west-1' }, { region: 'eu-north-1' }, 'eu-north-1'],
  ])('the region is that of %s', async (_, env, options, region) => {
    const { url, asked } = await start(noServices);
    const made = create({ ...env, AWS_ENDPOINT_URL: url }, options);
    expect(made.region).toBe(region);
    await (await made.ecs()).send(describeServices);
    expect(asked[0]?.headers.authorization).toContain(`/${region}/ecs/`);
  });

  test('clients of another region share the record, and are made once', async () => {
    const { url, asked } = await start(noServices);
    const made = create({ AWS_ENDPOINT_URL: url });
    const other = made.inRegion('us-east-1');
    expect(made.inRegion('us-east-1')).toBe(other);
    expect(made.inRegion('eu-west-1')).toBe(made);
    expect(await other.ecs()).toBe(await other.ecs());
    await (await other.ecs()).send(describeServices);
    expect(asked[0]?.headers.authorization).toContain('/us-east-1/ecs/');
    expect(made.record.actions).toEqual(['ecs:DescribeServices']);
  });
});

describe('who asks', () => {
  test('a session token goes with each call', async () => {
    const { url, asked } = await start(noServices);
    await (await create({ AWS_ENDPOINT_URL: url, AWS_SESSION_TOKEN: 'session' }).ecs()).send(
      describeServices,
    );
    expect(asked[0]?.headers['x-amz-security-token']).toBe('session');
  });

  test('a profile that is named goes before keys', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aws-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'credentials');
    await writeFile(file, '[deploy]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = secret\n');
    const { url, asked } = await start(noServices);
    const profile = {
      AWS_PROFILE: 'deploy',
      AWS_SHARED_CREDENTIALS_FILE: file,
      AWS_CONFIG_FILE: join(folder, 'none'),
    };
    await (await create({ AWS_ENDPOINT_URL: url, ...profile }).ecs()).send(describeServices);
    expect(asked[0]?.headers.authorization).toContain('Credential=AKIAPROFILE/');
  });
});

describe('a proxy', () => {
  /** What it was asked to connect to; it connects to nothing. */
  async function startProxy(): Promise<{ url: string; connects: string[] }> {
    const connects: string[] = [];
    const proxy = createServer();
    proxy.on('connect', ({ url = '' }, socket) => {
      connects.push(url);
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      proxy.closeAllConnections();
      proxy.close();
    });
    return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, connects };
  }

  test.each(['HTTPS_PROXY', 'https_proxy'])('of %s is on the way to AWS', async (name) => {
    const { url, connects } = await startProxy();
    const client = await create({ [name]: url }, { attempts: 1 }).ecs();
    await expect(client.send(describeServices)).rejects.toThrow();
    expect(connects).toEqual(['ecs.eu-west-1.amazonaws.com:443']);
  });

  test('of HTTPS_PROXY is not on the way to what NO_PROXY names', async () => {
    const { url, connects } = await startProxy();
    const env = { HTTPS_PROXY: url, NO_PROXY: '127.0.0.1', AWS_ENDPOINT_URL: 'https://127.0.0.1:9' };
    const client = await create(env, { attempts: 1 }).ecs();
    await expect(client.send(describeServices)).rejects.toThrow('ECONNREFUSED');
    expect(connects).toEqual([]);
  });
});

describe('what is tried again', () => {
  test.each([
    ['throttling', fails('ThrottlingException', 'Rate exceeded')],
    ['a lost connection', hangsUp],
    ['an error of AWS', fails('ServerException', 'Service Unavailable', 503)],
    ['no answer in time', neverAnswers],
    ['a body that does not end', neverEnds],
  ])('%s', async (_, trouble) => {
    const { url, asked } = await start(trouble, noServices);
    const made = create({ AWS_ENDPOINT_URL: url });
    expect((await (await made.ecs()).send(describeServices)).services).toEqual([]);
    expect(asked).toHaveLength(2);
    expect(made.record.calls).toHaveLength(1);
  });

  test('but no refusal, and nothing for ever', async () => {
    const { url, asked } = await start(fails('ClusterNotFoundException', 'Cluster not found.'), hangsUp);
    const client = await create({ AWS_ENDPOINT_URL: url }).ecs();
    await expect(client.send(describeServices)).rejects.toThrow('Cluster not found.');
    expect(asked).toHaveLength(1);
    await expect(client.send(describeServices)).rejects.toThrow();
    expect(asked).toHaveLength(3);
  });

  test('as often as AWS_MAX_ATTEMPTS says', async () => {
    const { url, asked } = await start(hangsUp);
    const env = { ...exampleKeys, AWS_ENDPOINT_URL: url, AWS_MAX_ATTEMPTS: '3' };
    aws = createAws(env);
    await expect((await aws.ecs()).send(describeServices)).rejects.toThrow();
    expect(asked).toHaveLength(3);
  });

  test('a signal ends the call at once', async () => {
    const abort = new AbortController();
    const { url, asked } = await start((_response, _asked) => abort.abort());
    const client = await create({ AWS_ENDPOINT_URL: url }, { timeoutMs: 60_000 }).ecs();
    await expect(client.send(describeServices, { abortSignal: abort.signal })).rejects.toThrow(/abort/i);
    expect(asked).toHaveLength(1);
  });
});

describe('the record of calls', () => {
  test('holds calls that never left, in their order', async () => {
    const made = create({ AWS_ENDPOINT_URL: 'http://127.0.0.1:9' }, { attempts: 1 });
    const client = await made.ecs();
    await expect(client.send(new ListTasksCommand({}))).rejects.toThrow();
    await expect(client.send(describeServices)).rejects.toThrow();
    expect(made.record.calls.map(({ action }) => action)).toEqual(['ecs:ListTasks', 'ecs:DescribeServices']);
  });

  test('names CloudWatch as IAM does', async () => {
    const made = create({ AWS_ENDPOINT_URL: 'http://127.0.0.1:9' }, { attempts: 1 });
    const client = await made.cloudwatch();
    expect(client).toBeInstanceOf(CloudWatchClient);
    await expect(client.send(new DescribeAlarmsCommand({}))).rejects.toThrow();
    expect(made.record.actions).toEqual(['cloudwatch:DescribeAlarms']);
  });

  test('tells actions that the table does not list', async () => {
    const made = create({});
    made.record.add('ECSClient', 'DeleteServiceCommand');
    made.record.add('ECSClient', 'UpdateServiceCommand');
    expect(unlistedActions(made.record)).toEqual(['ecs:DeleteService']);
  });

  test('no listed action deletes anything', () => {
    expect(Object.keys(iamNeeds).filter((action) => /:(?:Delete|Deregister|Put)/.test(action))).toEqual([]);
  });
});

test('a client is loaded only when it is asked for', () => {
  const script = `
    import { registerHooks } from 'node:module';
    const loaded = new Set();
    registerHooks({ load: (url, context, next) => {
      const name = /node_modules\\/(@aws-sdk\\/[^/]+)/.exec(url)?.[1];
      if (name !== undefined) loaded.add(name);
      return next(url, context);
    } });
    const { createAws } = await import(${JSON.stringify(new URL('./index.ts', import.meta.url).href)});
    const aws = createAws({ AWS_REGION: 'eu-west-1' });
    const before = [...loaded];
    await aws.ecr();
    const clients = [...loaded].filter((name) => name.includes('/client-'));
    console.log(JSON.stringify({ before, clients }));
    aws.close();
  `;
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
  });
  expect(JSON.parse(output)).toEqual({ before: [], clients: ['@aws-sdk/client-ecr'] });
});
