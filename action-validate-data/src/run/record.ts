/** From what a thread found to a line of the violations file. */

import type { Found } from '../pass/protocol.ts';
import type { DataFile } from '../pass/run-pass.ts';
import type { Violation } from '../types.ts';
import type { ViolationSink } from '../violations/sink.ts';

/** Row group of a row (both from 0), by the first rows of all groups. */
export function groupOf(firsts: Float64Array, row: number): number {
  let low = 0;
  let high = firsts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((firsts[middle] as number) <= row) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** `rowGroups` of each file are known once it is open. */
export function passRecorder(
  sink: ViolationSink,
  files: readonly DataFile[],
): (file: number, row: number, found: Found, rowGroups: Float64Array | null) => void {
  return (file, row, found, rowGroups) => {
    const violation: Violation = {
      file: files[file]?.shown ?? '',
      line: found.line,
      row: row + 1,
      ...(rowGroups === null ? {} : { row_group: groupOf(rowGroups, row) }),
      column: found.column,
      rule: found.rule,
      value: found.value,
      message: found.message,
      fingerprint: found.fingerprint,
    };
    sink.add(violation, found.origin, 'fail', found.cells);
  };
}
