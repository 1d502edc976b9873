/** The service, from the environment to its end. */

import { InputError } from '../../../core/inputs/errors.ts';
import packageJson from '../package.json' with { type: 'json' };
import { Admission } from './batching/admission.ts';
import { type Config, type Environment, readConfig } from './config/config.ts';
import { createApp } from './http/app.ts';
import type { Service } from './http/service.ts';
import { createLog } from './lifecycle/log.ts';
import { createShutdown } from './lifecycle/shutdown.ts';
import { createServiceMetrics } from './metrics/service-metrics.ts';
import { ModelHost } from './model/model-host.ts';
import { openModel } from './model/served-model.ts';
import { modelSource } from './model/source.ts';
import { openPredictionLog } from './prediction-log/index.ts';
import { openTracing } from './tracing/index.ts';

/** Runs until a signal ends it. What cannot be started ends with exit code 1 and says why. */
export async function main(environment: Environment): Promise<void> {
  let config: Config;
  try {
    config = readConfig(environment, process.cwd());
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    console.error(`ml-api cannot start, its environment has mistakes:\n${error.message}`);
    process.exitCode = 1;
    return;
  }
  await serve(config, environment);
}

async function serve(config: Config, environment: Environment): Promise<void> {
  const log = createLog(config.logLevel);
  const exit = (code: number): void => {
    // Until a run is over its thread cannot be ended, and ONNX Runtime aborts the process when it is.
    if (host.busy) process.kill(process.pid, 'SIGKILL');
    process.exit(code);
  };
  const die = (error: unknown, message: string): void => {
    log.fatal({ reason: error instanceof Error ? error.message : String(error) }, message);
    exit(1);
  };
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'a defect ended the service');
    exit(1);
  });

  const admission = new Admission({
    requests: config.queueMaxRequests,
    rows: config.queueMaxRows,
    bytes: config.queueMaxBytes,
  });
  const predictionLog = await openPredictionLog(config.predictionLog, log);
  const tracing = await openTracing(config.tracing, log);
  const metrics = createServiceMetrics({
    openRequests: () => admission.requests,
    openBytes: () => admission.bytes,
    queueRows: () => admission.rows,
    droppedRows: () => predictionLog.dropped,
  });
  const host: ModelHost = new ModelHost({
    source: await modelSource(config, environment, log),
    log,
    open: (files) =>
      openModel(files, {
        workers: config.workers,
        threads: config.threads,
        onLost: (message) => die(message, 'the model cannot be run any more'),
        admission,
        featureNames: config.featureNames,
        batch: {
          maxRows: config.batchMaxRows,
          maxDelayMs: config.batchMaxDelayMs,
          deadlineMs: config.deadlineMs,
          onRun: (rows, milliseconds) => metrics.ran(files.name, files.version, rows, milliseconds / 1000),
        },
      }),
    onCurrent: ({ name, version, digest }) => metrics.currentModel(name, version, digest),
    onReload: (result) => metrics.reloaded(result),
    onUpToDate: (model, is) => metrics.upToDate(model, is),
  });
  let draining = false;
  const service: Service = {
    config,
    host,
    admission,
    metrics,
    predictionLog,
    tracing,
    draining: () => draining,
  };
  const app = createApp(service, log, packageJson.version);

  const shutdown = createShutdown({
    app,
    log,
    drainDelayMs: config.drainDelayMs,
    drainTimeoutMs: config.drainTimeoutMs,
    openRequests: () => admission.requests,
    onDraining: () => {
      draining = true;
    },
    closers: [() => host.close(), () => predictionLog.close(), () => tracing.shutdown()],
    exit,
  });
  process.on('SIGTERM', shutdown);
  process.on('SIGINT', shutdown);

  try {
    // Alive at once, ready when the model is loaded, which may have to come over the network.
    await app.listen({
      port: config.port,
      host: config.host,
      listenTextResolver: (address) => `listening at ${address}`,
    });
  } catch (error) {
    die(error, 'the service cannot listen');
  }
  try {
    await host.start();
  } catch (error) {
    die(error, 'the model cannot be served');
  }
}
