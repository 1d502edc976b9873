/** The module iam by Terraform itself: its own tests, and whom the roles of its examples let in, asked of their plans. */

import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mayAssume, parsePolicyText, type Trigger } from '../../../check-infra/iam/index.ts';
import { checkInfra } from '../../../check-infra/index.ts';
import {
  isObject,
  type Json,
  type JsonObject,
  listAt,
  objectAt,
  textAt,
} from '../../../core/kubernetes/index.ts';
import { terraformFolder } from '../terraform/support.ts';

const environments = ['production', 'staging'] as const;
const roles = new Map<string, JsonObject>();
const policies = new Map<string, string>();
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'iam-plans-'));
  for (const environment of environments) {
    const folder = await terraformFolder(`modules/iam/examples/${environment}`);
    try {
      expect(await folder.validate()).toEqual([]);
      const plan = (await folder.plan()) as Json;
      writeFileSync(join(scratch, `${environment}.json`), JSON.stringify(plan));
      for (const one of resourcesOf(objectAt(plan, 'planned_values', 'root_module'))) {
        const name = textAt(one, 'values', 'name');
        if (textAt(one, 'type') === 'aws_iam_role') roles.set(name, objectAt(one, 'values'));
        if (textAt(one, 'type') === 'aws_iam_role_policy')
          policies.set(`${textAt(one, 'values', 'role')} ${name}`, textAt(one, 'values', 'policy'));
      }
    } finally {
      await folder.remove();
    }
  }
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

function resourcesOf(module: JsonObject): readonly Json[] {
  return [
    ...listAt(module, 'resources'),
    ...listAt(module, 'child_modules').filter(isObject).flatMap(resourcesOf),
  ];
}

function letsIn(role: string, trigger: Trigger, environment: string | null = null, id = '456789'): boolean {
  const read = parsePolicyText(textAt(roles.get(role), 'assume_role_policy'), role, 'trust');
  if (read.is === 'wrong') throw new Error(read.problems.join('\n'));
  const claims = { repository_owner_id: '123456', repository_id: id };
  const subject = { ids: true, keys: null };
  const workflow = {
    repository: 'octo-org/octo-repo',
    trigger,
    environment,
    subject,
    claims,
    audience: 'sts.amazonaws.com',
  };
  return mayAssume({ trust: read.policy, workflow }).allowed;
}

test('its own tests pass, each bad value with its message', async () => {
  const folder = await terraformFolder('modules/iam');
  try {
    const { passed, runs, said } = await folder.test();
    expect(passed, said).toBe(true);
    expect(runs.length).toBeGreaterThan(20);
    expect((await folder.run('fmt', '-check', '-recursive')).stdout).toBe('');
  } finally {
    await folder.remove();
  }
});

describe('who may assume which role', () => {
  const main = { is: 'branch', name: 'main' } as const;
  const dev = { is: 'branch', name: 'dev' } as const;
  const pull = { is: 'pull-request' } as const;
  const cases: readonly (readonly [role: string, letIn: readonly string[]])[] = [
    ['ml-platform-production-deploy', ['production']],
    ['ml-platform-production-push', ['production']],
    ['ml-platform-production-apply', ['production-infrastructure']],
    ['ml-platform-production-plan', ['production-infrastructure', 'pull request']],
    ['ml-platform-production-evidence', ['production', 'pull request']],
    ['ml-platform-staging-deploy', ['staging', 'main']],
    ['ml-platform-staging-apply', ['staging-infrastructure']],
    ['ml-platform-staging-plan', ['staging-infrastructure', 'main', 'pull request']],
  ];
  test.each(cases)('%s: %j, and nobody else', (role, letIn) => {
    const who: Readonly<Record<string, boolean>> = {
      production: letsIn(role, main, 'production'),
      'production-infrastructure': letsIn(role, main, 'production-infrastructure'),
      staging: letsIn(role, main, 'staging'),
      'staging-infrastructure': letsIn(role, main, 'staging-infrastructure'),
      main: letsIn(role, main),
      'another branch': letsIn(role, dev),
      'a tag': letsIn(role, { is: 'tag', name: 'main' }),
      'pull request': letsIn(role, pull),
      'another repository': letsIn(role, main, 'production', '1') || letsIn(role, main, null, '1'),
    };
    expect(Object.keys(who).filter((one) => who[one])).toEqual(letIn);
  });
});

test('every role lasts an hour, and all but the one that makes roles have the boundary', () => {
  expect(roles.size).toBeGreaterThan(15);
  for (const [name, values] of roles) {
    expect(values.max_session_duration, name).toBe(3600);
    const boundary = textAt(values, 'permissions_boundary');
    expect(boundary.endsWith('-boundary'), name).toBe(!name.endsWith('-apply'));
  }
});

test('the role of the service has no policy at all', () => {
  const own = (role: string): string[] => [...policies.keys()].filter((key) => key.startsWith(`${role} `));
  expect(own('ml-platform-production-task')).toEqual([]);
  expect(own('ml-platform-production-execution')).toHaveLength(1);
});

test('policies are whole, and small enough for a role', () => {
  for (const [name, text] of policies) {
    expect(text, name).not.toContain('${');
    const read = parsePolicyText(text, name, 'identity');
    expect(read.is === 'wrong' ? read.problems : [], name).toEqual([]);
  }
  for (const role of roles.keys()) {
    const all = [...policies]
      .filter(([key]) => key.startsWith(`${role} `))
      .map(([, text]) => text.replaceAll(/\s/g, ''));
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    expect(all.join('').length, role).toBeLessThanOrEqual(10_240);
  }
});

test('check-infra finds nothing in the plans', async () => {
  const world = { env: process.env, signal: new AbortController().signal };
  const { findings, seen } = await checkInfra(
    { folder: scratch, shown: 'plans', skip: [], matrix: false },
    world,
  );
  expect(findings.filter(({ check }) => /^(?:trust-)?policy/.test(check))).toEqual([]);
  expect(seen.join('\n')).toMatch(/\d+ policies of AWS/);
  expect(seen.join('\n')).not.toContain('the plan does not know it');
});
