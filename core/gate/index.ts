/** Thresholds, verdicts and the result document. Pure: no I/O. */

export { readCondition, renderCondition } from './condition.ts';
export { excerpt, visible } from './excerpt.ts';
export { formatApart, formatCount, formatValue } from './format.ts';
export { contrastFactor, fold, holdsFor, type JudgeOptions, judge } from './judge.ts';
export { nearest } from './nearest.ts';
export { rangeOf } from './ranges.ts';
export {
  buildResult,
  parseResult,
  type ResultParts,
  type ResultReading,
  recordCheck,
  serializeResult,
} from './result.ts';
export { requiredSamples } from './sample-size.ts';
export { Mistake, type Token, tokenize } from './scan.ts';
export { placeOfName, SelectorMistake, SelectorReader, writeName } from './selector-words.ts';
export {
  impliedCheck,
  metricKey,
  parseThresholds,
  renderCheck,
  type ThresholdOptions,
  type ThresholdReading,
} from './thresholds.ts';
export * from './types.ts';
export { convert, percentText } from './units.ts';
export { validateResult } from './validate-result.ts';
