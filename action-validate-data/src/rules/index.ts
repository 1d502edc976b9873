/** The rules over a table: what there is, and what each is worth on some data. */

export { type BindContext, bindRules, refuseBaseline } from './bind.ts';
export { dataCatalogue } from './catalogue.ts';
export type { BreakingRow, RuleContext, RuleMeasurement } from './context.ts';
export { measureRules } from './measure.ts';
