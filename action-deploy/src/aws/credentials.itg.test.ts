/** Against moto's STS, which gives credentials for any token and any role. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListClustersCommand } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { type MotoServer, startMotoServer } from '../../../test/support/moto-server.ts';
import { createAws } from './index.ts';

let moto: MotoServer;

beforeAll(async () => {
  moto = await startMotoServer();
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await moto.stop();
});

test('a web identity becomes the credentials of its role', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'aws-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const none = join(folder, 'none');
  await writeFile(join(folder, 'token'), 'a.web.token');
  // The SDK's own client of STS reads its address from the process.
  vi.stubEnv('AWS_ENDPOINT_URL_STS', moto.url);
  const aws = createAws({
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL: moto.url,
    AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/deploy',
    AWS_ROLE_SESSION_NAME: 'run',
    AWS_WEB_IDENTITY_TOKEN_FILE: join(folder, 'token'),
    AWS_SHARED_CREDENTIALS_FILE: none,
    AWS_CONFIG_FILE: none,
  });
  onTestFinished(() => aws.close());
  expect(await aws.credentials()).toMatchObject({
    accessKeyId: expect.stringMatching(/^ASIA/),
    sessionToken: expect.any(String),
  });
  expect((await (await aws.ecs()).send(new ListClustersCommand({}))).clusterArns).toEqual([]);
});
