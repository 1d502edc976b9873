/** `node validation/schema-validation.ts --data FILE --schema FILE`: see `command.ts`, and the README above. */

import { main } from './command.ts';

process.exitCode = await main(process.argv.slice(2), {
  folder: process.cwd(),
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
});
