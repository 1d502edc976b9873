/** Rows of a table on their way into the tensors of a model. */

import { nearest } from '../../../../core/gate/nearest.ts';
import { invalid, type RequestError } from '../errors.ts';
import type { InputSpec } from '../model/description.ts';
import { createData, product, type Tensor, type Tensors } from '../model/tensors.ts';
import type { Cells } from '../types.ts';
import { fillNested, fits, shapeOfNested, shapeText, writerOf } from './fill.ts';
import type { Feature, Layout } from './layout.ts';
import { explain, ValueError, type ValueRules } from './values.ts';

/** Rows as they came: arrays of cells in the order of `columns`. */
export interface Table {
  readonly rows: readonly (readonly unknown[])[];
  /** Null: by position. */
  readonly columns: readonly string[] | null;
}

export interface EncodeOptions extends ValueRules {
  /** Columns that the model does not take are left out, as MLflow does; otherwise they are refused. */
  readonly ignoreExtra: boolean;
  /** Names of columns mean nothing to a model without names: their order counts, as in MLflow. */
  readonly namesByPosition: boolean;
}

/** What goes to the model, and what the prediction log is told of it. */
export interface EncodedRows {
  readonly feeds: Tensors;
  readonly rows: number;
  /** What was sent, by column; made when asked for. */
  cells(): Cells;
}

/** @throws RequestError naming row, column and what is wanted. */
export function encodeRows(layout: Layout, table: Table, options: EncodeOptions): EncodedRows {
  const { rows } = table;
  if (rows.length === 0) throw invalid('There are no rows to predict: at least one is wanted.');
  const features = layout.features ?? freeFeatures(layout, table);
  const places = placesOf(layout, features, table, options);
  const width = table.columns?.length ?? features.length;
  rows.forEach((row, i) => {
    if (row.length !== width) throw wrongWidth(layout, features, i, row.length, width);
  });
  const feeds: Record<string, Tensor> = {};
  for (const input of layout.inputs) {
    const own = features.flatMap((feature, i) =>
      feature.input === input ? [{ feature, place: places[i] ?? 0 }] : [],
    );
    feeds[input.name] =
      layout.vector === input
        ? encodeVector(input, own, rows, options)
        : encodeColumn(input, own[0], rows, options);
  }
  return {
    feeds,
    rows: rows.length,
    cells: () => cellsOf(layout, features, places, table),
  };
}

function cellsOf(
  layout: Layout,
  features: readonly Feature[],
  places: readonly number[],
  table: Table,
): Cells {
  const { rows, columns } = table;
  const names = interned(
    layout.named || columns === null
      ? features.map((feature, i) => feature.name ?? `${feature.input.name}[${i}]`)
      : columns,
  );
  const asTheyCame =
    places.every((place, i) => place === i) && (columns === null || columns.length === places.length);
  return {
    names,
    rows: (asTheyCame ? rows : rows.map((row) => places.map((place) => row[place] ?? null))) as Cells['rows'],
  };
}

const known = new Map<string, readonly string[]>();
const mostKnown = 1000;

/** One array for the same names, so that what follows from them is worked out once. */
export function interned(names: readonly string[]): readonly string[] {
  const key = names.join('\u0000');
  const found = known.get(key);
  if (found !== undefined) return found;
  if (known.size >= mostKnown) known.clear();
  known.set(key, names);
  return names;
}

type Placed = { readonly feature: Feature; readonly place: number };

function encodeVector(
  input: InputSpec,
  placed: readonly Placed[],
  rows: Table['rows'],
  options: ValueRules,
): Tensor {
  const width = placed.length;
  const data = createData(input.type, rows.length * width);
  const write = writerOf(input.type, data, options);
  for (let row = 0; row < rows.length; row++) {
    const cells = rows[row] as readonly unknown[];
    for (const { feature, place } of placed) {
      const value = cells[place];
      try {
        if (feature.wants !== 'any') checkSignature(value, feature.wants);
        write(row * width + feature.offset, value);
      } catch (error) {
        throw placedError(error, row, feature);
      }
    }
  }
  return { type: input.type, data, dims: input.shape.length === 1 ? [rows.length] : [rows.length, width] };
}

/** One column that fills an input by itself: a value or an array a row. */
function encodeColumn(
  input: InputSpec,
  placed: Placed | undefined,
  rows: Table['rows'],
  options: ValueRules,
): Tensor {
  if (placed === undefined) throw new Error(`no column fills the input ${input.name}`);
  const { feature, place } = placed;
  const shape = feature.cellShape.length === 0 ? [] : cellShapeOf(feature, rows[0]?.[place]);
  const size = product(shape);
  const data = createData(input.type, rows.length * size);
  const write = writerOf(input.type, data, options);
  for (let row = 0; row < rows.length; row++) {
    const value = (rows[row] as readonly unknown[])[place];
    try {
      if (shape.length === 0) {
        if (feature.wants !== 'any') checkSignature(value, feature.wants);
        write(row, value);
      } else fillNested(value, shape, row * size, write);
    } catch (error) {
      throw placedError(error, row, feature);
    }
  }
  const rowDims = shape.length === 0 ? input.shape.slice(1).map(() => 1) : shape;
  return { type: input.type, data, dims: input.shape.length === 0 ? [] : [rows.length, ...rowDims] };
}

