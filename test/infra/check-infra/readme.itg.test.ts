/** The commands of the READMEs, run from the root of the repository, and the finding that one of them shows. */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { ensureHelm } from '../../../scripts/tools/helm.ts';

const root = resolve(import.meta.dirname, '../../..');
let path: string;

beforeAll(async () => {
  path = `${dirname(await ensureHelm())}${delimiter}${process.env.PATH ?? ''}`;
});

function mlGates(args: readonly string[], cwd = root) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'cli/ml-gates.ts'), ...args], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, PATH: path },
  });
  return { status, stdout, stderr };
}

const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const commands = ['README.md', 'check-infra/README.md'].flatMap((file) =>
  [...read(file).matchAll(/^npx ml-gates (check-infra .*)$/gm)].map(([, args = '']) => args),
);

test.each(commands)('%s', (command) => {
  // What is said of `.` is said of a reader's own folder: here one with a plan.
  const folder = command.endsWith(' .') ? join(root, 'check-infra/fixtures/single-zone/good') : root;
  const { status, stdout, stderr } = mlGates(command.split(' '), folder);
  expect(stderr).toBe('');
  expect(stdout).toMatch(command.includes('--json') ? /"findings": \[\]/ : /\nno findings\n$/);
  expect(status).toBe(0);
});

test('there is a command in each README', () => {
  expect(commands.length).toBeGreaterThanOrEqual(4);
});

test('the finding in the README is what is printed', () => {
  const shown = /\n```\n(manifests\.yaml:34[\s\S]*?\n)```/.exec(read('check-infra/README.md'))?.[1];
  const { status, stdout } = mlGates(
    ['check-infra', 'policy-blocks-ingress/bad'],
    join(root, 'check-infra/fixtures'),
  );
  expect(status).toBe(1);
  expect(shown).toBeDefined();
  expect(stdout).toContain(shown);
});
