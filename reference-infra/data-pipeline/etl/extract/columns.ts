/** What must hold of a source's columns before any row is read. */

import { nearest } from '../../../../core/gate/index.ts';
import { quote, RunError } from '../../../../core/inputs/index.ts';
import type { ShownFile } from '../../../../core/tables/index.ts';
import { reservedColumns } from '../config/read-source.ts';
import type { Source } from '../config/types.ts';

/**
 * The columns of the first file. All files of a source have the same ones, in any order; of JSON, where a key may be left
 * out of every row, all keys of all files.
 */
export function requireSameColumns(
  source: Source,
  files: readonly ShownFile[],
  columns: readonly (readonly string[])[],
  isJson: boolean,
): readonly string[] {
  const [first = []] = columns;
  if (isJson) return [...new Set(columns.flat())];
  for (const [index, own] of columns.entries()) {
    const shown = files[index]?.shown ?? '';
    const other = files[0]?.shown ?? '';
    const lacking = first.find((name) => !own.includes(name));
    const added = own.find((name) => !first.includes(name));
    if (lacking !== undefined)
      throw new RunError(
        `source ${source.name}: ${shown} has no column ${quote(lacking)}, which ${other} has`,
      );
    if (added !== undefined)
      throw new RunError(
        `source ${source.name}: ${shown} has a column ${quote(added)}, which ${other} has not`,
      );
  }
  return first;
}

/** SQL does not tell names apart by case. */
export function refuseReserved({ name: source }: Source, names: readonly string[]): void {
  const seen = new Map<string, string>();
  for (const name of names) {
    const folded = name.toLowerCase();
    if (name.includes('\0')) throw new RunError(`source ${source}: a column's name holds a NUL character`);
    const other = seen.get(folded);
    if (other !== undefined)
      throw new RunError(
        `source ${source}: columns ${quote(other)} and ${quote(name)} differ in nothing but case, which SQL does not tell apart`,
      );
    if (reservedColumns.some((reserved) => reserved === folded))
      throw new RunError(`source ${source}: column ${quote(name)}: the pipeline itself uses this name`);
    seen.set(folded, name);
  }
}

/** Columns that `pipeline.yaml` speaks of. */
export function requireDeclared(source: Source, names: readonly string[]): void {
  const wanted = [
    ...[...source.columns.keys()].map((name) => ['columns', name] as const),
    ...(source.watermark === null ? [] : [['watermark', source.watermark.column] as const]),
  ];
  for (const [where, name] of wanted) {
    if (names.includes(name)) continue;
    const near = nearest(name, names);
    const hint = near === undefined ? '' : `; did you mean ${quote(near)}?`;
    throw new RunError(
      `pipeline.yaml:${source.line}: source ${source.name}: ${where} names ${quote(name)}, which is no column${hint}`,
    );
  }
}
