/**
 * A run over Parquet files alone, most of whose work the engine does: it finds the rows that are not surely valid, which
 * become values and go to the threads, and describes the columns.
 */

import { type ParquetColumn, ParquetFiles, sqlText } from '../../../../core/tables/index.ts';
import { ColumnAccumulator, type DescribedColumn } from '../../profile/column.ts';
import type { LoadedSchema } from '../../schema/index.ts';
import { profileLimit } from '../../types.ts';
import { type BlockFile, type BlockOptions, notesOf, type RawBlock } from '../blocks.ts';
import { valueBlock } from '../value-blocks.ts';
import { enginePattern } from './engine-pattern.ts';
import { storedCell } from './stored-cell.ts';
import { describeStored, type StoredColumn } from './stored-column.ts';
import { sureRow } from './sure-rows.ts';

export class ParquetScan {
  private readonly files: ParquetFiles;
  private readonly schema: LoadedSchema | null;
  private readonly columns: ReadonlyMap<string, StoredColumn>;
  /** Patterns of the schema as the engine runs them, by source. */
  private readonly expressions: ReadonlyMap<string, string>;

  private constructor(
    files: ParquetFiles,
    schema: LoadedSchema | null,
    columns: ReadonlyMap<string, StoredColumn>,
    expressions: ReadonlyMap<string, string>,
  ) {
    this.files = files;
    this.schema = schema;
    this.columns = columns;
    this.expressions = expressions;
  }

  /**
   * Null: a column has a type that is not known here, or types that differ from file to file; the threads describe
   * values of any type. @throws RunError for a file that cannot be read
   */
  static async open(paths: readonly string[], schema: LoadedSchema | null): Promise<ParquetScan | null> {
    const files = await ParquetFiles.open(paths);
    try {
      const columns = columnsOf(files);
      if (columns !== null) {
        return new ParquetScan(files, schema, columns, await expressionsOf(files, schema?.patterns ?? []));
      }
    } catch (error) {
      await files.close();
      throw error;
    }
    await files.close();
    return null;
  }

  /** The file's blocks, less the rows that are surely valid. */
  async openBlocks(options: BlockOptions, file: number): Promise<BlockFile> {
    const { schema } = this;
    const columns = this.files.columns[file] ?? [];
    const names = columns.map(({ name }) => name);
    const { rows, notes, rowGroups } = await this.files.describe(file);
    const sure = schema === null ? 'true' : this.sureRow(schema, columns);
    return {
      layout: { kind: 'values', columns: names, profiled: false },
      columns: names,
      notes: [...notesOf(options), ...notes],
      rowGroups,
      rows,
      blocks: this.candidates(file, names, sure),
    };
  }

  /** What the columns look like, in the order of `names`; beyond the limit they are not described. */
  async describe(names: Iterable<string>): Promise<Map<string, DescribedColumn>> {
    const described = new Map<string, DescribedColumn>();
    for (const name of names) {
      const column = described.size < profileLimit ? this.columns.get(name) : undefined;
      described.set(
        name,
        column === undefined ? new ColumnAccumulator() : await describeStored(this.files, column),
      );
    }
    return described;
  }

  async close(): Promise<void> {
    await this.files.close();
  }

  private sureRow(schema: LoadedSchema, columns: readonly ParquetColumn[]): string | null {
    return sureRow({
      plan: schema.plan,
      columns,
      isNullable: (column) => schema.cellTypes(column).null,
      expressionOf: (source) => this.expressions.get(source) ?? null,
    });
  }

  /** Rows where `sure` does not hold; null: all rows. */
  private async *candidates(
    file: number,
    names: readonly string[],
    sure: string | null,
  ): AsyncGenerator<RawBlock> {
    if (sure === 'true') return;
    const condition = sure === null ? 'true' : `NOT (${sure})`;
    for await (const batch of this.files.rowsWhere(file, condition)) {
      const { firstRow, rowNumbers, rows } = batch;
      const numbers = rowNumbers ?? Float64Array.from(rows, (_, index) => firstRow + index);
      yield { ...valueBlock(batch, names), numbers };
    }
  }
}

/** Null: some column cannot be described by the engine. */
function columnsOf(files: ParquetFiles): Map<string, StoredColumn> | null {
  const columns = new Map<string, StoredColumn>();
  for (const set of files.sets) {
    const from = files.from(set);
    for (const { name, ref, type } of files.columns[set[0] ?? 0] ?? []) {
      const { kind } = storedCell(type, ref);
      const known = columns.get(name);
      const isSame = known === undefined || (kind === 'number' ? known.kind === kind : known.type === type);
      if (kind === 'unknown' || !isSame) return null;
      columns.set(name, { kind, type, places: [...(known?.places ?? []), { from, ref, type }] });
    }
  }
  return columns;
}

/** Of each pattern that the engine surely reads as JavaScript does, and can run. */
async function expressionsOf(files: ParquetFiles, patterns: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const source of patterns) {
    const expression = enginePattern(source);
    if (expression === null) continue;
    try {
      await files.rows(`SELECT regexp_matches('', ${sqlText(expression)})`);
      found.set(source, expression);
    } catch {
      // Too large for the engine: the rows of the column go before ajv.
    }
  }
  return found;
}
