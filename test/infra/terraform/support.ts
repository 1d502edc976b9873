/**
 * Terraform in tests: a copy of `reference-infra`, so that modules and the policies that they read are where they expect them, with
 * the stand-in provider and a backend on disk; nothing is written into the tree.
 */

import { cp, glob, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { type ProcessResult, runProcess } from '../../../scripts/tools/process.ts';
import { ensureTerraform } from '../../../scripts/tools/terraform.ts';

const reference = resolve(import.meta.dirname, '../../../reference-infra');
const left = new Set(['.terraform', '.terraform.lock.hcl', 'terraform.tfstate']);

export interface TerraformFolder {
  /** The copy of the folder. */
  readonly path: string;
  /** The environment of its commands, for other programs (tflint, a guide's commands). */
  readonly env: NodeJS.ProcessEnv;
  /** Any command; rejects only when it could not be run. */
  run(...args: readonly string[]): Promise<ProcessResult>;
  /** A command that must succeed; what it said. @throws Error with all that Terraform said. */
  must(...args: readonly string[]): Promise<string>;
  /** Errors and warnings of `validate`, each as `main.tf:3: summary: detail`; none: it is valid. */
  validate(): Promise<readonly string[]>;
  /** The plan as `terraform show -json` has it; `args` such as `-var-file=…`. @throws Error with what Terraform said. */
  plan(...args: readonly string[]): Promise<unknown>;
  /** Runs `terraform test`; one line for each run, `tests/x.tftest.hcl: name: pass`. */
  test(): Promise<{ readonly passed: boolean; readonly runs: readonly string[]; readonly said: string }>;
  /** The value of an attribute after an apply. */
  stateOf(address: string, attribute: string): Promise<unknown>;
  /** Which variables have rules, and of which of them `terraform test` has a bad value (`expect_failures`). */
  rules(): Promise<{ readonly validated: readonly string[]; readonly refused: readonly string[] }>;
  remove(): Promise<void>;
}

/**
 * `folder` is relative to `reference-infra/terraform` (`modules/network`, `aws`); it is initialised, unless it is to be left as it is. `changes`
 * are files that are written into the copy first, by their place in the folder.
 */
export async function terraformFolder(
  folder: string,
  changes: Readonly<Record<string, string>> = {},
  how: 'initialised' | 'as it is' = 'initialised',
): Promise<TerraformFolder> {
  const scratch = await mkdtemp(join(tmpdir(), 'terraform-'));
  const copied = ['terraform', 'security'].map((part) =>
    cp(join(reference, part), join(scratch, part), {
      recursive: true,
      filter: (path) => !left.has(basename(path)),
    }),
  );
  try {
    await Promise.all(copied);
    return await opened(scratch, join(scratch, 'terraform', folder), changes, how);
  } catch (error) {
    await rm(scratch, { recursive: true, force: true });
    throw error;
  }
}

/** A folder that holds just these files. */
export async function terraformFiles(files: Readonly<Record<string, string>>): Promise<TerraformFolder> {
  const scratch = await mkdtemp(join(tmpdir(), 'terraform-'));
  try {
    return await opened(scratch, scratch, files, 'initialised');
  } catch (error) {
    await rm(scratch, { recursive: true, force: true });
    throw error;
  }
}

async function opened(
  scratch: string,
  path: string,
  files: Readonly<Record<string, string>>,
  how: 'initialised' | 'as it is',
): Promise<TerraformFolder> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), text);
  }
  if (how === 'initialised') await replaceBackend(path);
  const { program, provider } = await ensureTerraform();
  const env = {
    ...withoutTerraform(process.env),
    TF_CLI_CONFIG_FILE: provider.cliConfig,
    TF_IN_AUTOMATION: '1',
    TF_INPUT: '0',
    CHECKPOINT_DISABLE: '1',
    STAND_IN_TYPES: (await typesIn(scratch)).join(','),
  };
  const run = (...args: readonly string[]): Promise<ProcessResult> =>
    runProcess(program, args, { cwd: path, env, timeoutMs: 240_000 });
  const must = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(...args);
    if (code !== 0) throw new Error(`terraform ${args.join(' ')}: exit code ${code}\n${stdout}${stderr}`);
    return stdout;
  };
  if (how === 'initialised') await must('init', '-no-color');
  return {
    path,
    env,
    run,
    must,
    validate: async () => problemsIn((await run('validate', '-json')).stdout),
    plan: async (...args) => {
      const file = join(scratch, 'plan.out');
      await must('plan', '-no-color', '-lock=false', `-out=${file}`, ...args);
      return JSON.parse(await must('show', '-json', file)) as unknown;
    },
    test: async () => {
      const { code, stdout, stderr } = await run('test', '-no-color');
      return { passed: code === 0, runs: runsIn(stdout), said: `${stdout}${stderr}` };
    },
    stateOf: async (address, attribute) => {
      const state = JSON.parse(await must('show', '-json')) as { values: { root_module: Module } };
      return resourcesOf(state.values.root_module).find((one) => one.address === address)?.values[attribute];
    },
    rules: () => rulesOf(path),
    remove: () => rm(scratch, { recursive: true, force: true }),
  };
}

