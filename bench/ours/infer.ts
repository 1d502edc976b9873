/** The gate's own path from batches of a table to predictions: `node infer.ts MODEL DATA memory|file`. */

import { OnnxPredictor } from '../../core/models/onnx-predictor.ts';
import { openTable } from '../../core/tables/index.ts';
import type { Batch } from '../../core/tables/types.ts';
import { meter, tell } from './meter.ts';

const batchSize = 4096;
const warmUpBatches = 20;
const [model = '', data = '', from = 'memory'] = process.argv.slice(2);

const table = await openTable(data);
const predictor = await OnnxPredictor.open(model, {
  columns: table.columns,
  labelColumn: 'label',
  featureColumns: null,
  missingValues: 'error',
});
const columns = [...predictor.featureColumns, 'label'];
const batches: Batch[] = [];
if (from === 'memory') for await (const batch of table.batches(columns, batchSize)) batches.push(batch);

// Compiling hot code is part of starting, which is not measured here; the peer warms up on the same rows.
for (const batch of batches.slice(0, warmUpBatches)) await predictor.predict(batch);

const reading = await meter(async () => {
  let rows = 0;
  let sum = 0;
  for await (const batch of from === 'memory' ? batches : table.batches(columns, batchSize)) {
    const { scores } = await predictor.predict(batch);
    rows += batch.rows;
    const values = scores?.values ?? new Float64Array();
    for (let i = 1; i < values.length; i += 2) sum += values[i] as number;
  }
  return { rows, meanScore: sum / rows };
});
tell(reading);
await predictor.close();
await table.close();
