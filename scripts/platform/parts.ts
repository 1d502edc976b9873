/** The parts of the platform: how each is started, and on which address. */

import { join, resolve } from 'node:path';
import { freePort } from '../../action-perf-gate/src/service/free-port.ts';
import { ensureAlertmanager } from '../tools/alertmanager.ts';
import { ensureMlApi } from '../tools/ml-api.ts';
import { ensurePrometheus } from '../tools/prometheus.ts';
import { ensurePushgateway } from '../tools/pushgateway.ts';
import { atOnce, waitingFor, writeAlertmanager, writePrometheus } from './configuration.ts';
import { model } from './jobs.ts';
import { type Options, type Part, parts } from './options.ts';
import { requirePorts } from './ports.ts';
import type { Programs } from './programs.ts';
import { rushSize } from './traffic.ts';

const root = resolve(import.meta.dirname, '../..');
/** As often as fits a demo: a value is seen, and alerted on, within two seconds. */
const interval = '1s';
const wait = '10s';

export interface Started {
  readonly mlApi: string;
  readonly prometheus: string;
  readonly alertmanager: string;
  readonly pushgateway: string;
}

/**
 * Starts all parts; what is not there is installed first, and ports that were asked for are tried before that.
 * @param receiver Address of whoever is told of alerts.
 */
export async function startParts(
  options: Options,
  programs: Programs,
  receiver: string,
  log: (line: string) => void,
): Promise<Started> {
  const tools = { log };
  await requirePorts(options);
  await ensureMlApi({ log, types: false });
  const pushgateway = await ensurePushgateway(tools);
  const alertmanager = await ensureAlertmanager(tools);
  const prometheus = await ensurePrometheus(tools);
  const address = await addressesOf(options);
  const url = (part: Part): string => `http://${address[part]}`;
  const listen = (part: Part): string => `--web.listen-address=${address[part]}`;
  const data = (name: string): string => join(programs.folder, name);

  await Promise.all([
    programs.start({
      name: 'ml-api',
      command: process.execPath,
      args: [join(root, 'reference-infra/ml-api/src/index.ts')],
      env: {
        HOST: '127.0.0.1',
        PORT: address['ml-api'].split(':')[1] ?? '',
        MODEL_PATH: join(root, 'test/fixtures/models/mlflow-onnx/model'),
        MODEL_NAME: model,
        MODEL_VERSION: '1',
        PREDICTION_LOG_PATH: data('predictions'),
        DRAIN_DELAY: '0s',
        DRAIN_TIMEOUT: '3s',
        LOG_LEVEL: 'warn',
        // A rush finds no place.
        QUEUE_MAX_REQUESTS: String(rushSize - 4),
      },
      readyUrl: `${url('ml-api')}/ready`,
    }),
    programs.start({
      name: 'Pushgateway',
      command: pushgateway.program,
      args: [listen('pushgateway')],
      env: {},
      readyUrl: `${url('pushgateway')}/-/ready`,
    }),
    programs.start({
      name: 'Alertmanager',
      command: alertmanager.alertmanager,
      args: [
        `--config.file=${writeAlertmanager(programs.folder, receiver, atOnce)}`,
        `--storage.path=${data('alertmanager')}`,
        // No cluster: it would listen on all addresses.
        '--cluster.listen-address=',
        listen('alertmanager'),
      ],
      env: {},
      readyUrl: `${url('alertmanager')}/-/ready`,
    }),
  ]);
  await programs.start({
    name: 'Prometheus',
    command: prometheus.prometheus,
    args: [
      `--config.file=${writePrometheus(programs.folder, {
        addresses: address,
        interval,
        rules: waitingFor(wait),
      })}`,
      `--storage.tsdb.path=${data('prometheus')}`,
      // Prometheus 3, as in the manifests, needs no flag for the labels.
      '--enable-feature=exemplar-storage,expand-external-labels',
      // The first alerts come before it has found its Alertmanager; the usual minute would be long here.
      '--rules.alert.resend-delay=5s',
      listen('prometheus'),
    ],
    // Of the external label.
    env: { NAMESPACE: 'platform' },
    readyUrl: `${url('prometheus')}/-/ready`,
  });
  return {
    mlApi: url('ml-api'),
    prometheus: url('prometheus'),
    alertmanager: url('alertmanager'),
    pushgateway: url('pushgateway'),
  };
}

async function addressesOf({ ports }: Options): Promise<Record<Part, string>> {
  const taken = new Set(Object.values(ports));
  const addresses = {} as Record<Part, string>;
  for (const part of parts) {
    let port = ports[part];
    while (port === 0 || (port !== ports[part] && taken.has(port))) port = await freePort();
    taken.add(port);
    addresses[part] = `127.0.0.1:${port}`;
  }
  return addresses;
}
