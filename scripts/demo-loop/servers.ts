/** MLflow and the service, each as a program of its own on the loopback interface. */

import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { freePort } from '../../action-perf-gate/src/service/free-port.ts';
import type { Programs } from '../platform/programs.ts';
import { modelName, type World } from './world.ts';

/** Its first start makes a database, which takes a slow machine a minute. */
const mlflowReadyMs = 180_000;

/** @returns the address */
export async function startMlflow(programs: Programs, python: string): Promise<string> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const folder = join(programs.folder, 'mlflow');
  mkdirSync(folder);
  await programs.start({
    name: 'MLflow',
    command: python,
    args: [
      ...['-m', 'mlflow', 'server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1'],
      ...['--backend-store-uri', `sqlite:///${join(folder, 'mlflow.db')}`],
      ...['--serve-artifacts', '--artifacts-destination', join(folder, 'artifacts')],
    ],
    env: { PATH: `${dirname(python)}:${process.env.PATH ?? ''}`, ...quietMlflow },
    readyUrl: `${url}/health`,
    readyMs: mlflowReadyMs,
  });
  return url;
}

export const quietMlflow = {
  MLFLOW_DISABLE_TELEMETRY: 'true',
  // Background jobs are of no use here and start processes of their own.
  MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
  PYTHONDONTWRITEBYTECODE: '1',
} as const;

/** The service, which follows the alias `champion`. @returns its address */
export async function startService({ programs, root, mlflow, out }: World): Promise<string> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  await programs.start({
    name: 'ml-api',
    command: process.execPath,
    args: [join(root, 'reference-infra/ml-api/src/index.ts')],
    env: {
      HOST: '127.0.0.1',
      PORT: String(port),
      MODEL_URI: `models:/${modelName}@champion`,
      MODEL_CACHE_PATH: join(programs.folder, 'models'),
      // A team would wait for 30 s; nobody wants to here.
      MODEL_POLL_INTERVAL: '200ms',
      MLFLOW_TRACKING_URI: mlflow,
      PREDICTION_LOG_PATH: join(out, 'predictions'),
      DRAIN_DELAY: '0s',
      DRAIN_TIMEOUT: '3s',
      LOG_LEVEL: 'warn',
    },
    readyUrl: `${url}/ready`,
  });
  return url;
}
