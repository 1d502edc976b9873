/**
 * `npm run demo:loop`: from data to a served model, drift, and the model that takes its place, with a real MLflow, the
 * service of this repository and its gates, on the loopback interface only. It stops at Ctrl-C and leaves nothing running;
 * should it be killed, its watcher cleans up.
 */

import { relative, resolve } from 'node:path';
import { runLoop } from './demo-loop/loop.ts';
import { type Options, readOptions, usage } from './demo-loop/options.ts';
import { emptyFolder, installAll, startGitHub, startWorld } from './demo-loop/start.ts';
import { lineOf, tableOf } from './demo-loop/telling.ts';
import { Programs } from './platform/programs.ts';

const root = resolve(import.meta.dirname, '..');

const args = process.argv.slice(2);
if (args.includes('--help')) {
  console.log(usage);
} else {
  const reading = readOptions(args, root);
  if (reading.ok) process.exitCode = await run(reading.options);
  else {
    console.error(`${reading.message}\n\n${usage}`);
    process.exitCode = 1;
  }
}

async function run({ out }: Options): Promise<number> {
  const started = performance.now();
  const programs = new Programs();
  const github = await startGitHub();
  let interrupted = false;
  let failure: string | null = null;
  programs.onLost = (message) => {
    failure ??= message;
    void programs.stop();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      interrupted = true;
      // What it waits for ends with its programs.
      void programs.stop();
    });
  }
  const check = (): void => {
    if (interrupted) throw new Error('interrupted');
  };
  const say = (line: string): void => console.log(line);
  try {
    emptyFolder(out);
    const python = await installAll(say);
    check();
    say(`from data to a served model and around again; what is made stays in ${shown(out)}`);
    const world = await startWorld({ out, root, programs, python }, github);
    say(lineOf({ part: 'MLflow', said: world.mlflow, seconds: (performance.now() - started) / 1000 }));
    const { models, reports } = await runLoop(world, { tell: (step) => say(lineOf(step)), check });
    github.expectNoViolations();
    say(`\n${tableOf(models)}\n\nreports, for a browser:`);
    for (const report of reports) say(`  ${shown(resolve(out, report))}`);
  } catch (error) {
    failure ??= error instanceof Error ? error.message : String(error);
  }
  await programs.stop();
  await github.close();
  if (interrupted) {
    say('stopped: nothing is left running');
    return 130;
  }
  if (failure !== null) {
    console.error(failure);
    return 1;
  }
  const seconds = Math.round((performance.now() - started) / 1000);
  say(`\nonce around in ${seconds} s; nothing is left running`);
  return 0;
}

function shown(path: string): string {
  const below = relative(process.cwd(), path);
  return below.startsWith('..') ? path : below;
}