/** The shape of all cells: that of the first row, where the model leaves it free. @throws RequestError */
function cellShapeOf(feature: Feature, first: unknown): readonly number[] {
  const shape = shapeOfNested(first);
  if (fits(shape, feature.cellShape)) return shape;
  throw placedError(
    new ValueError(
      shape.length === 0 ? 'holds no array' : `holds an array of shape [${shape.join(', ')}]`,
      `an array of shape ${shapeText(feature.cellShape, false)}`,
    ),
    0,
    feature,
  );
}

function checkSignature(value: unknown, wants: 'whole' | 'boolean'): void {
  if (wants === 'boolean') {
    if (typeof value !== 'boolean' && value !== null)
      throw new ValueError(
        `holds ${String(value).slice(0, 40)}, which is not true or false`,
        'true or false (signature)',
      );
  } else if (typeof value === 'number' && !Number.isInteger(value) && !Number.isNaN(value)) {
    throw new ValueError(`holds ${value}, which is not a whole number`, 'a whole number (signature)');
  }
}

function freeFeatures(layout: Layout, table: Table): readonly Feature[] {
  const input = layout.vector;
  if (input === null) throw new Error('only a tensor of free width leaves its columns open');
  const width = table.columns?.length ?? table.rows[0]?.length ?? 0;
  if (width === 0) throw invalid('Row 0 has no values.', { row: 0 });
  return Array.from({ length: width }, (_, offset) => ({
    name: null,
    input,
    offset,
    cellShape: [],
    wants: 'any',
  }));
}

/** Where each feature stands in a row of the table. @throws RequestError */
function placesOf(
  layout: Layout,
  features: readonly Feature[],
  { columns }: Table,
  options: EncodeOptions,
): readonly number[] {
  const inOrder = features.map((_, i) => i);
  if (columns === null) return inOrder;
  const repeated = columns.find((name, i) => columns.indexOf(name) < i);
  if (repeated !== undefined)
    throw invalid(`The column \`${repeated}\` is there twice.`, { column: repeated });
  if (!layout.named) {
    if (options.namesByPosition) {
      if (columns.length === features.length) return inOrder;
      throw invalid(
        `There are ${columns.length} columns; the model's input \`${layout.vector?.name}\` takes ${features.length}.`,
        { expected: `${features.length} columns` },
      );
    }
    throw invalid(
      `The model does not name its columns: its input \`${layout.vector?.name}\` takes ${features.length} values a row. ` +
        'Send each row as an array in the order of training, or start the service with FEATURE_NAMES.',
      { expected: `arrays of ${features.length} values` },
    );
  }
  const names = features.map((feature) => feature.name ?? '');
  const missing = names.filter((name) => !columns.includes(name));
  const extra = columns.filter((name) => !names.includes(name));
  const [first] = missing;
  if (first !== undefined) {
    const near = nearest(first, extra);
    const hint = near === undefined ? '' : ` Is \`${near}\` meant?`;
    throw invalid(
      `${missing.length === 1 ? 'The column' : 'The columns'} ${list(missing)} ${missing.length === 1 ? 'is' : 'are'} missing; the model takes ${list(names)}.${hint}`,
      {
        column: first,
        expected: names.join(', '),
      },
    );
  }
  const [unknown] = extra;
  if (unknown !== undefined && !options.ignoreExtra) {
    throw invalid(
      `The model does not take ${extra.length === 1 ? 'the column' : 'the columns'} ${list(extra)}; it takes ${list(names)}.`,
      {
        column: unknown,
        expected: names.join(', '),
      },
    );
  }
  return names.map((name) => columns.indexOf(name));
}

function wrongWidth(
  layout: Layout,
  features: readonly Feature[],
  row: number,
  found: number,
  wanted: number,
): RequestError {
  const names = layout.named ? ` (${list(features.map((feature) => feature.name ?? ''))})` : '';
  return invalid(
    `Row ${row} has ${found} values, and ${wanted} ${wanted === 1 ? 'is' : 'are'} wanted${names}.`,
    {
      row,
      expected: `${wanted} values`,
    },
  );
}

function placedError(error: unknown, row: number, feature: Feature): unknown {
  if (!(error instanceof ValueError)) return error;
  const column = feature.name ?? `${feature.input.name}[${feature.offset}]`;
  return invalid(`Row ${row}, column \`${column}\` ${explain(error)}.`, {
    row,
    column,
    expected: error.expected,
  });
}

function list(names: readonly string[]): string {
  const quoted = names.slice(0, 20).map((name) => `\`${name.slice(0, 60)}\``);
  return names.length > 20 ? `${quoted.join(', ')} and ${names.length - 20} more` : quoted.join(', ');
}
