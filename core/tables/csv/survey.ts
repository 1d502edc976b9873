/** The first pass over a CSV file: its structure is checked, its rows counted, the kinds of its columns decided. */

import type { RowIndex } from '../row-index.ts';
import type { Column } from '../types.ts';
import { cell, classifyCell, kindOfCells } from './cell.ts';
import type { CsvFile } from './file.ts';
import { ColumnLooks, fewNotes, looksAtBytes, looksAtRows } from './looks.ts';
import { nullTest } from './nulls.ts';
import { CsvPass, type OnRow } from './pass.ts';
import { fieldForm, fieldText } from './scanner.ts';

export interface CsvSurvey {
  readonly delimiter: number;
  readonly columns: readonly Column[];
  readonly notes: readonly string[];
  /** With as many fields as the header. */
  readonly rows: number;
  /** All of them. */
  readonly records: number;
  readonly index: RowIndex;
}

export async function surveyCsv(file: CsvFile): Promise<CsvSurvey> {
  const cells = new Cells(file);
  const pass = new CsvPass(file, cells.onRow);
  for await (const _ of pass.windows());
  const notes: string[] = [];
  const looks: string[] = [];
  const columns = (pass.header?.names ?? []).map((name, index): Column => {
    if (file.textColumns.has(name)) return { name, kind: 'string', cellShape: [] };
    const seen = cells.seen[index] ?? cell.missing;
    const kind = kindOfCells(seen);
    const shown = JSON.stringify(name);
    if (seen === cell.missing && pass.rows > 0)
      notes.push(`column ${shown} has no values; it is read as text`);
    if (kind === 'number' && (seen & cell.wideDigits) !== 0) {
      notes.push(`column ${shown} mixes fractions with whole numbers beyond 2^53, which are rounded`);
    }
    const look = kind === 'string' ? cells.looks[index]?.note(name, file.hasOptions) : undefined;
    if (look !== undefined) looks.push(look);
    return { name, kind, cellShape: [] };
  });
  return {
    delimiter: pass.delimiter,
    columns,
    notes: [...pass.notes, ...notes, ...fewNotes(looks)],
    rows: pass.rows,
    records: pass.records,
    index: pass.index,
  };
}

/** Classes of the cells of each column. */
class Cells {
  seen = new Uint8Array(0);
  looks: ColumnLooks[] = [];
  readonly onRow: OnRow;

  constructor(file: CsvFile) {
    const isNull = nullTest(file.nulls, file.quote);
    const { sink } = file;
    this.onRow = (scanner, bytes, row) => {
      const { starts, ends, forms, count } = scanner;
      if (this.seen.length !== count) {
        this.seen = new Uint8Array(count);
        this.looks = Array.from({ length: count }, () => new ColumnLooks());
      }
      const { seen } = this;
      const looking = row < looksAtRows;
      for (let i = 0; i < count; i += 1) {
        const known = seen[i] as number;
        const isKnown = known >= cell.text && !looking;
        if (isKnown && sink === undefined) continue;
        const start = starts[i] as number;
        const end = ends[i] as number;
        const form = forms[i] as number;
        if (isNull?.(bytes, start, end, form) === true) {
          sink?.add(i, cell.missing, bytes, start, end, form);
          continue;
        }
        const kind =
          isKnown || form === fieldForm.escaped
            ? start === end
              ? cell.missing
              : cell.text
            : classifyCell(bytes, start, end);
        sink?.add(i, kind, bytes, start, end, form);
        if (isKnown) continue;
        seen[i] = known | kind;
        if (!looking || kind === cell.missing) continue;
        const looks = this.looks[i] as ColumnLooks;
        if (kind !== cell.text) looks.addValue(kind);
        else {
          const head = Math.min(end, start + looksAtBytes);
          looks.addText(fieldText(bytes, start, head, form, file.quote), scanner.recordLine);
        }
      }
    };
  }
}
