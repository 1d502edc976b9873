/** Strings to Config: everything is read and checked at once, before any work. */

import { existsSync, statSync } from 'node:fs';
import { relative } from 'node:path';
import { contrastFactor, parseThresholds } from '../../core/gate/index.ts';
import type { Check } from '../../core/gate/types.ts';
import type { InputReader } from '../../core/inputs/index.ts';
import { modelCatalogue } from '../../core/metrics/index.ts';

/** Where predictions come from: exactly one. */
export type PredictionSource =
  | { readonly kind: 'model'; readonly path: string }
  | { readonly kind: 'endpoint'; readonly url: string; readonly protocol: 'mlflow' | 'kserve-v2' }
  | { readonly kind: 'predictions'; readonly path: string };

export interface Config {
  readonly source: PredictionSource;
  /** Labelled data; null with predictions-path. */
  readonly dataPath: string | null;
  readonly labelColumn: string;
  /** In model order; null: by the names of the model's inputs. */
  readonly featureColumns: readonly string[] | null;
  readonly predictionColumn: string;
  /** Class to column. */
  readonly scoreColumns: ReadonlyMap<string, string>;
  readonly task: 'auto' | 'binary' | 'multiclass' | 'regression';
  /** What a model's classes 0, 1, 2, … are called; null: as the model says. */
  readonly classNames: readonly string[] | null;
  readonly positiveClass: string | null;
  readonly minAccuracy: number;
  readonly checks: readonly Check[];
  /** The text that the checks were read from, for carets. */
  readonly thresholds: string;
  readonly baseline: string | null;
  /** Each entry is one column, or several that are crossed. */
  readonly slices: readonly (readonly string[])[];
  readonly minSliceSize: number;
  readonly confidence: number;
  readonly seed: number;
  readonly batchSize: number;
  readonly missingValues: 'error' | 'nan';
  readonly trackingUri: string | null;
}

/** As in action.yml; a test holds the two together. */
export const modelInputs = [
  'model-path',
  'endpoint-url',
  'endpoint-protocol',
  'predictions-path',
  'data-path',
  'label-column',
  'feature-columns',
  'prediction-column',
  'score-columns',
  'task',
  'class-names',
  'positive-class',
  'min-accuracy',
  'thresholds',
  'baseline-path',
  'slices',
  'min-slice-size',
  'confidence',
  'seed',
  'batch-size',
  'missing-values',
  'mlflow-tracking-uri',
] as const;

export const defaultMinAccuracy = 0.85;

export function readConfig(reader: InputReader): Config {
  const source = readSource(reader);
  const thresholds = reader.raw('thresholds');
  const parsed = parseThresholds(thresholds, modelCatalogue, { input: 'thresholds' });
  reader.add(...parsed.problems);
  const config: Config = {
    source,
    dataPath: readDataPath(reader, source),
    labelColumn: reader.text('label-column', 'label'),
    featureColumns: emptyAsNull(reader.list('feature-columns')),
    predictionColumn: reader.text('prediction-column', 'prediction'),
    scoreColumns: reader.keyValues('score-columns'),
    task: reader.choice('task', ['auto', 'binary', 'multiclass', 'regression'], 'auto'),
    classNames: readClassNames(reader),
    positiveClass: reader.text('positive-class') || null,
    minAccuracy: reader.fraction('min-accuracy', defaultMinAccuracy, { minimum: 0, maximum: 1 }),
    checks: parsed.checks,
    thresholds,
    baseline: readReference(reader, 'baseline-path') || null,
    slices: readSlices(reader),
    minSliceSize: reader.integer('min-slice-size', 30, { minimum: 1 }),
    confidence: reader.fraction('confidence', 0.95, { minimum: 0.5, maximum: 0.9999 }),
    seed: reader.integer('seed', 0, { minimum: 0, maximum: 2 ** 32 - 1 }),
    batchSize: reader.integer('batch-size', 4096, { minimum: 1, maximum: 1_000_000 }),
    missingValues: reader.choice('missing-values', ['error', 'nan'], 'error'),
    trackingUri: reader.text('mlflow-tracking-uri') || null,
  };
  refuseContradictions(reader, config);
  return config;
}

const sourceInputs = ['model-path', 'endpoint-url', 'predictions-path'] as const;

function readSource(reader: InputReader): PredictionSource {
  const given = sourceInputs.filter((name) => reader.text(name) !== '');
  if (given.length !== 1) {
    reader.add({
      input: given.length === 0 ? 'model-path' : given.join(', '),
      message:
        given.length === 0
          ? 'no source of predictions is given'
          : 'more than one source of predictions is given',
      allowed: `exactly one of ${sourceInputs.join(', ')}`,
    });
  }
  const protocol = reader.choice('endpoint-protocol', ['mlflow', 'kserve-v2'], 'mlflow');
  const url = reader.url('endpoint-url');
  const predictions = readPath(reader, 'predictions-path');
  if (predictions !== null) return { kind: 'predictions', path: predictions };
  if (url !== null) return { kind: 'endpoint', url: url.href, protocol };
  return { kind: 'model', path: readReference(reader, 'model-path') };
}

