import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { ensureActionlint } from '../../scripts/tools/actionlint.ts';
import { runProcess } from '../../scripts/tools/process.ts';
import { validateDataWorkflow } from './validate-data-workflow.ts';
import { validateModelWorkflow } from './validate-model-workflow.ts';

/**
 * Every workflow that a reader may copy is one that GitHub accepts: actionlint checks syntax, expressions and, since
 * `org/action-x@v1` is pointed at this repository's folder, the names of inputs and outputs.
 */

interface Example {
  readonly from: string;
  readonly yaml: string;
}

const root = resolve(import.meta.dirname, '../..');
let actionlint: string;
let sandbox: string;

beforeAll(async () => {
  actionlint = await ensureActionlint();
  sandbox = mkdtempSync(join(tmpdir(), 'actionlint-'));
  mkdirSync(join(sandbox, '.git'));
  mkdirSync(join(sandbox, '.github/workflows'), { recursive: true });
  for (const action of globSync('action-*', { cwd: root })) {
    symlinkSync(join(root, action), join(sandbox, action));
  }
});

afterAll(() => rmSync(sandbox, { recursive: true, force: true }));

async function lint(yaml: string): Promise<string[]> {
  const file = join(sandbox, '.github/workflows/example.yml');
  writeFileSync(file, toWorkflow(yaml).replaceAll(/\buses: org\/(action-[a-z-]+)@v1\b/g, 'uses: ./$1'));
  const result = await runProcess(actionlint, ['-no-color', '-oneline', '-shellcheck=', '-pyflakes=', file], {
    cwd: sandbox,
    timeoutMs: 60_000,
  });
  return result.stdout.split('\n').filter((line) => line !== '');
}

/** An example may be a whole workflow, its `jobs`, or a bare list of steps. */
function toWorkflow(yaml: string): string {
  const content: unknown = parseYaml(yaml);
  if (Array.isArray(content)) {
    return `on: pull_request\njobs:\n  example:\n    runs-on: ubuntu-latest\n    steps:\n${indent(yaml, 6)}`;
  }
  const keys = Object.keys(content as object);
  if (keys.includes('steps')) {
    return `on: pull_request\njobs:\n  example:\n    runs-on: ubuntu-latest\n${indent(yaml, 4)}`;
  }
  return keys.includes('on') ? yaml : `on: pull_request\n${yaml}`;
}

function indent(text: string, spaces: number): string {
  return text.replaceAll(/^(?=.)/gm, ' '.repeat(spaces));
}

function readmeExamples(): Example[] {
  return globSync(['README.md', 'action-*/README.md', 'docs/**/*.md'], { cwd: root }).flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/^```ya?ml\n(.*?)^```/gms)]
      .map((match, index) => ({
        from: `${file}, example ${index + 1}`,
        yaml: asStep(match[1] ?? '', file),
      }))
      .filter((example) => /\buses:/.test(example.yaml)),
  );
}

/** An action's README shows inputs alone where the rest of the step does not matter. */
function asStep(yaml: string, file: string): string {
  const [action, name] = file.split('/');
  const content: unknown = parseYaml(yaml);
  if (name !== 'README.md' || typeof content !== 'object' || content === null) return yaml;
  const { inputs } = parseYaml(readFileSync(join(root, action ?? '', 'action.yml'), 'utf8')) as {
    inputs: object;
  };
  const isInputs = Object.keys(content).some((key) => Object.hasOwn(inputs, key));
  return isInputs ? `- uses: org/${action}@v1\n  with:\n${indent(yaml, 4)}` : yaml;
}

const examples = readmeExamples();

test('the READMEs have examples to check', () => {
  for (const metadata of globSync('action-*/action.yml', { cwd: root })) {
    const readme = metadata.replace('action.yml', 'README.md');
    expect(examples.filter((example) => example.from.startsWith(readme)).length, readme).toBeGreaterThan(0);
  }
});

test.each(examples)('$from is a valid workflow', async ({ yaml }) => {
  expect(await lint(yaml)).toEqual([]);
});

test.each([
  ['validate-data', validateDataWorkflow],
  ['validate-model', validateModelWorkflow],
])('the workflow of the end-to-end test of %s is valid', async (_, workflow) => {
  expect(await lint(workflow)).toEqual([]);
});

test('an example of inputs alone is checked, too', async () => {
  expect(examples.map(({ yaml }) => yaml)).toContainEqual(
    expect.stringMatching(/uses:.*\n {2}with:\n {4}data-path/),
  );
});

test('a misspelt input and an output that does not exist are found', async () => {
  const step = '- id: gate\n  uses: org/action-validate-model@v1\n  with:\n    modle-path: model.onnx\n';
  expect(await lint(step)).toEqual([
    expect.stringContaining('input "modle-path" is not defined in action "Validate model"'),
  ]);
  const reader = `- run: echo "\${{ steps.gate.outputs.acuracy }}"\n`;
  expect(await lint(step.replace('modle', 'model') + reader)).toEqual([
    expect.stringContaining('property "acuracy" is not defined in object type'),
  ]);
});
