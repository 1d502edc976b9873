/** The words of inference. */

/** Rows of one file, by batches, as `readRows` of core/tables gives them. */
export interface RowSource {
  /** `text`: CSV and TSV, each cell a text and missing ones absent; `values`: JSON values, Parquet and Arrow alike. */
  readonly cells: 'text' | 'values';
  /** In the order of the file; null where a file does not name its columns beforehand: JSON, JSON Lines. */
  readonly columns: readonly string[] | null;
  readonly batches: AsyncIterable<{ readonly rows: readonly Readonly<Record<string, unknown>>[] }>;
}

export type SchemaValue =
  | null
  | boolean
  | number
  | string
  | readonly SchemaValue[]
  | { readonly [key: string]: SchemaValue };

export interface Schema {
  readonly [key: string]: SchemaValue;
}

export interface Inferred {
  /** JSON Schema, draft 2020-12, of one row. */
  readonly schema: Schema;
  readonly rows: number;
  /** What a person should know about the schema: at most some dozens of sentences. */
  readonly notes: readonly string[];
}
