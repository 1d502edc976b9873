/** The parts of the JSON reader, for passes over the bytes that make no table. */

export { deepestRow, isTooDeep } from './depth.ts';
export { ArrayScanner, LineScanner } from './scanner.ts';
export { parseObject } from './value.ts';
