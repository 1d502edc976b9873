/** The parts of the CSV reader, for passes over the bytes that make no table. */

export { cell, classifyCell, maxWhole } from './cell.ts';
export { detectDelimiter, type Header, readHeader } from './dialect.ts';
export { parseNumber } from './number.ts';
export { CsvScanner, fieldForm, fieldText } from './scanner.ts';
export { skipByteOrderMark } from './survey.ts';
