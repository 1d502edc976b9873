/** Writing a schema from data. */

export { inferSchema } from './infer-schema.ts';
export { renderSchema } from './render-schema.ts';
export type { Inferred, RowSource, Schema } from './types.ts';
