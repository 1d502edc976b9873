/** docs/security_guide.md: each of its commands, in its order, and what it says that they say. */

import { chmod, copyFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProcess } from '../../../scripts/tools/process.ts';
import { blocksOf, runBlock } from '../../support/guide-blocks.ts';
import { manifests, type PlatformCluster, startPlatformCluster } from '../kubernetes/support.ts';

const root = resolve(import.meta.dirname, '../../..');
const guide = await readFile(join(root, 'docs/security_guide.md'), 'utf8');
const blocks = blocksOf(guide);

/** What the Kubernetes guide has done before. */
const before = `
git init --quiet && git add . && git -c user.name=a -c user.email=a@example.com commit --quiet --message copy
kubectl apply --server-side --kustomize reference-infra/kubernetes/overlays/staging --selector app.kubernetes.io/component=security
kubectl create secret generic grafana --namespace ml-platform-staging --from-literal=admin-password=first \\
  --from-literal=secret-key=second
kubectl create secret generic alertmanager-receivers --namespace ml-platform-staging \
  --from-literal=pages-url=https://a.example.net --from-literal=tickets-url=https://b.example.net \\
  --from-literal=watchdog-url=https://c.example.net
kubectl apply --server-side --kustomize reference-infra/kubernetes/pipeline/staging
kubectl rollout status deployment/grafana --namespace ml-platform-staging --timeout 3m ||
  { kubectl get pods,events --namespace ml-platform-staging >&2; exit 1; }
`;

let platform: PlatformCluster;
let folder: string;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  platform = await startPlatformCluster();
  const { cluster, tools } = platform;
  folder = join(cluster.folder, 'repository');
  await mkdir(folder);
  for (const part of ['kubernetes', 'security', 'monitoring'])
    await cp(resolve(manifests, '..', part), join(folder, 'reference-infra', part), { recursive: true });
  const npx = `#!/bin/sh\n[ "$1" = ml-gates ] && shift && exec ${process.execPath} ${root}/cli/ml-gates.ts "$@"\n`;
  await writeFile(join(tools, 'npx'), npx);
  await chmod(join(tools, 'npx'), 0o755);
  const kubeconfig = join(cluster.folder, 'guide.kubeconfig');
  await copyFile(cluster.kubeconfig, kubeconfig);
  env = { PATH: `${tools}:${process.env.PATH}`, HOME: cluster.folder, KUBECONFIG: kubeconfig };
  const { code, stderr } = await runProcess('bash', ['-euo', 'pipefail', '-c', before], {
    cwd: folder,
    env,
    timeoutMs: 400_000,
  });
  expect(code, stderr).toBe(0);
});
afterAll(async () => {
  await platform?.cluster.stop();
  expect(platform?.kubelet.problems()).toEqual([]);
});

test('all its commands are found', () => {
  expect(blocks).toHaveLength([...guide.matchAll(/^```sh/gm)].length);
  expect(blocks.length).toBeGreaterThan(10);
});

test.each(blocks)('$commands', async (block) => {
  expect(await runBlock(block, { cwd: folder, env })).toBeNull();
});
