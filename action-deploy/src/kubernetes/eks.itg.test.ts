/** The token against botocore, which AWS's own `aws eks get-token` is made of, and DescribeCluster against moto. */

import { execFileSync } from 'node:child_process';
import { CreateClusterCommand, EKSClient } from '@aws-sdk/client-eks';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ensureMoto } from '../../../scripts/tools/moto.ts';
import { type MotoServer, startMotoServer } from '../../../test/support/moto-server.ts';
import type { World } from '../types.ts';
import { eksConnection, eksToken, type Keys } from './eks.ts';

const now = new Date('2026-03-04T05:06:07.890Z');
const longLived: Keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalr/XUtnFEMI+K7MDENG=bPx' };
const ofRole: Keys = { ...longLived, sessionToken: 'FwoG/ZXIvYX+dzEBYaDA==' };
const regions = [
  'eu-west-1',
  'us-east-1',
  'cn-north-1',
  'us-gov-west-1',
  'us-iso-east-1',
  'us-isob-east-1',
  'eu-isoe-west-1',
  'us-isof-south-1',
  'eusc-de-east-1',
];
const cases = [
  ...regions.map((region) => ({ region, cluster: 'prod', keys: longLived })),
  { region: 'eu-west-1', cluster: 'prod_Team-1', keys: ofRole },
];

/** Signs as `aws eks get-token` does, at a time that is given. */
const oracle = `
import datetime, json, sys
import botocore.auth, botocore.session
from botocore.credentials import Credentials
from botocore.model import ServiceId
from botocore.signers import RequestSigner

now = datetime.datetime(2026, 3, 4, 5, 6, 7)
botocore.auth.get_current_datetime = lambda remove_tzinfo=True: now
session = botocore.session.Session()
answers = []
for case in json.load(sys.stdin):
    keys = case['keys']
    credentials = Credentials(keys['accessKeyId'], keys['secretAccessKey'], keys.get('sessionToken'))
    region = case['region']
    client = session.create_client('sts', region_name=region, aws_access_key_id='a', aws_secret_access_key='b')
    signer = RequestSigner(ServiceId('sts'), region, 'sts', 'v4', credentials, session.get_component('event_emitter'))
    url = signer.generate_presigned_url(
        {
            'method': 'GET',
            'url': client.meta.endpoint_url + '/?Action=GetCallerIdentity&Version=2011-06-15',
            'body': {},
            'headers': {'x-k8s-aws-id': case['cluster']},
            'context': {},
        },
        region_name=region, expires_in=60, operation_name='')
    answers.append({'partition': session.get_partition_for_region(region), 'url': url})
json.dump(answers, sys.stdout)
`;

interface Signed {
  readonly partition: string;
  readonly url: string;
}

let signed: readonly Signed[];
let moto: MotoServer;

beforeAll(async () => {
  const { python } = await ensureMoto();
  const output = execFileSync(python, ['-c', oracle], {
    input: JSON.stringify(cases),
    encoding: 'utf8',
    env: { PATH: process.env.PATH, AWS_STS_REGIONAL_ENDPOINTS: 'regional' },
  });
  signed = JSON.parse(output) as readonly Signed[];
  moto = await startMotoServer();
});
afterAll(() => moto?.stop());

function decoded(token: string): URL {
  return new URL(Buffer.from(token.replace(/^k8s-aws-v1\./, ''), 'base64url').toString('utf8'));
}

function partsOf({ origin, pathname, searchParams }: URL): unknown {
  return { origin, pathname, query: Object.fromEntries(searchParams) };
}

describe('the token', () => {
  test.each(cases.map((given, index) => ({ ...given, index })))(
    'is what botocore signs for $cluster in $region',
    async ({ region, cluster, keys, index }) => {
      const expected = signed[index];
      const token = await eksToken(cluster, { region, partition: expected?.partition ?? 'none' }, keys, now);
      expect(partsOf(decoded(token))).toEqual(partsOf(new URL(expected?.url ?? 'none:')));
    },
  );

  test('is signed for one cluster and a minute, as the cluster demands', async () => {
    const token = await eksToken('prod', { region: 'eu-west-1', partition: 'aws' }, ofRole, now);
    expect(token).toMatch(/^k8s-aws-v1\.[\w-]+$/);
    const query = decoded(token).searchParams;
    expect(query.get('X-Amz-SignedHeaders')).toBe('host;x-k8s-aws-id');
    expect(query.get('X-Amz-Expires')).toBe('60');
    expect(query.get('X-Amz-Date')).toBe('20260304T050607Z');
    expect(query.get('X-Amz-Security-Token')).toBe(ofRole.sessionToken);
  });
});

describe('a cluster', () => {
  const logged: string[] = [];

  function worldAt(clock: () => Date): World {
    const note = (line: string): void => {
      logged.push(line);
    };
    return {
      env: moto.clientEnv,
      workspace: '/',
      log: { info: note, notice: note, warning: note, debug: note },
      clock,
      sleep: async () => {},
      signal: AbortSignal.timeout(120_000),
    };
  }

  afterEach(async () => {
    await moto.reset();
    logged.length = 0;
  });

  test('is found by its name, trusted by its own authority, and asked with a token that is signed anew in time', async () => {
    const client = new EKSClient({
      endpoint: moto.url,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
    });
    const { cluster } = await client
      .send(
        new CreateClusterCommand({
          name: 'prod',
          roleArn: 'arn:aws:iam::123456789012:role/eks',
          resourcesVpcConfig: {},
        }),
      )
      .finally(() => client.destroy());
    let time = now.getTime();
    const connection = await eksConnection(
      'prod',
      worldAt(() => new Date(time)),
    );
    expect(connection.server.href).toBe(new URL(cluster?.endpoint ?? 'none:').href);
    expect(connection.ca).toBe(
      Buffer.from(cluster?.certificateAuthority?.data ?? '', 'base64').toString('utf8'),
    );
    expect(connection).toMatchObject({ insecure: false, namespace: null, impersonation: {}, notices: [] });

    const { signal } = new AbortController();
    const dateOf = async (): Promise<string | null> => {
      const { authorization } = await connection.credentials.get(signal);
      return decoded((authorization ?? '').replace(/^Bearer /, '')).searchParams.get('X-Amz-Date');
    };
    expect(await dateOf()).toBe('20260304T050607Z');
    time += 12 * 60_000;
    expect(await dateOf()).toBe('20260304T050607Z');
    time += 90_000;
    expect(await dateOf()).toBe('20260304T051937Z');
    expect(connection.credentials.renew()).toBe(true);
    time += 1000;
    expect(await dateOf()).toBe('20260304T051938Z');
    expect(logged.join('\n')).not.toContain('k8s-aws-v1');
  });

  test('that is not there is named', async () => {
    await expect(
      eksConnection(
        'prod',
        worldAt(() => now),
      ),
    ).rejects.toThrow(/EKS cluster prod/);
  });
});
