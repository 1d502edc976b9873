/** SQL over tables, answered by DuckDB; users' expressions made safe for it. */

export { sqlText } from '../duck/start.ts';
export { numberOf, timestampOf } from './cells.ts';
export { SqlEngine, type SqlEngineOptions } from './engine.ts';
export { type BoundExpression, bindExpression } from './expression.ts';
export type { Reopen } from './load.ts';
export type { ExpressionProblem } from './tokens.ts';
export type { SqlColumn, SqlKind, SqlRelation, SqlRow, SqlValue } from './types.ts';
