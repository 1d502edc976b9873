/** The rows of a CSV file as JSON values. */

import { type RowBatch, RowBuilder, RowCollector } from '../row-collector.ts';
import { ascii, cell, classifyCell } from './cell.ts';
import type { CsvFile } from './file.ts';
import { nullTest } from './nulls.ts';
import { parseNumber } from './number.ts';
import { CsvPass, type OnRow } from './pass.ts';
import { fieldForm, fieldText } from './scanner.ts';

/** `asText`: every cell that is there stays text. */
export async function* csvRows(file: CsvFile, asText: boolean): AsyncGenerator<RowBatch> {
  const collector = new RowCollector(true);
  const isNull = nullTest(file.nulls, file.quote);
  let names: readonly string[] = [];
  let textColumns: readonly boolean[] = [];
  const onRow: OnRow = (scanner, bytes, row) => {
    if (names.length === 0) {
      names = pass.header?.names ?? [];
      textColumns = names.map((name) => asText || file.textColumns.has(name));
    }
    const { starts, ends, forms, count } = scanner;
    const builder = new RowBuilder();
    for (let i = 0; i < count; i += 1) {
      const start = starts[i] as number;
      const end = ends[i] as number;
      const form = forms[i] as number;
      if (start === end || isNull?.(bytes, start, end, form) === true) continue;
      const isText = textColumns[i] === true || form === fieldForm.escaped;
      const kind = isText ? cell.text : classifyCell(bytes, start, end);
      const name = names[i] as string;
      if (kind === cell.text) builder.set(name, fieldText(bytes, start, end, form, file.quote));
      else if (kind === cell.boolean) builder.set(name, end - start === 4);
      else if (kind === cell.wideDigits) builder.setDigits(name, ascii(bytes, start, end));
      else builder.set(name, parseNumber(bytes, start, end));
    }
    collector.add(builder.row, row, scanner.recordLine, builder.exact);
  };
  const pass: CsvPass = new CsvPass(file, onRow);
  for await (const _ of pass.windows()) yield* collector.take();
  yield* collector.take(true);
}
