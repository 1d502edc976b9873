/** Models and services that turn feature rows into predictions: ONNX files, MLflow models, endpoints. */

export { FeatureKindError } from './bind-features.ts';
export { FeatureValueError } from './feeds.ts';
export { labelText } from './outputs.ts';
export { type EndpointProtocol, type ModelReference, type OpenModelOptions, openModel } from './resolve.ts';
export type { ModelFacts, ModelInput, PredictedBatch, Predictor } from './types.ts';
