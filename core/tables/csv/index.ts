/** The parts of the CSV reader, for passes over the bytes that make no table. */

export { skipByteOrderMark } from '../utf8.ts';
export { cell, classifyCell, maxWhole } from './cell.ts';
export { detectDelimiter, type Header, readHeader } from './dialect.ts';
export { parseNumber } from './number.ts';
export { CsvScanner, fieldForm, fieldText } from './scanner.ts';
