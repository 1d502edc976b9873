/** Values of a kubeconfig that YAML reads as something else than was meant. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findConnection } from './index.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubeconfig-values-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function kubeconfig(user: string): string {
  return [
    'current-context: prod',
    'clusters: [{ name: prod, cluster: { server: "https://prod.example" } }]',
    'contexts: [{ name: prod, context: { cluster: prod, user: octo } }]',
    'users:',
    '- name: octo',
    `  user: ${user}`,
    '',
  ].join('\n');
}

async function refusal(text: string): Promise<string> {
  await writeFile(join(folder, 'config'), text);
  const world = { env: { KUBECONFIG: 'config' }, workspace: folder, clock: () => new Date() };
  return findConnection(world).then(
    () => 'not refused',
    (error: Error) => `${error.name}: ${error.message}`,
  );
}

test.each([
  ['{ token: 12345678 }', 'token'],
  ['{ username: octo, password: 12345678 }', 'password'],
  ['{ username: true, password: x }', 'username'],
  ['{ tokenFile: [12345678] }', 'tokenFile'],
])('%s: nobody is sent without what was meant, and it is not shown', async (user, field) => {
  expect(await refusal(kubeconfig(user))).toBe(
    `RunError: user octo of the kubeconfig config has a ${field} that is not a text; put it in quotes`,
  );
});

test('a value that is left empty is none', async () => {
  expect(await refusal(kubeconfig('{ token: , username: octo, password: "1" }'))).toBe('not refused');
});

test('an alias of nothing', async () => {
  expect(await refusal(kubeconfig('{ token: *absent }'))).toMatch(
    /^RunError: the kubeconfig config is not YAML: Unresolved alias/,
  );
});

test('a KUBECONFIG that is empty counts as none', async () => {
  const world = { env: { KUBECONFIG: '' }, workspace: folder, clock: () => new Date() };
  await expect(findConnection(world)).rejects.toThrow(/^no cluster is known: set KUBECONFIG/);
});
