/** From where a source lies to a relation that the engine can read. */

import type { ShownFile } from '../../../../core/tables/index.ts';
import type { EngineColumn } from '../engine/engine.ts';

/**
 * A source that was looked at: its columns are known, and `relation` has them under their names, with `_file` (index
 * into `files`, from 0), `_row` (from 0 in its file) and `_bad` (JSON text of reasons, or NULL), once `load` has run.
 */
export interface OpenedSource {
  readonly files: readonly ShownFile[];
  readonly columns: readonly EngineColumn[];
  /** What the reader decided, in words. */
  readonly notes: readonly string[];
  /** Makes the relation; gives its name. */
  load(onRows: (rows: number) => void): Promise<string>;
  /** Whether rows were left out of the relation because they are no rows: fields too many or too few, no JSON object. */
  readonly hasBroken: boolean;
  /** Physical line, from 1, of each row (from 0, ascending) of a file; null where the format has none. */
  linesOf(file: number, rows: Float64Array): Promise<Float64Array | null>;
  /** SHA-256 of what a database sent; left out: of files. */
  readonly digest?: () => string | null;
  close(): Promise<void>;
}
