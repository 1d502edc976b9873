/** reference-infra/terraform/README.md: each of its commands, in its order, with the state in a bucket of an emulated S3. */

import { readFileSync } from 'node:fs';
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProcess } from '../../../scripts/tools/process.ts';
import { blocksOf, runBlock } from '../../support/guide-blocks.ts';
import { type MotoServer, startMotoServer } from '../../support/moto-server.ts';
import { type TerraformFolder, terraformFolder } from './support.ts';

const root = resolve(import.meta.dirname, '../../..');
const guide = readFileSync(join(root, 'reference-infra/terraform/README.md'), 'utf8');
const blocks = blocksOf(guide);
const bucket = 'org-ml-api-staging-terraform';

let folder: TerraformFolder;
let moto: MotoServer;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  folder = await terraformFolder('', {}, 'as it is');
  moto = await startMotoServer();
  const tools = join(folder.path, '..', 'tools');
  await mkdir(tools);
  const script = `#!/bin/sh\n[ "$1" = ml-gates ] && shift && exec ${process.execPath} ${root}/cli/ml-gates.ts "$@"\n`;
  await writeFile(join(tools, 'npx'), script);
  await chmod(join(tools, 'npx'), 0o755);
  // Colours would stand within what the guide says that it says.
  const plain = { TF_CLI_ARGS: '-no-color' };
  env = { ...folder.env, ...moto.clientEnv, ...plain, PATH: `${tools}${delimiter}${process.env.PATH}` };
  // The stand-in keeps what it makes to itself: the buckets of the backends are made here.
  for (const name of [bucket, 'org-ml-api-production-terraform']) {
    const location =
      '<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>';
    const response = await fetch(`${moto.url}/${name}`, { method: 'PUT', body: location, headers: signed });
    if (!response.ok) throw new Error(`moto made no bucket: ${response.status} ${await response.text()}`);
  }
});
afterAll(async () => {
  await moto?.stop();
  await folder?.remove();
});

/** moto reads the region of it, and checks nothing. */
const signed = {
  authorization:
    'AWS4-HMAC-SHA256 Credential=testing/20300101/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=0',
};

test('all its commands are found', () => {
  expect(blocks).toHaveLength([...guide.matchAll(/^```sh/gm)].length);
  expect(blocks.length).toBeGreaterThanOrEqual(6);
});

test.each(blocks)('$commands', async (block) => {
  expect(await runBlock(block, { cwd: folder.path, env })).toBeNull();
});

test('the state was in its bucket, with no lock left', async () => {
  const list = await fetch(`${moto.url}/${bucket}?list-type=2`, { headers: signed });
  const keys = [...(await list.text()).matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key]) => key);
  expect(keys).toEqual(['staging/terraform.tfstate']);
});

test('whoever comes second is told who holds the lock', async () => {
  const terraform = (...args: string[]) =>
    runProcess('terraform', ['-chdir=aws', ...args], {
      cwd: folder.path,
      env,
      timeoutMs: 120_000,
    });
  const init = await terraform('init', '-reconfigure', '-backend-config=environments/staging.s3.tfbackend');
  expect(init.code, init.stderr).toBe(0);
  const lock = {
    ID: '2b6a6738-5dd5-50d6-c0ae-f6352977666b',
    Operation: 'OperationTypeApply',
    Who: 'job@runner',
    Version: '1.11.4',
    Created: '2030-01-01T00:00:00Z',
  };
  const address = `${moto.url}/${bucket}/staging/terraform.tfstate.tflock`;
  const put = await fetch(address, { method: 'PUT', body: JSON.stringify(lock), headers: signed });
  expect(put.ok).toBe(true);
  const plan = await terraform('plan', '-var-file=environments/staging.tfvars');
  expect(plan.code).toBe(1);
  expect(plan.stderr).toContain('Error acquiring the state lock');
  expect(plan.stderr).toMatch(/Who: +job@runner/);
  const unlock = await terraform('force-unlock', '-force', lock.ID);
  expect(unlock.code, unlock.stderr).toBe(0);
});

test('nothing is left in the folder but what Terraform keeps there, and no plan of a secret', async () => {
  const left = await readdir(join(folder.path, 'aws'));
  expect(left).not.toContain('plan.json');
  expect(left).not.toContain('terraform.tfstate');
});

test('what it says of the environments is in their variables', () => {
  const rows = guide
    .slice(guide.indexOf('## What differs'))
    .split('\n')
    .filter((line) => line.startsWith('| '));
  const named = rows.flatMap((row) =>
    [...(row.split('|').at(-2) ?? '').matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
  );
  expect(named.length).toBeGreaterThan(10);
  const of = (environment: string, name: string): string | undefined => {
    const text = readFileSync(
      join(root, `reference-infra/terraform/aws/environments/${environment}.tfvars`),
      'utf8',
    );
    return new RegExp(`^${name} += (.*)$`, 'm').exec(text)?.[1];
  };
  for (const name of named) expect(of('staging', name), name).not.toBe(of('production', name));
});