/** An MLflow URI stays as it is; anything else is a path. */
function readReference(reader: InputReader, name: string): string {
  const text = reader.text(name);
  if (/^(models|runs):\//.test(text)) return text;
  return readPath(reader, name) ?? '';
}

/** Relative to the working directory where it lies below it: the way it was written, for messages. */
function readPath(reader: InputReader, name: string): string | null {
  const path = reader.path(name);
  if (path === null) return null;
  const shown = relative(process.cwd(), path);
  return shown === '' || shown.startsWith('..') ? path : shown;
}

function readDataPath(reader: InputReader, source: PredictionSource): string | null {
  const path = readPath(reader, 'data-path');
  if (source.kind !== 'predictions' && path === null) {
    reader.add({
      input: 'data-path',
      message: 'labelled test data are required to judge a model',
      allowed: 'a CSV, TSV, JSONL, JSON, Parquet, Arrow or NPZ file',
    });
  }
  if (source.kind === 'predictions' && path !== null) {
    reader.add({
      input: 'data-path',
      message: 'predictions-path already holds labels beside predictions',
      allowed: 'data-path with model-path or endpoint-url',
    });
  }
  if (path !== null && existsSync(path) && statSync(path).isDirectory()) {
    reader.add({ input: 'data-path', message: `${path} is a folder`, allowed: 'one file' });
  }
  return path;
}

/** `region` is one slice column, `region, sex` crosses two. */
function readSlices(reader: InputReader): string[][] {
  return reader.lines('slices').map((line) => {
    const columns = line.split(',').map((column) => column.trim());
    if (columns.some((column) => column === '') || new Set(columns).size < columns.length) {
      reader.add({
        input: 'slices',
        message: `\`${line}\` names no column or one twice`,
        allowed: 'a column, or `a, b` for a cross',
      });
    }
    return columns;
  });
}

function readClassNames(reader: InputReader): string[] | null {
  const names = reader.lines('class-names');
  const repeated = names.find((name, index) => names.indexOf(name) < index);
  if (names.length === 1 || repeated !== undefined) {
    reader.add({
      input: 'class-names',
      message:
        repeated === undefined ? `\`${names[0]}\` is one name only` : `\`${repeated}\` stands there twice`,
      allowed: 'two or more different names, one a line',
    });
  }
  return names.length === 0 ? null : names;
}

function refuseContradictions(reader: InputReader, config: Config): void {
  const speaksOfBaseline = config.checks.find(({ condition }) => contrastFactor(condition) !== null);
  if (config.baseline === null && speaksOfBaseline !== undefined) {
    reader.add({
      input: 'baseline-path',
      message: `\`${speaksOfBaseline.id}\` compares with a baseline, and none is given`,
      allowed: 'a model, a predictions file or an earlier result document',
    });
  }
  if (config.task === 'regression' && config.minAccuracy !== defaultMinAccuracy) {
    reader.add({
      input: 'min-accuracy',
      message: 'regression has no accuracy',
      allowed: 'thresholds such as `rmse <= 3.5`',
    });
  }
  if (config.source.kind === 'predictions') refuseLabelsAsPredictions(reader, config);
  if (config.classNames !== null && (config.task === 'regression' || config.source.kind === 'predictions')) {
    const why =
      config.task === 'regression'
        ? 'regression has no classes'
        : 'a predictions file names its classes itself';
    reader.add({ input: 'class-names', message: why, allowed: 'class-names with a classifier' });
  }
  if (config.positiveClass !== null && (config.task === 'regression' || config.task === 'multiclass')) {
    reader.add({
      input: 'positive-class',
      message: `${config.task} has no positive class`,
      allowed: 'task binary or auto',
    });
  }
}

/** The truth compared with itself is a pass that says nothing. */
function refuseLabelsAsPredictions(reader: InputReader, config: Config): void {
  const { labelColumn, predictionColumn, scoreColumns } = config;
  if (predictionColumn === labelColumn) {
    reader.add({
      input: 'prediction-column',
      message: `\`${labelColumn}\` is the label column: the labels would be judged against themselves`,
      allowed: 'the column that holds what the model said',
    });
  }
  const columns = [...scoreColumns.values()];
  for (const column of new Set(columns)) {
    const classes = [...scoreColumns].filter(([, each]) => each === column).map(([name]) => name);
    if (column === labelColumn) {
      reader.add({
        input: 'score-columns',
        message: `\`${column}\` is the label column: the labels would be judged against themselves`,
        allowed: 'columns that hold what the model said',
      });
    } else if (classes.length > 1) {
      reader.add({
        input: 'score-columns',
        message: `\`${column}\` cannot hold the scores of both \`${classes.join('` and `')}\``,
        allowed: 'one column a class',
      });
    }
  }
}

function emptyAsNull(list: readonly string[]): readonly string[] | null {
  return list.length === 0 ? null : list;
}
