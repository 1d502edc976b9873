/**
 * ajv as it is usually put into a loop over JSON lines: `node rows-ajv.ts FILE.jsonl`. It is the ajv of the gate: by its
 * bare name an old one would be found here, which danfojs-node brings.
 */

import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Ajv2020 } from '../../node_modules/ajv/dist/2020.js';
import formats from '../../node_modules/ajv-formats/dist/index.js';
import { meter, tell } from '../ours/meter.ts';

const [file = ''] = process.argv.slice(2);
const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../data/row.schema.json'), 'utf8'));

const reading = await meter(loop, true);
tell(reading);

async function loop(): Promise<Record<string, number>> {
  const ajv = new Ajv2020({ allErrors: true });
  formats.default(ajv);
  const validate = ajv.compile(schema);
  const bad: { row: number; messages: string[] }[] = [];
  let rows = 0;
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    rows++;
    if (validate(JSON.parse(line))) continue;
    const messages = (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
    bad.push({ row: rows, messages });
  }
  const invalidCells = bad.reduce((sum, { messages }) => sum + messages.length, 0);
  return { rows, invalidRows: bad.length, invalidCells };
}
