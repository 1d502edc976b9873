/** Alerts of the Compose file: what Alertmanager sends, and what alert-log writes of it. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { ensureAlertmanager } from '../../../scripts/tools/alertmanager.ts';
import { runProcess } from '../../../scripts/tools/process.ts';
import { freePort, startServer } from '../../support/server-process.ts';
import { type ComposeProject, infra, loadProject } from './compose-project.ts';

let project: ComposeProject;
let folder: string;
beforeAll(async () => {
  project = await loadProject();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'compose-alerts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('alerts come to alert-log by the ways and the addresses of the file', async () => {
  const { alertmanager } = await ensureAlertmanager();
  const [port, logPort] = [await freePort(), await freePort()];
  const mounts = project.services.alertmanager?.volumes ?? [];
  const mounted = (target: string): string => mounts.find((each) => each.target === target)?.source ?? '';
  const receivers = '/etc/alertmanager-receivers';
  for (const name of readdirSync(mounted(receivers))) {
    const address = readFileSync(join(mounted(receivers), name), 'utf8');
    writeFileSync(join(folder, name), address.replace('alert-log:8080', `127.0.0.1:${logPort}`));
  }
  const configuration = readFileSync(join(mounted('/etc/alertmanager'), 'alertmanager.yml'), 'utf8');
  expect(configuration).toContain(`${receivers}/`);
  writeFileSync(join(folder, 'alertmanager.yml'), configuration.replaceAll(receivers, folder));
  const log = await startServer({
    command: process.execPath,
    args: [join(infra, 'compose/alert-log.mjs')],
    env: { HOST: '127.0.0.1', PORT: String(logPort) },
    cwd: folder,
    readyUrl: `http://127.0.0.1:${logPort}/`,
  });
  try {
    const url = `http://127.0.0.1:${port}`;
    const server = await startServer({
      command: alertmanager,
      args: [
        ...(project.services.alertmanager?.command ?? []).map((word) =>
          word.replace('/etc/alertmanager/', `${folder}/`).replace('=/alertmanager', `=${folder}/data`),
        ),
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      env: {},
      cwd: folder,
      readyUrl: `${url}/-/ready`,
    });
    try {
      const alert = (alertname: string, severity: string) => ({
        labels: { alertname, severity, job: 'ml-api' },
      });
      const sent = await fetch(`${url}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify([alert('Watchdog', 'none'), alert('TargetDown', 'page')]),
      });
      expect(sent.status).toBe(200);
      const arrived = () => [...log.log().matchAll(/"receiver":"(\w+)","status":"firing","alert":"(\w+)"/g)];
      const deadline = performance.now() + 60_000;
      while (performance.now() < deadline && arrived().length < 2) await sleep(200);
      expect(arrived().map(([, receiver, name]) => [receiver, name])).toEqual([
        ['watchdog', 'Watchdog'],
        ['pages', 'TargetDown'],
      ]);
    } finally {
      await server.stop();
    }
  } finally {
    await log.stop();
  }
});

test('alert-log writes a line for each alert, and its health check sees whether it runs', async () => {
  const port = String(await freePort());
  const child = spawn(process.execPath, [join(infra, 'compose/alert-log.mjs')], {
    env: { PORT: port, HOST: '127.0.0.1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const lines: string[] = [];
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => lines.push(...chunk.trim().split('\n')));
    await once(child.stdout, 'data');
    const [, ...command] = project.services['alert-log']?.healthcheck?.test ?? [];
    const [, ...args] = command.map((word) => word.replace(':8080', `:${port}`));
    const isHealthy = async () => (await runProcess(process.execPath, args)).code === 0;
    expect(await isHealthy()).toBe(true);
    const alert = {
      status: 'firing',
      labels: { alertname: 'TargetDown', severity: 'page', job: 'a\nb' },
      annotations: { summary: 'gone' },
    };
    const post = async (body: string) =>
      (await fetch(`http://127.0.0.1:${port}/pages`, { method: 'POST', body })).status;
    expect(await post(JSON.stringify({ alerts: [alert, { ...alert, status: 'resolved' }] }))).toBe(200);
    expect(await post('no json')).toBe(400);
    expect(lines.slice(1).map((line) => JSON.parse(line))).toEqual(
      ['firing', 'resolved'].map((status) => ({
        receiver: 'pages',
        status,
        alert: 'TargetDown',
        severity: 'page',
        summary: 'gone',
        labels: alert.labels,
      })),
    );
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(await isHealthy()).toBe(false);
  } finally {
    child.kill('SIGKILL');
  }
});
