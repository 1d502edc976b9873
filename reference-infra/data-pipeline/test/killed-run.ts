/** A run that kills itself: node killed-run.ts FOLDER RUN-ID POINT [NUMBER]; at the n-th time that it comes to the point. */

import { main } from '../etl/cli.ts';

const [folder = '', runId = '', at = '', number = '1'] = process.argv.slice(2);
let times = 0;
process.exitCode = await main([folder, '--run-id', runId, '--quiet'], {
  environment: process.env,
  out: process.stdout,
  err: process.stderr,
  onPoint: (point) => {
    if (point !== at) return;
    times += 1;
    if (times === Number(number)) process.kill(process.pid, 'SIGKILL');
  },
});
