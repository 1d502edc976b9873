/** Finding or fetching the platform binaries of ONNX Runtime and DuckDB. */

export { loadDuckDb, loadOnnxRuntime } from './load.ts';
export { findPart } from './places.ts';
export { type NativePart, nativePart, type PartName, type Platform, thisPlatform } from './platform.ts';
