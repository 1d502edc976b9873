/**
 * `npm run platform`: the inference service, Prometheus, Alertmanager and a Pushgateway as programs on this machine, with
 * traffic, with the repository's own rules and routes, on the loopback interface only. It stops at Ctrl-C and leaves
 * nothing behind; should it be killed, its watcher cleans up.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { pushResults } from './platform/jobs.ts';
import { describeNow } from './platform/numbers.ts';
import { readOptions, usage } from './platform/options.ts';
import { type Started, startParts } from './platform/parts.ts';
import { Programs } from './platform/programs.ts';
import { startReceiver } from './platform/receiver.ts';
import { Screen } from './platform/screen.ts';
import { sendTraffic } from './platform/traffic.ts';

/** npm and the terminal may both hand on one Ctrl-C: what comes this soon is no second one. */
const sameKeyMs = 500;
const liveEveryMs = 2_000;

const args = process.argv.slice(2);
if (args.includes('--help')) {
  console.log(usage);
} else {
  const reading = readOptions(args);
  if (reading.ok) process.exitCode = await run(reading.options);
  else {
    console.error(`${reading.message}\n\n${usage}`);
    process.exitCode = 1;
  }
}

async function run(options: Parameters<typeof startParts>[0]): Promise<number> {
  const screen = new Screen(process.stdout);
  const ending = new AbortController();
  const programs = new Programs();
  let failure: string | null = null;
  const fail = (message: string): void => {
    failure ??= message;
    ending.abort();
  };
  programs.onLost = fail;
  // What is being started is not waited for.
  ending.signal.addEventListener('abort', () => void programs.stop());
  endOnSignals(ending);
  // Whoever reads along has gone: `npm run platform | head`.
  process.stdout.on('error', () => ending.abort());
  const receiver = await startReceiver((line) => screen.line(`alert ${line}`));
  try {
    const started = await startParts(options, programs, receiver.url, (line) => screen.line(line));
    if (!ending.signal.aborted) {
      screen.line(introduction(started));
      if (options.seconds !== null) setTimeout(() => ending.abort(), options.seconds * 1000).unref();
      await Promise.all([
        sendTraffic(started.mlApi, ending.signal),
        pushResults(new URL(started.pushgateway), ending.signal, (line) => screen.line(line)),
        showNumbers(started.prometheus, screen, ending.signal),
      ]);
    }
  } catch (error) {
    // Stopped while it started: that is what was asked for.
    if (!ending.signal.aborted) fail(error instanceof Error ? error.message : String(error));
  }
  screen.line('stopping');
  await programs.stop();
  receiver.stop();
  if (failure === null) {
    screen.line('stopped: nothing is left running');
    return 0;
  }
  console.error(failure);
  return 1;
}

function endOnSignals(ending: AbortController): void {
  let first: number | null = null;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      first ??= performance.now();
      ending.abort();
      // The second one: at once. The watcher ends what still runs.
      if (performance.now() - first > sameKeyMs) process.exit(130);
    });
  }
}

async function showNumbers(prometheus: string, screen: Screen, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleep(liveEveryMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    screen.live(await describeNow(prometheus).catch((error: unknown) => `Prometheus: ${String(error)}`));
  }
}

function introduction({ mlApi, prometheus, alertmanager, pushgateway }: Started): string {
  const query = encodeURIComponent('job:ml_api_requests:rate5m');
  const freshness = 'ml_model_accuracy_last_success_timestamp_seconds';
  return `
  ml-api         ${mlApi}
  Prometheus     ${prometheus}
  Alertmanager   ${alertmanager}
  Pushgateway    ${pushgateway}

Three things to try, in another terminal:

  1. Ask the model:
     curl -s ${mlApi}/predict -H 'content-type: application/json' \\
       -d '{"instances": [[17.99, 10.38, 122.8, 1001, 0.1184, 0.2776, 0.3001, 0.1471]]}'
  2. Ask Prometheus what a rule has recorded:
     curl -s '${prometheus}/api/v1/query?query=${query}'
  3. Say that a model has become bad, and when that was measured, and wait 10 s for the alert:
     printf '# TYPE %s gauge\\n%s{version="1",dataset="holdout"} %s\\n' ml_model_accuracy ml_model_accuracy 0.5 \\
       ${freshness} ${freshness} "$(date +%s)" | \\
       curl -s --data-binary @- ${pushgateway}/metrics/job/mine/model/mine

Alerts wait 10 s here instead of minutes. Ctrl-C stops everything.
`;
}
