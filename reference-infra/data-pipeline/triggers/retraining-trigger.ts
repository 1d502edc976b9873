/** `node triggers/retraining-trigger.ts --workflow retrain.yml …`: see `command.ts`, and the README beside it. */

import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '../../../core/github/index.ts';
import { main } from './command.ts';

process.exitCode = await main(process.argv.slice(2), {
  env: process.env,
  folder: process.cwd(),
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  append: (path, text) => appendFileSync(path, text),
  now: () => new Date(),
  sleep: async (milliseconds) => void (await sleep(milliseconds)),
  client: createClient,
});
