/** Reading data files as tables: columns, kinds, batches of rows, and where each row stands. */

export { type OpenOptions, openTable } from './open.ts';
export { type SniffedFormat, sniffFormat } from './sniff.ts';
export * from './types.ts';
