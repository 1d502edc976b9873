/** The Pushgateway with the arguments of its StatefulSet: what was pushed outlives the pod, on the volume of its claim. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listAt, objectAt, parseManifests, podSpecOf, textAt } from '../../../core/kubernetes/index.ts';
import { ensurePushgateway } from '../../../scripts/tools/pushgateway.ts';
import { scratchFolder } from '../../support/scratch-folder.ts';
import { freePort, startServer } from '../../support/server-process.ts';
import { manifests } from './support.ts';

const file = join(manifests, 'base/pushgateway/statefulset.yaml');
const [manifest] = parseManifests(await readFile(file, 'utf8'), (line) => `${file}:${line}`);
if (manifest === undefined) throw new Error(`${file} holds no object`);
const set = manifest.object;
const container = objectAt(listAt(podSpecOf(set) ?? {}, 'containers')[0]);

/** With `folder` in the place of the volume; what `use` gives, when the process has ended. */
async function running<T>(folder: string, use: (url: string) => Promise<T>): Promise<T> {
  const { program } = await ensurePushgateway();
  const args = listAt(container, 'args').map((word) => String(word).replace('=/data/', `=${folder}/`));
  expect(args.join(' ')).toContain(folder);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = await startServer({
    command: program,
    args: [...args, `--web.listen-address=127.0.0.1:${port}`],
    env: {},
    cwd: folder,
    readyUrl: `${url}/-/ready`,
  });
  try {
    return await use(url);
  } finally {
    await server.stop();
  }
}

test('its folder is the volume of its claim', () => {
  const claims = listAt(set, 'spec', 'volumeClaimTemplates').map((claim) =>
    textAt(claim, 'metadata', 'name'),
  );
  expect(listAt(container, 'volumeMounts')).toEqual([{ name: claims[0], mountPath: '/data' }]);
});

test('what was pushed is there again when it has been stopped and started', async () => {
  const folder = scratchFolder();
  const accuracy = 'ml_model_accuracy{dataset="weekly"} 0.72\n';
  const status = await running(folder, async (url) => {
    const group = `${url}/metrics/job/evaluation/model/churn`;
    return (await fetch(group, { method: 'PUT', body: accuracy })).status;
  });
  expect(status).toBe(200);
  const text = await running(folder, async (url) => await (await fetch(`${url}/metrics`)).text());
  expect(text).toMatch(/^ml_model_accuracy\{.*model="churn".*\} 0\.72$/m);
});
