/** Where violations go: every one into the file, their counts and the first few of each rule into memory. */

import { closeSync, openSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import { DistinctCounter } from '../profile/distinct.ts';
import { hashBytes } from '../profile/hashing.ts';
import { type Example, examplesPerGroup, groupLimit, type Violation, type ViolationGroup } from '../types.ts';
import { unwritable } from './unwritable.ts';

const bufferSize = 1 << 16;
/** Different rules and columns that are counted one by one; of more, only how many there are. */
const mostGroups = 20_000;

interface OpenGroup {
  readonly column: string | null;
  readonly rule: string;
  readonly origin: ViolationGroup['origin'];
  severity: ViolationGroup['severity'];
  rows: number;
  readonly examples: Example[];
}

/** Lines in the file: some 4 GB. More are counted. */
const mostLines = 10_000_000;

export class ViolationSink {
  readonly path: string;
  total = 0;
  private readonly descriptor: number;
  private readonly mostLines: number;
  private readonly groups = new Map<string, OpenGroup>();
  private readonly beyond = new DistinctCounter();
  private pending: string[] = [];
  private pendingSize = 0;
  private readonly perColumn = new Map<string, number>();

  /** The file must not exist: a link in a checkout is not followed. */
  constructor(path: string, most = mostLines) {
    this.path = path;
    this.mostLines = most;
    try {
      this.descriptor = openSync(path, 'wx');
    } catch (error) {
      throw unwritable(basename(path), error);
    }
  }

  add(
    violation: Violation,
    origin: ViolationGroup['origin'],
    severity: ViolationGroup['severity'],
    cells: Example['cells'] | null,
  ): void {
    this.total += 1;
    if (this.total <= this.mostLines) this.write(violation);
    const { column, rule } = violation;
    const key = JSON.stringify([origin, column, rule]);
    let group = this.groups.get(key);
    if (group === undefined) {
      if (this.groups.size >= mostGroups) {
        const bytes = Buffer.from(key);
        this.beyond.add(hashBytes(bytes, 0, bytes.length));
        return;
      }
      group = { column, rule, origin, severity, rows: 0, examples: [] };
      this.groups.set(key, group);
    }
    group.rows += 1;
    if (severity === 'fail') group.severity = 'fail';
    if (group.examples.length < examplesPerGroup) group.examples.push({ ...violation, cells: cells ?? [] });
    if (column !== null) this.perColumn.set(column, (this.perColumn.get(column) ?? 0) + 1);
  }

  /** The groups that fail first, those with the most rows first. */
  read(): { groups: ViolationGroup[]; groupsLeft: number } {
    const all = [...this.groups.values()].sort(
      (a, b) => Number(a.severity === 'warn') - Number(b.severity === 'warn') || b.rows - a.rows,
    );
    return {
      groups: all.slice(0, groupLimit),
      groupsLeft: Math.max(0, all.length - groupLimit) + this.beyond.count().count,
    };
  }

  /** Violations that are counted, but do not stand in the file. */
  get left(): number {
    return Math.max(0, this.total - this.mostLines);
  }

  ofColumn(column: string): number {
    return this.perColumn.get(column) ?? 0;
  }

  /** @throws RunError when the disk takes no more. */
  flush(): void {
    if (this.pendingSize === 0) return;
    const bytes = Buffer.from(this.pending.join(''));
    this.pending = [];
    this.pendingSize = 0;
    try {
      // A disk that is nearly full takes a part.
      for (let at = 0; at < bytes.length; ) at += writeSync(this.descriptor, bytes, at);
    } catch (error) {
      throw unwritable(basename(this.path), error);
    }
  }

  close(): void {
    try {
      this.flush();
    } finally {
      closeSync(this.descriptor);
    }
  }

  private write(violation: Violation): void {
    const line = `${JSON.stringify(violation)}\n`;
    this.pending.push(line);
    this.pendingSize += line.length;
    if (this.pendingSize > bufferSize) this.flush();
  }
}
