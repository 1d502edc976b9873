/** Reading and checking inputs; the errors that a user sees. */

export { type CommonConfig, commonInputs, readCommon } from './common.ts';
export { describeConnection } from './connection.ts';
export { describeProblem, InputError, type InputProblem, isUserFacing, RunError } from './errors.ts';
export { InputReader, type InputSource, isInside, type PathOptions, quote } from './read.ts';
export { unknownFlags, unknownInputs } from './unknown.ts';
export {
  parseBoolean,
  parseDuration,
  parseFraction,
  parseInteger,
  parseUrl,
  type Range,
  type Reading,
  redactUrl,
} from './values.ts';
