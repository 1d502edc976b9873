/** Programs that stand in for the tools: they say nothing of how the real ones render. `tools.itg.test.ts` has the real ones. */

import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { KubernetesConfig } from '../../config.ts';
import { type Rendered, render } from './index.ts';

let root: string;
let workspace: string;
let bin: string;
const { signal } = new AbortController();

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'tools-')));
  workspace = join(root, 'work');
  await mkdir(join(workspace, 'overlay'), { recursive: true });
  await writeFile(join(workspace, 'overlay', 'kustomization.yaml'), 'resources: []\n');
  await mkdir(join(workspace, 'chart'));
  await mkdir(join(workspace, 'empty'));
});
beforeEach(async () => {
  bin = await mkdtemp(join(root, 'bin-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function program(name: string, script: string): Promise<void> {
  await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

function shown(path: string): { path: string; shown: string } {
  return { path, shown: path };
}

function rendered(source: KubernetesConfig['source'], stop = signal): Promise<Rendered> {
  const facts = async () => ({ version: '1.33.1', capabilities: ['apps/v1', 'v1'] });
  // The programs find what they need in PATH by its absolute path.
  return render(source, 'prod', facts, {
    env: { PATH: bin, INPUT_TOKEN: 'secret' },
    workspace,
    signal: stop,
  });
}

const kustomize = { kind: 'kustomize', folder: shown('overlay') } as const;
const helm = { kind: 'helm', chart: 'chart', release: 'web', values: [] } as const;
const object = (name: string): string =>
  `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"${name}"}}`;
const namesOf = ({ manifests }: Rendered): string[] =>
  manifests.map((manifest) => `${manifest.object.metadata.name} of ${manifest.place}`);

describe('a kustomization', () => {
  test('by kustomize', async () => {
    await program('kustomize', `[ "$1" = build ] && echo '${object('a')}'`);
    await program('kubectl', 'exit 1');
    expect(namesOf(await rendered(kustomize))).toEqual(['a of the kustomization overlay']);
  });

  test('by kubectl where kustomize is not there', async () => {
    await program('kubectl', `[ "$1" = kustomize ] && echo '${object('b')}'`);
    expect(namesOf(await rendered(kustomize))).toEqual(['b of the kustomization overlay']);
  });

  test.each<[string, string, string]>([
    [
      'what the tool says, without the paths of the machine',
      `echo "Warning: old field" >&2; echo "Error: accumulating resources: '$PWD/overlay/web.yaml' and /etc/secret/x.yaml do not exist" >&2; exit 1`,
      "the kustomization overlay cannot be rendered: accumulating resources: 'overlay/web.yaml' and x.yaml do not exist",
    ],
    [
      'a tool that says nothing',
      'exit 2',
      'the kustomization overlay cannot be rendered: the tool gives no reason',
    ],
    ['nothing at all', 'true', 'the kustomization overlay renders no object'],
    ['no objects', 'echo "a: 1"', 'the kustomization overlay is not an object of Kubernetes: it has no kind'],
  ])('%s', async (_name, script, message) => {
    await program('kustomize', script);
    await expect(rendered(kustomize)).rejects.toThrow(expect.objectContaining({ name: 'RunError', message }));
  });

  test('neither tool is there', async () => {
    await expect(rendered(kustomize)).rejects.toThrow(
      'kustomize-path needs `kustomize` or `kubectl` on PATH; neither is there',
    );
  });

  test('a tool that may not be run', async () => {
    await writeFile(join(bin, 'kustomize'), '#!/bin/sh\n', { mode: 0o644 });
    await expect(rendered(kustomize)).rejects.toThrow('kustomize cannot be run: EACCES');
  });

  test('a folder without one', async () => {
    await expect(rendered({ kind: 'kustomize', folder: shown('empty') })).rejects.toThrow(
      'kustomize-path: "empty" has no kustomization.yaml',
    );
  });

  test('a cancelled job ends it', async () => {
    await program('kustomize', 'while :; do :; done');
    const cancel = new AbortController();
    const ended = rendered(kustomize, cancel.signal);
    setTimeout(() => cancel.abort(), 50);
    await expect(ended).rejects.toThrow('the job was cancelled');
  });
});

describe('a chart', () => {
  test('is rendered for the cluster, and the inputs of the action are not told', async () => {
    await program(
      'helm',
      `echo '# Source: web/templates/a.yaml'; printf '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"args":"%s","token":"%s"}}' "$*" "$INPUT_TOKEN"`,
    );
    const { manifests } = await rendered(helm);
    expect(manifests).toMatchObject([
      {
        place: 'web/templates/a.yaml',
        object: {
          data: {
            args: `template web ${workspace}/chart --namespace prod --include-crds --skip-tests --kube-version 1.33.1 --api-versions apps/v1 --api-versions v1`,
            token: '',
          },
        },
      },
    ]);
  });

  test('helm is not there', async () => {
    await expect(rendered(helm)).rejects.toThrow('helm-chart needs `helm` on PATH; it is not there');
  });
});

test('manifests need neither a tool nor the cluster', async () => {
  await writeFile(join(workspace, 'one.json'), object('one'));
  const facts = () => Promise.reject(new Error('not asked for'));
  const source = { kind: 'manifests', files: [shown('one.json')] } as const;
  const all = await render(source, 'prod', facts, { env: {}, workspace, signal });
  expect(namesOf(all)).toEqual(['one of one.json:1']);
});
