/** The Pushgateway of the Compose file: what was pushed is there again when it has been stopped and started. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ensurePushgateway } from '../../../scripts/tools/pushgateway.ts';
import { freePort, type RunningServer, startServer } from '../../support/server-process.ts';
import { loadProject } from './compose-project.ts';

test('it keeps what was pushed on its volume, with the arguments of the file', async () => {
  const [{ program }, { services }] = await Promise.all([ensurePushgateway(), loadProject()]);
  const { command, volumes = [] } = services.pushgateway ?? {};
  const [volume] = volumes;
  expect(volume).toMatchObject({ type: 'volume', target: '/pushgateway' });
  const folder = mkdtempSync(join(tmpdir(), 'pushgateway-'));
  const start = async (): Promise<{ server: RunningServer; url: string }> => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const args = (command ?? []).map((word) => word.replace(`=${volume?.target}/`, `=${folder}/`));
    expect(args.join(' ')).toContain(folder);
    const server = await startServer({
      command: program,
      args: [...args, `--web.listen-address=127.0.0.1:${port}`],
      env: {},
      cwd: folder,
      readyUrl: `${url}/-/ready`,
    });
    return { server, url };
  };
  try {
    const first = await start();
    try {
      const body = 'ml_model_accuracy{dataset="weekly"} 0.72\n';
      const pushed = await fetch(`${first.url}/metrics/job/evaluation/model/churn`, { method: 'PUT', body });
      expect(pushed.status).toBe(200);
    } finally {
      await first.server.stop();
    }
    const second = await start();
    try {
      const text = await (await fetch(`${second.url}/metrics`)).text();
      expect(text).toMatch(/^ml_model_accuracy\{.*model="churn".*\} 0\.72$/m);
    } finally {
      await second.server.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
