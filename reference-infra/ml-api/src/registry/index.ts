/** Models from an MLflow registry. */

export { type RegistrySourceOptions, registrySource } from './registry-source.ts';
