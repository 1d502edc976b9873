/** The rows of a JSON or JSONL file as JSON.parse gives them. */

import { type RowBatch, RowCollector } from '../row-collector.ts';
import { BrokenLines, type JsonFile, readObjects } from './objects.ts';
import { parseRow } from './value.ts';

export async function* jsonRows(file: JsonFile): AsyncGenerator<RowBatch> {
  const collector = new RowCollector(true);
  const broken = new BrokenLines(file);
  const read = readObjects(file, undefined, (text, line, _offset, number) => {
    const parsed = broken.read(parseRow, line, text);
    if (parsed !== undefined) collector.add(parsed.row, number, line, parsed.exact);
  });
  for await (const _ of read) yield* collector.take();
  yield* collector.take(true);
}
