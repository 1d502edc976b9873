/** What a response must fulfil: read from the input, evaluated for each response. */

export { type Answer, needsBody, unmet } from './evaluate.ts';
export { parseExpect } from './parse.ts';
