/** The file of an earlier run, as something that checks are measured against. */

import { readFileSync } from 'node:fs';
import { type Check, type Measurement, parseResult } from '../../../core/gate/index.ts';
import { RunError } from '../../../core/inputs/index.ts';
import type { ShownFile } from '../../../core/tables/index.ts';
import type { StoredRecord } from '../types.ts';
import { type CurrentRun, obstacles, remarks } from './comparable.ts';
import { measureStored, type StoredOptions } from './compare.ts';
import { readStored, type StoredRun } from './record.ts';

export interface Stored {
  /** For `details.stored`. */
  readonly record: StoredRecord;
  /** Of a check with a bound over the baseline; inconclusive with the reasons where the runs are not comparable. */
  readonly measure: (check: Check, options: StoredOptions) => Measurement;
}

/**
 * Reads the file before the load, so that one that is missing or no result costs no run.
 *
 * @throws RunError
 */
export function openStored({ path, shown }: ShownFile): StoredRun {
  const where = `baseline-path: ${shown}`;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new RunError(
      `${where}: ${code === 'ENOENT' ? 'there is no such file' : `cannot be read (${code})`}`,
    );
  }
  const parsed = parseResult(text, where);
  if (!parsed.ok) throw new RunError(parsed.message);
  const reading = readStored(parsed.result);
  if (!reading.ok) throw new RunError(`${where} ${reading.message}`);
  return reading.run;
}

export function storedComparison(run: StoredRun, { shown }: ShownFile, current: CurrentRun): Stored {
  const against = obstacles(run, current);
  const comparable = against.length === 0;
  return {
    record: {
      path: shown,
      finished_at: run.finishedAt,
      comparable,
      remarks: comparable ? remarks(run, current) : against,
    },
    measure: (check, options) => {
      if (comparable) return measureStored(check, run, options);
      const reason = `the earlier run is not comparable: ${against.join('; ')}`;
      const { metric, selector, confidence } = check;
      return {
        metric,
        selector,
        estimate: options.estimate(check, confidence ?? options.level),
        baseline: { defined: false, reason, n: 0 },
        contrast: null,
        inconclusive: reason,
      };
    },
  };
}
