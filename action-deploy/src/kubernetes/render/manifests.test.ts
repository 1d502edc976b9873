import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readManifests } from './manifests.ts';

let root: string;
let workspace: string;

const map = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`;
const files: Readonly<Record<string, string>> = {
  'k8s/b.yaml': map('b'),
  'k8s/a.yml': `${map('a1')}---\n${map('a2')}`,
  'k8s/c.json': JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'c' } }),
  'k8s/deep/d.yaml': map('d'),
  'k8s/.hidden.yaml': map('hidden'),
  'k8s/README.md': '# Not Kubernetes',
  'k8s/empty.yaml': '# nothing yet\n---\n',
  'empty/only.yaml': '',
  'bare/README.md': '# Nothing here',
  'wrong/values.yaml': `${map('a')}---\nreplicas: 3\n`,
  'name with [brackets].yaml': map('brackets'),
};

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'manifests-')));
  workspace = join(root, 'work');
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(workspace, path)), { recursive: true });
    await writeFile(join(workspace, path), text);
  }
  await writeFile(join(root, 'outside.yaml'), map('outside'));
  await mkdir(join(workspace, 'links'));
  await symlink(join(root, 'outside.yaml'), join(workspace, 'links', 'out.yaml'));
  await mkdir(join(workspace, 'inside'));
  await symlink(join(workspace, 'k8s', 'b.yaml'), join(workspace, 'inside', 'b.yaml'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function placesOf(...lines: string[]): Promise<string[]> {
  const manifests = await readManifests(lines, workspace);
  return manifests.map(({ object, place }) => `${object.metadata.name} ${place}`);
}

const all = ['a1 k8s/a.yml:1', 'a2 k8s/a.yml:6', 'b k8s/b.yaml:1', 'c k8s/c.json:1', 'd k8s/deep/d.yaml:1'];

describe('what a line stands for', () => {
  test.each<[string, string[], string[]]>([
    ['a file', ['k8s/b.yaml'], ['b k8s/b.yaml:1']],
    ['a folder: its files by name, and those below, but no hidden ones', ['k8s'], all],
    ['a folder with a slash', ['./k8s/'], all],
    ['a pattern', ['k8s/*.yaml'], ['b k8s/b.yaml:1']],
    ['a pattern for folders below, too', ['k8s/**/d.yaml'], ['d k8s/deep/d.yaml:1']],
    ['a choice', ['k8s/{c.json,b.yaml}'], ['b k8s/b.yaml:1', 'c k8s/c.json:1']],
    ['lines in their order', ['k8s/deep', 'k8s/b.yaml'], ['d k8s/deep/d.yaml:1', 'b k8s/b.yaml:1']],
    [
      'a file that is named twice counts once',
      ['k8s/b.yaml', 'k8s'],
      ['b k8s/b.yaml:1', ...all.filter((one) => !one.startsWith('b '))],
    ],
    [
      'a name that looks like a pattern',
      ['name with [brackets].yaml'],
      ['brackets name with [brackets].yaml:1'],
    ],
    ['a link within the workspace', ['inside'], ['b inside/b.yaml:1']],
  ])('%s', async (_name, lines, expected) => {
    expect(await placesOf(...lines)).toEqual(expected);
  });
});

describe('what is refused', () => {
  test.each<[string, string[], string]>([
    [
      'a file that is not there',
      ['k8s/bb.yaml'],
      'manifests: "k8s/bb.yaml" does not exist; did you mean k8s/b.yaml?',
    ],
    ['a folder that is not there', ['manifests'], 'manifests: "manifests" does not exist'],
    ['a pattern that matches nothing', ['k8s/*.yamll'], 'manifests: no file matches "k8s/*.yamll"'],
    ['a folder without any', ['bare'], 'manifests: no file matches "bare"'],
    [
      'files without any object',
      ['empty', 'k8s/empty.yaml'],
      'manifests: empty, k8s/empty.yaml hold no object',
    ],
    ['what is no object', ['wrong'], 'wrong/values.yaml:6 is not an object of Kubernetes: it has no kind'],
    ['a way out of the workspace', ['../outside.yaml'], '"../outside.yaml" leads outside the workspace'],
    ['a pattern that leads out', ['../*.yaml'], '"../*.yaml" leads outside the workspace'],
    ['a link that leads out', ['links/out.yaml'], '"links/out.yaml" leads outside the workspace'],
    ['a link that leads out, in a folder', ['links'], '"links/out.yaml" leads outside the workspace'],
    ['a link that leads out, by a pattern', ['links/*.yaml'], '"links/*.yaml" leads outside the workspace'],
  ])('%s', async (_name, lines, message) => {
    await expect(readManifests(lines, workspace)).rejects.toThrow(
      expect.objectContaining({ name: 'RunError', message }),
    );
  });
});
