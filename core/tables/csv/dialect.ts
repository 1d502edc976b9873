/** Which delimiter a file uses, and what its header says. */

import { RunError } from '../../inputs/errors.ts';
import { cell, classifyCell } from './cell.ts';
import { CsvScanner } from './scanner.ts';

const candidates = [',', ';', '\t', '|'] as const;
const sampleRecords = 1000;

export interface Dialect {
  readonly delimiter: string;
  readonly note: string | undefined;
}

/**
 * The delimiter that splits the sampled records into the same number of fields, two or more, as the header;
 * with several, the one that gives most. When none does, the one that splits the header most, so that the
 * ragged row is reported by the delimiter that was meant.
 */
export function detectDelimiter(bytes: Buffer, end: number, last: boolean, quote = 34): Dialect {
  const trials = candidates
    .filter((delimiter) => delimiter.charCodeAt(0) !== quote)
    .map((delimiter) => ({ delimiter, ...tryDelimiter(bytes, end, last, delimiter, quote) }));
  const even = trials.filter((trial) => trial.even && trial.width > 1);
  const pool = even.length > 0 ? even : trials;
  const best = pool.reduce((most, trial) => (trial.width > most.width ? trial : most));
  const name = delimiterName(best.delimiter);
  const others = even.filter((trial) => trial !== best).map((trial) => delimiterName(trial.delimiter));
  if (others.length > 0) {
    return {
      delimiter: best.delimiter,
      note: `delimiter ${name} (${others.join(' and ')} would also split every row evenly)`,
    };
  }
  return { delimiter: best.delimiter, note: best.delimiter === ',' ? undefined : `delimiter ${name}` };
}

function delimiterName(delimiter: string): string {
  return delimiter === '\t' ? 'tab' : `\`${delimiter}\``;
}

function tryDelimiter(bytes: Buffer, end: number, last: boolean, delimiter: string, quote: number) {
  let width = 0;
  let even = true;
  let seen = 0;
  const onRecord = (): void => {
    if (scanner.isBlank || seen >= sampleRecords) return;
    seen += 1;
    if (width === 0) width = scanner.count;
    else if (scanner.count !== width) even = false;
  };
  const scanner: CsvScanner = new CsvScanner('', delimiter.charCodeAt(0), onRecord, 1, quote);
  try {
    scanner.scan(bytes, 0, end, last);
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    even = false;
  }
  return { width, even };
}

export interface Header {
  readonly names: readonly string[];
  readonly notes: readonly string[];
}

/** For a file without a header: column_1, column_2, … */
export function numberedHeader(width: number): Header {
  return { names: Array.from({ length: width }, (_, index) => `column_${index + 1}`), notes: [] };
}

/** Excel's line before the header that names the delimiter: other readers take it for the header. */
export function refuseSeparatorLine(
  path: string,
  line: number,
  cells: readonly string[],
  hasOptions: boolean,
): void {
  const [first = '', second] = cells;
  const found = cells.length === 1 ? /^sep=(.?)$/i.exec(first) : null;
  if (found === null && !(cells.length === 2 && /^sep=$/i.test(first) && second === '')) return;
  const option = hasOptions ? ', and say delimiter= in csv-options if it is not detected' : '';
  throw new RunError(
    `${path}:${line}: \`sep=\` is a line for Excel, not a header; remove it from the file${option}`,
  );
}

/** A longer one is no name, and would stand in every message and report. */
const longestName = 10_000;

/**
 * Checks the header's names. Empty ones (a data frame's index) are named by their place, and that is noted.
 * `hasOptions`: the user has `csv-options` to answer with.
 */
export function readHeader(path: string, line: number, cells: readonly string[], hasOptions = false): Header {
  refuseSeparatorLine(path, line, cells, hasOptions);
  const notes: string[] = [];
  const names = cells.map((name, index) => {
    if (name !== '') return name;
    notes.push(`column ${index + 1} has no name in the header; it is called column_${index + 1}`);
    return `column_${index + 1}`;
  });
  const places = new Map<string, number>();
  for (const [index, name] of names.entries()) {
    if (name.length > longestName) {
      const length = name.length.toLocaleString('en-US');
      throw new RunError(
        `${path}:${line}: column ${index + 1} has a name of ${length} characters; is a quote not closed, or the delimiter another one?`,
      );
    }
    const first = places.get(name);
    if (first !== undefined) {
      const shown = JSON.stringify(name);
      throw new RunError(`${path}:${line}: columns ${first + 1} and ${index + 1} are both called ${shown}`);
    }
    places.set(name, index);
  }
  if (names.some(isNumber) && !names.every((name, index) => name === String(index))) {
    notes.push(
      hasOptions
        ? 'the header holds numbers: if the first line is data, say header=false in csv-options'
        : 'the header holds numbers: is the first line data? A header is required',
    );
  }
  return { names, notes };
}

function isNumber(text: string): boolean {
  const bytes = Buffer.from(text);
  return (classifyCell(bytes, 0, bytes.length) & (cell.text | cell.boolean)) === 0 && bytes.length > 0;
}
