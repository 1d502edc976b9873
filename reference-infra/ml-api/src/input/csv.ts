/** A data frame as CSV (RFC 4180), with a header, as `pandas.DataFrame.to_csv` writes it. */

import { malformed } from '../errors.ts';
import type { TensorType } from '../model/tensors.ts';
import type { Layout } from './layout.ts';
import type { Table } from './rows.ts';

/** Cells become what the model's column wants, where they can: numbers, true and false. @throws RequestError */
export function csvTable(text: string, layout: Layout): Table {
  const [header, ...rows] = recordsOf(text);
  if (header === undefined) throw malformed('The body is empty; CSV with a header is wanted.');
  const types = header.map((name, i) => typeOf(name, i, layout));
  return {
    columns: header,
    rows: rows.map((row, i) => {
      if (row.length !== header.length)
        throw malformed(`Row ${i} of the CSV has ${row.length} cells; the header has ${header.length}.`);
      return row.map((cell, column) => cellOf(cell, types[column] ?? 'string'));
    }),
  };
}

/** Columns that nothing names are taken by position. */
function typeOf(name: string, place: number, { features, named, vector }: Layout): TensorType {
  if (features === null) return vector?.type ?? 'float32';
  const feature = named ? features.find((each) => each.name === name) : features[place];
  return feature?.input.type ?? 'string';
}

/** As pandas reads a cell by default. */
const missing = new Set(['', 'NA', 'N/A', 'NaN', 'nan', 'null', 'NULL', 'None']);

function cellOf(text: string, type: TensorType): unknown {
  if (type === 'string') return text;
  const cell = text.trim();
  if (missing.has(cell)) return null;
  if (/^(?:true|false)$/i.test(cell)) return cell.toLowerCase() === 'true';
  if (!/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(cell)) return text;
  const number = Number(cell);
  return !Number.isSafeInteger(number) && /^[+-]?\d{1,40}$/.test(cell)
    ? BigInt(cell.replace('+', ''))
    : number;
}

/** @throws RequestError for quotes that do not end. */
function recordsOf(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let at = 0;
  while (at < text.length) {
    let cell = '';
    if (text[at] === '"') {
      const end = closingQuote(text, at + 1);
      if (end < 0) throw malformed('A quoted cell of the CSV does not end.');
      cell = text.slice(at + 1, end).replaceAll('""', '"');
      at = end + 1;
      if (at < text.length && !/[,\r\n]/.test(text[at] ?? ''))
        throw malformed('A quoted cell of the CSV goes on after its closing quote.');
    } else {
      const end = nextBreak(text, at);
      cell = text.slice(at, end);
      at = end;
    }
    record.push(cell);
    if (text[at] === ',') {
      at++;
      if (at < text.length) continue;
      record.push('');
    }
    if (text[at] === '\r') at++;
    if (text[at] === '\n') at++;
    // pandas skips blank lines, too.
    if (record.length > 1 || record[0] !== '') records.push(record);
    record = [];
  }
  return records;
}

function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from);
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at;
}

function nextBreak(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== ',' && text[at] !== '\n' && text[at] !== '\r') at++;
  return at;
}
