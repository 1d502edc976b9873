/** `node etl/run-pipeline.ts FOLDER --run-id ID`: see `cli.ts`, and the README beside it. */

import { main } from './cli.ts';

process.exitCode = await main(process.argv.slice(2), {
  environment: process.env,
  out: process.stdout,
  err: process.stderr,
});
