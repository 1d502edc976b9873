/** All files of Terraform: as `terraform fmt` writes them, with no finding of tflint, none of checkov that is not explained, and none of ours. */

import { globSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkInfra } from '../../../check-infra/index.ts';
import { ensureCheckov } from '../../../scripts/tools/checkov.ts';
import { runProcess } from '../../../scripts/tools/process.ts';
import { ensureTerraform } from '../../../scripts/tools/terraform.ts';
import { ensureTflint } from '../../../scripts/tools/tflint.ts';

const source = resolve(import.meta.dirname, '../../../reference-infra/terraform');
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'terraform-style-'));
  await cp(source, folder, { recursive: true, filter: (path) => !path.includes('/.terraform/') });
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

const timeoutMs = 240_000;

test('they are formatted', async () => {
  const { program } = await ensureTerraform();
  const args = ['fmt', '-check', '-diff', '-recursive'];
  const env = { PATH: process.env.PATH, CHECKPOINT_DISABLE: '1' };
  expect(await runProcess(program, args, { cwd: folder, env, timeoutMs })).toMatchObject({
    code: 0,
    stdout: '',
  });
});

test('tflint has no finding, and finds what is unused', async () => {
  const tflint = await ensureTflint();
  const args = ['--recursive', '--config', join(folder, '.tflint.hcl'), '--format', 'compact'];
  expect(await runProcess(tflint, args, { cwd: folder, timeoutMs })).toMatchObject({ code: 0, stdout: '' });
  const one = await mkdtemp(join(tmpdir(), 'terraform-unused-'));
  try {
    await cp(join(folder, 'modules/ecr'), one, { recursive: true });
    await cp(join(folder, 'modules/state/variables.tf'), join(one, 'more_variables.tf'));
    const { code, stdout } = await runProcess(tflint, args.slice(1), { cwd: one, timeoutMs });
    expect(code).toBe(2);
    expect(stdout).toContain('variable "bucket" is declared but not used');
  } finally {
    await rm(one, { recursive: true, force: true });
  }
});

interface CheckovReport {
  readonly summary: { readonly passed: number; readonly parsing_errors: number };
  readonly results: {
    readonly failed_checks: readonly { check_id: string; file_path: string; resource: string }[];
  };
}

test('checkov has no finding, and each that is left out has its reason beside it', async () => {
  const { program } = await ensureCheckov();
  const args = ['--directory', folder, '--framework', 'terraform', '--skip-download', '--compact', '--quiet'];
  const { stdout, stderr } = await runProcess(program, [...args, '--output', 'json'], { timeoutMs });
  const { summary, results } = JSON.parse(stdout) as CheckovReport;
  expect(summary.parsing_errors, stderr).toBe(0);
  expect(summary.passed).toBeGreaterThan(200);
  const failed = results.failed_checks.map((one) => `${one.check_id} ${one.file_path} ${one.resource}`);
  expect(failed).toEqual([]);
  const skips = globSync('**/*.tf', { cwd: folder }).flatMap((file) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(/checkov:skip=([^\n]*)/g)].map(
      ([, text = '']) => text,
    ),
  );
  expect(skips.length).toBeGreaterThan(5);
  for (const text of skips) expect(text).toMatch(/^CKV2?_AWS_\d+: \S.{15,}$/);
});

test('nothing refers to what is not declared', async () => {
  const world = { env: process.env, signal: new AbortController().signal };
  const wanted = { folder, shown: 'reference-infra/terraform', skip: [], matrix: false };
  const { findings, seen } = await checkInfra(wanted, world);
  expect(findings).toEqual([]);
  const folders = new Set(globSync('**/*.tf', { cwd: folder }).map((file) => file.replace(/[^/]+$/, '')));
  expect(seen).toContain(`${folders.size} folders of Terraform`);
  expect(seen.join('\n')).toContain('no plan is here, and what AWS would refuse was not looked at');
});
