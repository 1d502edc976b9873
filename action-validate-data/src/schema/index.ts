/** JSON Schema of a row: ajv judges, a plan tells in a few instructions which rows it surely accepts. */

export { type CellTypes, cellTypesOf } from './cell-types.ts';
export { type CompiledSchema, compileSchema, type PatternWatch, type ValidateRow } from './compile.ts';
export type { Draft } from './drafts.ts';
export { formatCheck, formatJudge, formatNames, watchedFormat } from './formats.ts';
export { type LoadedSchema, loadSchema } from './load.ts';
export { isMultipleOf, multipleTest, plainLimit, plainSteps } from './multiple-of.ts';
export {
  isSurelyValid,
  isSureValue,
  type NumberPlan,
  type PlannedPattern,
  type RowPlan,
  type StringPlan,
  type ValuePlan,
} from './plan.ts';
export { planRow } from './planner.ts';
export { Unjudgeable } from './unjudgeable.ts';
export { type SchemaViolation, violationsOf } from './violations.ts';
