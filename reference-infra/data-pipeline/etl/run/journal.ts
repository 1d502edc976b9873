/** The journal of a run: a line for everything that is done and lasts. While it is there, the run is not finished. */

import { existsSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { Durable } from './durable.ts';
import type { BeginRecord, JournalRecord, PublishRecord, TableRecord } from './records.ts';

export const journalName = 'journal.jsonl';

export class Journal {
  readonly begin: BeginRecord;
  readonly tables = new Map<string, TableRecord>();
  publish: PublishRecord | null = null;
  private readonly path: string;
  private readonly durable: Durable;

  private constructor(path: string, durable: Durable, begin: BeginRecord) {
    this.path = path;
    this.durable = durable;
    this.begin = begin;
  }

  static start(folder: string, durable: Durable, begin: BeginRecord): Journal {
    const path = join(folder, journalName);
    durable.append(path, `${JSON.stringify(begin)}\n`);
    return new Journal(path, durable, begin);
  }

  /** The journal that a run has left; null: there is none, or none with a whole first line. */
  static read(folder: string, durable: Durable): Journal | null {
    const path = join(folder, journalName);
    if (!existsSync(path)) return null;
    const text = readFileSync(path, 'utf8');
    const end = text.lastIndexOf('\n') + 1;
    // Killed while it wrote: half a line was never said.
    if (end < text.length) truncateSync(path, Buffer.byteLength(text.slice(0, end)));
    const records = text
      .slice(0, end)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as JournalRecord);
    const [begin] = records;
    if (begin?.kind !== 'begin') return null;
    const journal = new Journal(path, durable, begin);
    for (const record of records) journal.take(record);
    return journal;
  }

  add(record: TableRecord | PublishRecord): void {
    this.durable.append(this.path, `${JSON.stringify(record)}\n`);
    this.take(record);
  }

  /** The run is finished. */
  close(): void {
    this.durable.remove(this.path);
  }

  private take(record: JournalRecord): void {
    if (record.kind === 'table') this.tables.set(record.name, record);
    if (record.kind === 'publish') this.publish = record;
  }
}
