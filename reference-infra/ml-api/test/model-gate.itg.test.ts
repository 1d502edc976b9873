import { afterEach, expect, test } from 'vitest';
import { runModelGate } from '../../../test/support/run-model-gate.ts';
import { type RunningService, startService } from './service.ts';

let service: RunningService | undefined;
afterEach(async () => {
  await service?.stop();
});

type Protocol = 'kserve-v2' | 'mlflow';
const paths = { 'kserve-v2': '/v2/models/model', mlflow: '/invocations' } as const;

interface Case {
  readonly name: string;
  readonly model: string;
  readonly data: string;
  readonly inputs?: Readonly<Record<string, string>>;
  /** Default: both. */
  readonly protocols?: readonly Protocol[];
}

const cases: readonly Case[] = [
  {
    name: 'binary with ZipMap',
    model: 'logistic-binary-zipmap/model.onnx',
    data: 'logistic-binary-zipmap/data.csv',
    inputs: {
      'feature-columns':
        'mean_radius\nmean_texture\nmean_perimeter\nmean_area\nmean_smoothness\nmean_compactness\nmean_concavity\nmean_concave_points',
    },
  },
  {
    name: 'text labels with ZipMap',
    model: 'forest-string-labels-zipmap/model.onnx',
    data: 'forest-string-labels-zipmap/data.jsonl',
  },
  { name: 'multiclass', model: 'lightgbm-multiclass/model.onnx', data: 'lightgbm-multiclass/data.jsonl' },
  {
    name: 'regression',
    model: 'gradient-boosting-regressor/model.onnx',
    data: 'gradient-boosting-regressor/data.jsonl',
    inputs: { thresholds: 'r2 >= 0' },
  },
  {
    name: 'one input a column',
    model: 'mixed-inputs-zipmap/model.onnx',
    data: 'mixed-inputs-zipmap/data.parquet',
    inputs: { 'positive-class': 'malignant' },
  },
  {
    name: 'a fixed number of rows',
    model: 'logistic-fixed-batch/model.onnx',
    data: 'logistic-fixed-batch/data.csv',
  },
  { name: 'an MLflow model', model: 'mlflow-onnx/model', data: 'mlflow-onnx/data.csv' },
  {
    // The Open Inference Protocol has no names of columns.
    name: 'columns in another order, and one more',
    model: 'mlflow-onnx/model',
    data: 'mlflow-onnx-by-name/data.csv',
    protocols: ['mlflow'],
  },
];

test.each(cases)(
  'the model gate measures the same of $name from the file and from the service',
  async (given) => {
    const common = { 'data-path': given.data, ...given.inputs };
    service = await startService({ model: given.model });
    const file = await runModelGate({ ...common, 'model-path': given.model });
    for (const protocol of given.protocols ?? (['kserve-v2', 'mlflow'] as const)) {
      const endpoint = await runModelGate({
        ...common,
        'endpoint-url': `${service.url}${paths[protocol]}`,
        'endpoint-protocol': protocol,
      });
      const measured = numbers(endpoint.metrics);
      const expected = numbers(file.metrics);
      expect(Object.keys(expected).length).toBeGreaterThan(3);
      expect(Object.keys(measured), protocol).toEqual(Object.keys(expected));
      for (const [name, value] of Object.entries(expected)) {
        // Sums of float32 depend on how many rows run at once.
        if (value === null) expect(measured[name], `${protocol} ${name}`).toBeNull();
        else expect(measured[name], `${protocol} ${name}`).toBeCloseTo(value, 5);
      }
    }
  },
);

/** All but those that time and files decide. */
function numbers(metrics: object): Record<string, number | null> {
  return Object.fromEntries(
    Object.entries(metrics).filter(([name]) => !/latency|rows_per_second|model_size/.test(name)),
  ) as Record<string, number | null>;
}
