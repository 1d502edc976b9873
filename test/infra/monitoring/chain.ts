/**
 * The whole chain on the loopback interface, of real programs: the service, Pushgateway, Prometheus with the repository's rules,
 * Alertmanager with the repository's routes, and a receiver. Configurations are the repository's own but for addresses, paths
 * and times.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { echo, writeModel } from '../../../reference-infra/ml-api/test/models.ts';
import { type RunningService, startService } from '../../../reference-infra/ml-api/test/service.ts';
import { writeAlertmanager, writePrometheus } from '../../../scripts/platform/configuration.ts';
import { ensureAlertmanager } from '../../../scripts/tools/alertmanager.ts';
import { ensurePrometheus } from '../../../scripts/tools/prometheus.ts';
import { startPushgateway } from '../../support/prometheus-servers.ts';
import { freePort, type RunningServer, startServer } from '../../support/server-process.ts';
import { shorterRoutes, shorterRules } from './shorten.ts';
import { startWebhook, type Webhook } from './webhook.ts';

export interface Chain {
  readonly service: RunningService;
  readonly webhook: Webhook;
  readonly pushgateway: string;
  readonly prometheus: string;
  readonly alertmanager: string;
  /** The service again, at the same address, once it has been stopped. */
  restartService(): Promise<void>;
  stop(): Promise<void>;
}

/** A place for every slow request of the test; what comes while all are taken is refused. */
export const places = 4;
const interval = '500ms';

export async function startChain(): Promise<Chain> {
  const folder = await mkdtemp(join(tmpdir(), 'chain-'));
  const started: { stop(): Promise<void> }[] = [];
  const keep = <Part extends { stop(): Promise<void> }>(part: Part): Part => {
    started.push(part);
    return part;
  };
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((part) => part.stop()));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const webhook = keep(await startWebhook());
    const ports = { service: await freePort(), alertmanager: await freePort(), prometheus: await freePort() };
    const model = writeModel(folder, 'echo.onnx', echo('float32', ['N', 2]));
    const launch = async (): Promise<RunningService> =>
      keep(
        await startService({
          model,
          env: { PORT: String(ports.service), QUEUE_MAX_REQUESTS: String(places) },
        }),
      );
    const [service, gateway] = await Promise.all([launch(), startPushgateway().then(keep)]);
    keep(await startAlertmanager(folder, ports.alertmanager, webhook.url));
    const targets = {
      'ml-api': `127.0.0.1:${ports.service}`,
      alertmanager: `127.0.0.1:${ports.alertmanager}`,
      prometheus: `127.0.0.1:${ports.prometheus}`,
      pushgateway: new URL(gateway.url).host,
    };
    keep(await startPrometheus(folder, ports.prometheus, targets));
    return {
      service,
      webhook,
      pushgateway: gateway.url,
      prometheus: `http://${targets.prometheus}`,
      alertmanager: `http://${targets.alertmanager}`,
      restartService: async () => {
        await launch();
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startAlertmanager(folder: string, port: number, receiver: string): Promise<RunningServer> {
  const { alertmanager } = await ensureAlertmanager();
  const file = writeAlertmanager(folder, receiver, shorterRoutes);
  return await startServer({
    command: alertmanager,
    args: [
      `--config.file=${file}`,
      `--storage.path=${join(folder, 'alertmanager')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ],
    env: { PATH: process.env.PATH },
    cwd: folder,
    readyUrl: `http://127.0.0.1:${port}/-/ready`,
  });
}

async function startPrometheus(
  folder: string,
  port: number,
  targets: Readonly<Record<string, string>>,
): Promise<RunningServer> {
  const { prometheus } = await ensurePrometheus();
  // Grafana, the collector and the traces are not there.
  const file = writePrometheus(folder, { addresses: targets, interval, rules: shorterRules });
  return await startServer({
    command: prometheus,
    args: [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'prometheus')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      // What is sent before Alertmanager has been discovered is lost, and would come again after a minute.
      '--rules.alert.resend-delay=1s',
      // Prometheus 3 needs no flag for it.
      '--enable-feature=expand-external-labels',
    ],
    // Of the external label.
    env: { PATH: process.env.PATH, NAMESPACE: 'chain' },
    cwd: folder,
    readyUrl: `http://127.0.0.1:${port}/-/ready`,
  });
}
