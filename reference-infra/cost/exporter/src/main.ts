/** The exporter, from the environment to its end. */

import { InputError } from '../../../../core/inputs/errors.ts';
import { type Config, type Environment, readConfig } from './config/config.ts';
import { dayOf } from './costs/days.ts';
import { callsWith } from './explorer/calls.ts';
import { costExplorerOf } from './explorer/client.ts';
import { askCharges, type Grouping } from './explorer/daily-charges.ts';
import { withoutSecrets } from './explorer/failure.ts';
import { askForecast } from './explorer/forecast.ts';
import { listen } from './http/server.ts';
import { createLog, type Log } from './log.ts';
import { messageOf } from './message-of.ts';
import { createCostMetrics, dollarsPerRequest } from './metrics/cost-metrics.ts';
import { figuresOf } from './metrics/figures.ts';
import { type QuestionName, questionNames } from './refresh/questions.ts';
import { type Ask, Refresher } from './refresh/refresher.ts';
import { openStore, StoreError } from './refresh/store.ts';
import { keepAsking } from './refresh/timer.ts';

/** Runs until a signal ends it. What cannot be started ends with exit code 1 and says why. */
export async function main(environment: Environment): Promise<void> {
  try {
    const config = readConfig(environment, process.cwd());
    await serve(
      config,
      createLog(config.logLevel, Date.now, (line) => process.stdout.write(line)),
    );
  } catch (error) {
    if (error instanceof InputError)
      console.error(`cost-exporter cannot start, its environment has mistakes:\n${error.message}`);
    else if (error instanceof StoreError)
      console.error(`cost-exporter cannot start: STATE_PATH: ${error.message}`);
    else if (error instanceof Error && 'syscall' in error && error.syscall === 'listen')
      console.error(`cost-exporter cannot start: it cannot listen: ${error.message}`);
    else throw error;
    process.exitCode = 1;
  }
}

async function serve(config: Config, log: Log): Promise<void> {
  const settings = JSON.stringify([
    config.metric,
    config.tag,
    config.weeks,
    config.settleMs,
    config.forecastLevel,
  ]);
  const store = await openStore(config.statePath, settings, dayOf(Date.now()), (message) =>
    log('warn', message),
  );
  const explorer = costExplorerOf(config.endpoint);
  const call = callsWith({
    take: () => refresher.take(),
    budget: `MAX_REQUESTS_PER_DAY=${config.requestsPerDay}`,
    credentials: () => explorer.credentials(),
    onRequest: (operation) => metrics.requested(operation),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    random: Math.random,
  });

  const charges = (grouping: Grouping) => (now: number) =>
    askCharges((input) => call('GetCostAndUsage', () => explorer.costAndUsage(input)), {
      grouping,
      metric: config.metric,
      weeks: config.weeks,
      settleMs: config.settleMs,
      mostPages: config.mostPages,
      now,
    });
  const { tag, forecastLevel } = config;
  const ask: Ask = {
    services: charges({ by: 'service' }),
    models: tag === null ? null : charges({ by: 'tag', tag }),
    forecast:
      forecastLevel === null
        ? null
        : (now) =>
            askForecast((input) => call('GetCostForecast', () => explorer.costForecast(input)), {
              metric: config.metric,
              level: forecastLevel,
              now,
            }),
  };
  const questions = questionNames.filter((name) => ask[name] !== null);

  const show = (): void => metrics.show(figuresOf(refresher.known, config));
  const refresher: Refresher = new Refresher({
    store,
    intervalMs: config.intervalMs,
    requestsPerDay: config.requestsPerDay,
    now: Date.now,
    onAnswered: (question) => log('info', 'Cost Explorer has answered', { question }),
    onFailed: (question, { reason, message }, nextAt) => {
      metrics.failed(question, reason);
      log('error', `Cost Explorer was asked in vain, the last values are kept: ${message}`, {
        question,
        reason,
        nextAt: new Date(nextAt).toISOString(),
      });
    },
  });
  const metrics = createCostMetrics({ questions, requestsLeft: () => refresher.requestsLeft() });
  show();

  const known = (name: QuestionName): boolean => refresher.known[name].value !== null;
  let state: 'asking' | 'ready' | 'stopping' = questions.every(known) ? 'ready' : 'asking';
  const { server, port } = await listen({ metrics, state: () => state }, config.host, config.port);
  const url = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`;
  log('info', `listening at ${url}`, {
    questions: questions.join(', '),
    requestsLeft: refresher.requestsLeft(),
    dollarsPerDayAtMost: Math.round(config.requestsPerDay * dollarsPerRequest * 100) / 100,
  });

  const asking = keepAsking({
    round: () => refresher.round(ask),
    after: () => {
      show();
      if (state === 'asking') state = 'ready';
    },
    failed: (error) =>
      log('error', `the state cannot be kept: ${withoutSecrets(messageOf(error))}`, {
        path: config.statePath,
      }),
    now: Date.now,
  });
  const stop = (signal: NodeJS.Signals): void => {
    if (state === 'stopping') process.exit(1);
    state = 'stopping';
    log('info', 'stopping', { signal });
    asking.stop();
    explorer.close();
    server.close();
    // What was answered is on the disk; a request that is under way is counted there, too.
    server.closeAllConnections();
    log('info', 'stopped');
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
