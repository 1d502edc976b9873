/** Reading data files as tables: columns, kinds, batches of rows, and where each row stands. */

export { readArrowCells } from './arrow-cells.ts';
export { ByteSource } from './byte-source.ts';
export * from './columns/index.ts';
export { cell, classifyCell, kindOfCells, maxWhole } from './csv/cell.ts';
export { type Dialect, detectDelimiter, type Header, readHeader } from './csv/dialect.ts';
export { parseNumber } from './csv/number.ts';
export { type CsvOptions, type OptionProblem, readCsvOptions } from './csv/options.ts';
export { CsvScanner, fieldForm, fieldText } from './csv/scanner.ts';
export { subjectOf, subjectsOf } from './digests.ts';
export { type FileSet, type FileSetOptions, resolveFiles, type ShownFile } from './file-set.ts';
export { FileStamps } from './file-stamps.ts';
export { ArrayScanner, LineScanner, type ObjectScanner, type OnObject } from './json/scanner.ts';
export { parseObject } from './json/value.ts';
export { type OpenOptions, openTable } from './open.ts';
export { type ParquetColumn, ParquetFiles } from './parquet-files.ts';
export { RowIndex, type RowPlace } from './row-index.ts';
export { type JsonRow, type RowBatch, type RowOptions, readRows } from './rows.ts';
export { selectColumns } from './select.ts';
export { withShownPaths } from './shown-paths.ts';
export { type SniffedFormat, sniffFormat } from './sniff.ts';
export * from './sql/index.ts';
export * from './types.ts';
export { checkUtf8, skipByteOrderMark } from './utf8.ts';
