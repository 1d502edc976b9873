/** JSON Schema of a row: ajv judges, a plan tells in a few instructions which rows it surely accepts. */

export { type CellTypes, cellTypesOf } from './cell-types.ts';
export { formatCheck, formatNames } from './formats.ts';
export { type Draft, type LoadedSchema, loadSchema, type PatternWatch } from './load.ts';
export { isMultipleOf, multipleTest } from './multiple-of.ts';
export {
  isSurelyValid,
  type NumberPlan,
  planRow,
  type RowPlan,
  type StringPlan,
  type ValuePlan,
} from './plan.ts';
export { type SchemaViolation, violationsOf } from './violations.ts';