interface Module {
  readonly resources?: readonly { readonly address: string; readonly values: Record<string, unknown> }[];
  readonly child_modules?: readonly Module[];
}

function resourcesOf({ resources = [], child_modules = [] }: Module): NonNullable<Module['resources']> {
  return [...resources, ...child_modules.flatMap(resourcesOf)];
}

async function rulesOf(path: string): Promise<{ validated: string[]; refused: string[] }> {
  const variables = (await readFile(join(path, 'variables.tf'), 'utf8')).split(/^(?=variable ")/m);
  const validated = variables
    .filter((one) => /^ {2}validation \{/m.test(one))
    .flatMap((one) => /^variable "(\w+)"/.exec(one)?.[1] ?? []);
  const refused: string[] = [];
  for await (const file of glob('tests/*.tftest.hcl', { cwd: path })) {
    const text = await readFile(join(path, file), 'utf8');
    for (const [, names = ''] of text.matchAll(/expect_failures = \[([^\]]*)\]/g))
      refused.push(...[...names.matchAll(/var\.(\w+)/g)].map(([, name = '']) => name));
  }
  return { validated, refused };
}

/** A plan needs its backend, and that of the tree is in AWS. */
async function replaceBackend(path: string): Promise<void> {
  for await (const file of glob('*.tf', { cwd: path })) {
    if (!/^\s*backend "s3"/m.test(await readFile(join(path, file), 'utf8'))) continue;
    await writeFile(join(path, 'backend_override.tf'), 'terraform {\n  backend "local" {}\n}\n');
  }
}

/** Of resources and data sources; the stand-in serves no others, which makes each command some seconds faster. */
async function typesIn(folder: string): Promise<string[]> {
  const files: string[] = [];
  for await (const file of glob('**/*.{tf,hcl}', { cwd: folder })) files.push(file);
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  const types = texts.flatMap((text) =>
    [...text.matchAll(/"(aws_[a-z0-9_]+)"/g)].map(([, type = '']) => type),
  );
  return [...new Set(types)].sort();
}

/** No setting of whoever runs the tests is to change what they see. */
function withoutTerraform(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(?:TF_|AWS_)/.test(name)));
}

interface Diagnostic {
  readonly severity: string;
  readonly summary: string;
  readonly detail?: string;
  readonly range?: { readonly filename: string; readonly start: { readonly line: number } };
}

function problemsIn(json: string): string[] {
  const { diagnostics } = JSON.parse(json) as { readonly diagnostics: readonly Diagnostic[] };
  return diagnostics.map(({ summary, detail = '', range }) => {
    const place = range === undefined ? '' : `${range.filename}:${range.start.line}: `;
    return `${place}${summary}${detail === '' ? '' : `: ${detail}`}`;
  });
}

function runsIn(said: string): string[] {
  let file = '';
  return said.split('\n').flatMap((line) => {
    file = /^(\S+\.tftest\.hcl)\.\.\. (?:in progress|tearing down)/.exec(line)?.[1] ?? file;
    const [, name, outcome] = /^ {2}run "([^"]+)"\.\.\. (\w+)/.exec(line) ?? [];
    return name === undefined ? [] : [`${file}: ${name}: ${outcome}`];
  });
}
