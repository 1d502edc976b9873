import { CreateRepositoryCommand, DescribeRepositoriesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MotoServer, startMotoServer } from './moto-server.ts';

let moto: MotoServer;

beforeAll(async () => {
  moto = await startMotoServer();
});
afterAll(() => moto.stop());

test('an AWS client works with it, and reset empties it', async () => {
  const client = new ECRClient({
    endpoint: moto.url,
    region: moto.clientEnv.AWS_REGION ?? '',
    credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
  });
  const names = async (): Promise<unknown> =>
    (await client.send(new DescribeRepositoriesCommand({}))).repositories?.map((r) => r.repositoryName);
  await client.send(new CreateRepositoryCommand({ repositoryName: 'api' }));
  expect(await names()).toEqual(['api']);
  await moto.reset();
  expect(await names()).toEqual([]);
  client.destroy();
});
