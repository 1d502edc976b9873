/** Models and services that turn feature rows into predictions. */

import type { Batch } from '../tables/types.ts';

export interface ModelInput {
  readonly name: string;
  /** As ONNX Runtime names it: `float32`, `float64`, `int64`, `string`, `bool`, … */
  readonly type: string;
  /** Symbolic or unknown dimensions are null. */
  readonly shape: readonly (number | null)[];
}

/** What is known of a model without running it; shown in the report. */
export interface ModelFacts {
  /** For people: `model.onnx`, `models:/fraud@champion (version 3)`, `https://…/invocations`. */
  readonly name: string;
  readonly kind: 'onnx' | 'mlflow-onnx' | 'endpoint' | 'predictions';
  /** All files of the model: path as given, sha256 (hex), bytes. Empty for an endpoint. */
  readonly files: readonly { readonly name: string; readonly sha256: string; readonly bytes: number }[];
  readonly inputs: readonly ModelInput[];
  readonly outputs: readonly ModelInput[];
  readonly producer: string | null;
  readonly opset: number | null;
  /** Class labels as the model itself states them (ZipMap, TreeEnsemble, LinearClassifier, signature); else null. */
  readonly classes: readonly string[] | null;
}

/** What a model said of some rows. At least one of the three is there. */
export interface PredictedBatch {
  readonly rows: number;
  /** Class labels as text (`1`, `1.0` normalised to `1`), length rows. */
  readonly labels: readonly string[] | null;
  /** Row-major rows x width. */
  readonly scores: { readonly values: Float64Array; readonly width: number } | null;
  /** A single number a row, not known to be a label or a score: regression output, or a one-column score. */
  readonly values: Float64Array | null;
}

export interface Predictor {
  readonly facts: ModelFacts;
  /** Names of the table's columns that the predictor reads, in model order. */
  readonly featureColumns: readonly string[];
  /** Rows the model takes at once when its batch dimension is fixed; else null. */
  readonly fixedBatch: number | null;
  /** What readers of the result should know of how the model is fed and what it does; absent: nothing. */
  readonly notices?: readonly string[];
  predict(batch: Batch): Promise<PredictedBatch>;
  close(): Promise<void>;
}
