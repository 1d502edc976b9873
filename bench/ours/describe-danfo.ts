/** danfojs-node reads and describes a CSV file: `node describe-danfo.ts FILE read|describe`. */

import { createRequire } from 'node:module';
import { meter, tell } from './meter.ts';

/** As much of danfojs-node as is used. */
interface Danfo {
  readCSV(path: string): Promise<Frame>;
}
interface Frame {
  readonly shape: readonly number[];
  describe(): Frame;
  at(row: string | number, column: string): number;
}

const [file = '', what = 'read'] = process.argv.slice(2);
const danfo = createRequire(import.meta.url)('danfojs-node') as Danfo;

const reading = await meter(async () => {
  const frame = await danfo.readCSV(file);
  const rows = Number(frame.shape[0]);
  if (what === 'read') return { rows };
  return { rows, meanIncome: frame.describe().at('mean', 'income') };
});
tell(reading);
