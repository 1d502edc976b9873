/** The model gate: what is measured beside what. Targets are ratios of wall seconds, peer over ours. */

import { join } from 'node:path';
import { runGate } from './gate.ts';
import { type Comparison, child, type Subject, wholeProcess } from './measure.ts';
import type { Prepared } from './prepare.ts';

const rows = 1_000_000;
/** Below the size from which on influence values stand in for draws: here 2,000 draws are really made. */
const drawnRows = 19_000;
const here = import.meta.dirname;

export function modelComparisons({ python, data }: Prepared): Comparison[] {
  const ours = (name: string, script: string, ...args: string[]): Subject =>
    child(name, process.execPath, [join(here, 'ours', script), ...args]);
  const peer = (name: string, script: string, ...args: string[]): Subject =>
    child(name, python, [join(here, 'peers', script), ...args]);
  const file = (name: string): string => join(data, name);
  return [
    ...['gradient-boosting', 'random-forest'].map((model): Comparison => {
      const args = [file(`${model}.onnx`), file('large.parquet'), 'memory'];
      return {
        id: `inference-${model}`,
        title: `inference, ${model.replace('-', ' ')}, rows in memory`,
        ours: ours('OnnxPredictor', 'infer.ts', ...args),
        peer: peer('onnxruntime, Python', 'infer.py', ...args),
        repeats: 5,
        target: 0.95,
        agreement: 1e-9,
        rows,
      };
    }),
    {
      id: 'inference-parquet',
      title: 'the same from Parquet, gradient boosting',
      ours: ours('table batches', 'infer.ts', file('gradient-boosting.onnx'), file('large.parquet'), 'file'),
      peer: peer(
        'pyarrow, onnxruntime',
        'infer.py',
        file('gradient-boosting.onnx'),
        file('large.parquet'),
        'file',
      ),
      repeats: 3,
      target: null,
      agreement: 1e-9,
      rows,
    },
    {
      id: 'metric-values',
      title: '8 binary metrics, 1,000,000 rows',
      ours: ours('core/metrics, values', 'metrics.ts', data, String(rows), 'values'),
      peer: peer('scikit-learn', 'metrics.py', data, String(rows)),
      repeats: 5,
      target: 3,
      agreement: 1e-9,
      rows,
    },
    {
      id: 'metric-intervals',
      title: 'the same with 95% intervals; peer without',
      ours: ours('core/metrics, intervals', 'metrics.ts', data, String(rows), 'intervals'),
      peer: peer('scikit-learn, values', 'metrics.py', data, String(rows)),
      repeats: 3,
      target: null,
      agreement: 1e-9,
      rows,
    },
    bootstrap('labels', 'accuracy and F1', 50, 2_000, rows),
    bootstrap('auc', 'ROC AUC', 5, 2_000, rows),
    bootstrap('labels', 'accuracy and F1', 2_000, 2_000, drawnRows),
    bootstrap('auc', 'ROC AUC', 200, 2_000, drawnRows),
    ...['parquet', 'csv'].map((format): Comparison => {
      const inputs = {
        'model-path': file('gradient-boosting.onnx'),
        'data-path': file(`large.${format}`),
        thresholds: 'accuracy >= 0.5\nroc_auc >= 0.7 at 95%',
      };
      return {
        id: `gate-${format}`,
        title: `whole job, 1,000,000 x 20 ${format === 'csv' ? 'CSV' : 'Parquet'}; peer: values only`,
        ours: { name: 'the bundled action', run: () => runGate({ action: 'action-validate-model', inputs }) },
        peer: wholeProcess(
          peer(
            'pandas, onnxruntime, scikit-learn',
            'whole.py',
            file('gradient-boosting.onnx'),
            inputs['data-path'],
          ),
        ),
        repeats: 3,
        target: null,
        // The peer keeps the model's scores as float32 and sums them as such.
        agreement: 1e-6,
        rows,
        limitMb: 1024,
      };
    }),
    {
      id: 'read-csv',
      title: 'read CSV, 200,000 x 5',
      ours: ours('DuckDB', 'describe-duckdb.ts', file('describe.csv'), 'read'),
      peer: ours('danfojs-node', 'describe-danfo.ts', file('describe.csv'), 'read'),
      repeats: 3,
      target: null,
      agreement: 1e-9,
    },
    {
      id: 'describe-csv',
      title: 'read and describe it',
      ours: ours('DuckDB', 'describe-duckdb.ts', file('describe.csv'), 'describe'),
      peer: ours('danfojs-node', 'describe-danfo.ts', file('describe.csv'), 'describe'),
      repeats: 3,
      target: null,
      agreement: 1e-6,
    },
  ];

  function bootstrap(
    what: 'labels' | 'auc',
    title: string,
    drawn: number,
    wanted: number,
    n: number,
  ): Comparison {
    const scaled = drawn < wanted ? `, ${drawn} draws x ${wanted / drawn}` : '';
    const script = [join(here, 'peers/bootstrap.py'), data, String(n), what, String(drawn)];
    // Where draws are really made, two metrics against the same two; else everything against what a user computes.
    const alike = n === drawnRows && what === 'labels';
    const which = alike ? title : `all 8 metrics (peer: ${title} only)`;
    return {
      id: `bootstrap-${what}-${n}`,
      title: `2,000-draw intervals of ${which}, ${n.toLocaleString('en')} rows`,
      ours: ours(
        'core/metrics',
        'metrics.ts',
        data,
        String(n),
        'intervals',
        ...(alike ? ['accuracy,f1'] : []),
      ),
      peer: child(`numpy bootstrap${scaled}`, python, script, { scale: wanted / drawn }),
      repeats: 3,
      target: n === rows ? 20 : null,
      // Two bootstraps, or a bootstrap and a formula, agree to their Monte Carlo error.
      agreement: 0.01,
      rows: n,
    };
  }
}
