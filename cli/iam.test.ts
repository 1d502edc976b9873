/** What somebody sees who asks `ml-gates iam`, and what they get wrong. */

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are places of a template.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runIam } from './iam.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ml-gates-iam-'));
  const issuer = 'token.actions.githubusercontent.com';
  const trust = {
    Version: '2012-10-17',
    Statement: {
      Sid: 'GitHub',
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${issuer}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: { [`${issuer}:aud`]: 'sts.amazonaws.com', [`${issuer}:sub`]: ['${subjects}'] },
      },
    },
  };
  const deploy = {
    Version: '2012-10-17',
    Statement: {
      Sid: 'Rollout',
      Effect: 'Allow',
      Action: 'ecs:UpdateService',
      Resource: 'arn:aws:ecs:eu-west-1:123456789012:service/prod/api',
    },
  };
  writeFileSync(join(folder, 'trust.json'), JSON.stringify(trust));
  writeFileSync(join(folder, 'deploy.json'), JSON.stringify(deploy));
  writeFileSync(
    join(folder, 'none.json'),
    JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' } }),
  );
  writeFileSync(join(folder, 'wrong.json'), '{"Statement": {"Efect": "Allow"}}');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(line: string) {
  let out = '';
  let err = '';
  const code = await runIam(line.split(' '), {
    cwd: folder,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  });
  return { code, out, err };
}

const subjects =
  '--value subjects=repo:octo-org/octo-repo:ref:refs/heads/main,repo:octo-org/octo-repo:environment:production';
const who = `may-assume trust.json ${subjects} --repository octo-org/octo-repo`;

describe('may-assume', () => {
  test.each([
    ['--branch main', 0, 'yes: repo:octo-org/octo-repo:ref:refs/heads/main'],
    ['--environment production', 0, 'yes: repo:octo-org/octo-repo:environment:production'],
    ['--branch dev', 1, 'no: repo:octo-org/octo-repo:ref:refs/heads/dev'],
    ['--pull-request', 1, 'no: repo:octo-org/octo-repo:pull_request'],
    ['--branch main --audience other', 1, 'no: repo:octo-org/octo-repo:ref:refs/heads/main'],
    [
      '--branch main --immutable-subject --owner-id 1 --repository-id 2',
      1,
      'no: repo:octo-org@1/octo-repo@2:ref:refs/heads/main',
    ],
    ['--tag v1 --subject-keys repo,ref', 1, 'no: repo:octo-org/octo-repo:ref:refs/tags/v1'],
  ])('%s', async (args, code, begin) => {
    const answer = await run(`${who} ${args}`);
    expect(answer).toMatchObject({ code, err: '' });
    expect(answer.out.split('\n')[0]).toBe(begin);
    expect(answer.out).toContain('statement 1 (GitHub) of trust.json');
  });
});

describe('may-call', () => {
  const update = '--action ecs:UpdateService --resource arn:aws:ecs:eu-west-1:123456789012:service/prod/api';
  test('yes, and by which statement', async () => {
    expect(await run(`may-call deploy.json ${update}`)).toEqual({
      code: 0,
      err: '',
      out: 'yes: ecs:UpdateService on arn:aws:ecs:eu-west-1:123456789012:service/prod/api\nallowed by statement 1 (Rollout) of deploy.json, which has no condition\n',
    });
  });
  test('no: another service, and a boundary', async () => {
    expect(await run(`may-call deploy.json ${update}2`)).toMatchObject({ code: 1 });
    const { code, out } = await run(`may-call deploy.json ${update} --boundary none.json`);
    expect(code).toBe(1);
    expect(out).toContain('nothing in the permissions boundary allows ecs:UpdateService');
  });
});

test.each([
  ['may-asume', '"may-asume" is no question; did you mean may-assume?'],
  ['may-assume', 'name one file with the trust policy of the role'],
  ['may-assume nowhere.json --repository a/b --branch main', '"nowhere.json" cannot be read: ENOENT'],
  [
    'may-assume trust.json --repository a/b --branch main',
    'trust.json is a template: say --value subjects=…',
  ],
  [
    'may-assume wrong.json --repository a/b --branch main',
    'wrong.json: statement 1: "Efect" is no element; did you mean Effect?',
  ],
  [`${who} --brunch main`, '--brunch: is no flag; did you mean `--branch`?'],
  [`${who} --branch main --tag v1`, '--branch and --tag exclude each other'],
  [`${who} --branch main --claim actor`, '--claim "actor" is written NAME=VALUE'],
  [who, 'say the branch, the tag, the environment or that it is a pull request'],
  [`may-assume trust.json ${subjects} --branch main`, '--repository is missing'],
  ['may-call', 'name the files with the policies of the role'],
  ['may-call deploy.json --resource x', '--action is missing'],
  [
    'may-call deploy.json --action Update --resource x',
    '--action "Update" is no action; one is written `ecs:UpdateService`',
  ],
  [
    'may-call deploy.json --action a:B --resource x --role y',
    '--role "y" is no role; one is written arn:aws:iam::123456789012:role/name',
  ],
])('%s', async (line, message) => {
  const { code, out, err } = await run(line);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toContain(`ml-gates iam: ${message}`);
  expect(err).not.toMatch(/\n\s+at /);
});

test('--help says both questions', async () => {
  const { code, out } = await run('--help');
  expect(code).toBe(0);
  expect(out).toContain('ml-gates iam may-assume TRUST-POLICY');
  expect(out).toContain('ml-gates iam may-call POLICY…');
});
