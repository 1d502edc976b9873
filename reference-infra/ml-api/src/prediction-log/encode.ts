/** Rows as JSON text that PostgreSQL's jsonb and every reader of JSON lines take. */

import type { Cell, Cells, PredictionEntry } from '../types.ts';
import { isArray, type Slice } from './ring.ts';

/** Arrays up to this many numbers become columns of their own in a file. */
const widestArray = 100;

/**
 * NaN and infinity, which JSON does not have, are null. NUL characters and lone surrogates, which jsonb refuses, are
 * the replacement character U+FFFD. Whole numbers keep their digits.
 */
export function cellText(cell: Cell): string {
  if (cell === null) return 'null';
  switch (typeof cell) {
    case 'number':
      return Number.isFinite(cell) ? String(cell) : 'null';
    case 'string':
      return stringText(cell);
    case 'bigint':
    case 'boolean':
      return String(cell);
    default:
      return isArray(cell) ? `[${cell.map(cellText).join(',')}]` : 'null';
  }
}

function stringText(text: string): string {
  // Most texts have nothing of the kind, and looking is quicker than making anew.
  const clean = text.isWellFormed() && !text.includes('\u0000');
  return JSON.stringify(clean ? text : text.toWellFormed().replaceAll('\u0000', '\uFFFD'));
}

/** One object a row, as the table has its columns: `inputs` and `outputs` are objects. `makeId` gives the key of a row. */
export function tableRows({ entry, from, to }: Slice, makeId: (time: Date) => string): string[] {
  let facts = '';
  for (const [name, text] of factsOf(entry)) facts += `,"${name}":${text}`;
  const rows: string[] = [];
  for (let row = from; row < to; row++) {
    const head = `{"id":"${makeId(entry.time)}","row_index":${row}${facts}`;
    rows.push(
      `${head},"inputs":${objectText(entry.inputs, row)},"outputs":${objectText(entry.outputs, row)}}`,
    );
  }
  return rows;
}

/**
 * One object a row without objects in it, for tools that read tables: a column for each input, then `prediction` and
 * the other outputs, then what is known of the request. An array of up to 100 values becomes `name_0`, `name_1`, …;
 * `prediction` is the first output that is a single value. A name that is taken already gets a `_` before it.
 */
export function flatRows({ entry, from, to }: Slice): string[] {
  const { members, index, factKeys } = planOf(entry);
  let facts = '';
  for (const [i, [, text]] of factsOf(entry).entries()) facts += `,${factKeys[i]}${text}`;
  const rows: string[] = [];
  for (let row = from; row < to; row++) {
    const inputs = entry.inputs.rows[row] ?? [];
    const outputs = entry.outputs.rows[row] ?? [];
    let text = '{';
    for (let i = 0; i < members.length; i++) {
      const { key, side, column, leaf } = members[i] as FlatMember;
      const cell = (side === 'inputs' ? inputs : outputs)[column] ?? null;
      text += `${key}${cellText(leaf === null ? cell : leafOf(cell, leaf))},`;
    }
    rows.push(`${text}${index}${row}${facts}}`);
  }
  return rows;
}

function factsOf(entry: PredictionEntry): [name: string, text: string][] {
  return [
    ['time', stringText(entry.time.toISOString())],
    ['request_id', stringText(entry.requestId)],
    ['trace_id', stringText(entry.traceId)],
    ['model', stringText(entry.model)],
    ['version', stringText(entry.version)],
    ['route', stringText(entry.route)],
    ['latency_ms', cellText(entry.latencyMs)],
  ];
}

/** A column of a file: where its values are in an entry. */
interface FlatMember {
  /** `"age":` */
  readonly key: string;
  readonly side: 'inputs' | 'outputs';
  /** Its place in a row. */
  readonly column: number;
  /** Which of an array's values; null: the cell itself. */
  readonly leaf: number | null;
}

interface FlatPlan {
  readonly members: readonly FlatMember[];
  /** `"row_index":` */
  readonly index: string;
  /** Of `factsOf`, in its order. */
  readonly factKeys: readonly string[];
}

interface WideColumn {
  readonly side: FlatMember['side'];
  readonly column: number;
  readonly name: string;
  /** Values of its widest cell; null: single values. */
  readonly width: number | null;
}

/** By the names of the inputs, which are one array for nearly all requests to a model; then by all else that it needs. */
const plans = new WeakMap<readonly string[], Map<string, FlatPlan>>();
const mostPlans = 100;

function planOf(entry: PredictionEntry): FlatPlan {
  const { inputs, outputs } = entry;
  const shape = `${outputs.names.join('\u0000')}\u0000${widthsText(inputs)}|${widthsText(outputs)}`;
  const known = plans.get(inputs.names) ?? new Map<string, FlatPlan>();
  let plan = known.get(shape);
  if (plan === undefined) {
    plan = makePlan(entry);
    if (known.size >= mostPlans) known.clear();
    known.set(shape, plan);
    plans.set(inputs.names, known);
  }
  return plan;
}

/** Columns of arrays, with the values of the widest: `7:10;`. */
function widthsText(cells: Cells): string {
  let text = '';
  for (let column = 0; column < cells.names.length; column++) {
    const width = widthOf(cells, column);
    if (width !== null) text += `${column}:${width};`;
  }
  return text;
}

function wideColumns(entry: PredictionEntry, side: FlatMember['side']): WideColumn[] {
  return entry[side].names.map((name, column) => ({
    side,
    column,
    name,
    width: widthOf(entry[side], column),
  }));
}

function makePlan(entry: PredictionEntry): FlatPlan {
  const taken = new Set<string>();
  const inputs = wideColumns(entry, 'inputs');
  // Columns that are single values keep their names, whatever the arrays are called.
  for (const { name, width } of inputs) if (width === null) taken.add(name);
  const members = [
    ...inputs.flatMap((column) =>
      column.width === null
        ? [{ key: keyOf(column.name), side: column.side, column: column.column, leaf: null }]
        : spread(column, column.width, taken),
    ),
    ...flatOutputs(wideColumns(entry, 'outputs'), taken),
  ];
  const factKeys = factsOf(entry).map(([name]) => keyOf(freeName(name, taken)));
  return { members, index: keyOf(freeName('row_index', taken)), factKeys };
}

function flatOutputs(columns: readonly WideColumn[], taken: Set<string>): FlatMember[] {
  // Regressors answer with one number in an array.
  const isSingle = ({ width }: WideColumn): boolean => width === null || width === 1;
  const predicted = columns.find(isSingle);
  const ordered = predicted === undefined ? columns : [predicted, ...columns.filter((c) => c !== predicted)];
  return ordered.flatMap((wide) => {
    const { side, column, name, width } = wide;
    if (width !== null && width !== 1) return spread(wide, width, taken);
    const key = keyOf(freeName(wide === predicted ? 'prediction' : name, taken));
    return [{ key, side, column, leaf: width === null ? null : 0 }];
  });
}

function spread({ side, column, name }: WideColumn, width: number, taken: Set<string>): FlatMember[] {
  if (width > widestArray) return [{ key: keyOf(freeName(name, taken)), side, column, leaf: null }];
  return Array.from({ length: width }, (_, leaf) => ({
    key: keyOf(freeName(`${name}_${leaf}`, taken)),
    side,
    column,
    leaf,
  }));
}

/** Values of the widest cell; null: none is an array. */
function widthOf({ rows }: Cells, column: number): number | null {
  let widest: number | null = null;
  for (const row of rows) {
    const cell = row[column] ?? null;
    if (isArray(cell)) widest = Math.max(widest ?? 0, leaves(cell).length);
  }
  return widest;
}

function leafOf(cell: Cell, index: number): Cell {
  if (isArray(cell)) return leaves(cell)[index] ?? null;
  return index === 0 ? cell : null;
}

function leaves(cell: Cell): readonly Cell[] {
  if (!isArray(cell)) return [cell];
  return cell.some(isArray) ? cell.flatMap(leaves) : cell;
}

function objectText({ names, rows }: Cells, row: number): string {
  const cells = rows[row] ?? [];
  let text = '{';
  for (let column = 0; column < names.length; column++) {
    text += `${column === 0 ? '' : ','}${keyOf(names[column] as string)}${cellText(cells[column] ?? null)}`;
  }
  return `${text}}`;
}

/** Names are few and come with every row. */
const keys = new Map<string, string>();
const mostKeys = 10_000;

function keyOf(name: string): string {
  let key = keys.get(name);
  if (key === undefined) {
    key = `${stringText(name)}:`;
    if (keys.size >= mostKeys) keys.clear();
    keys.set(name, key);
  }
  return key;
}

function freeName(name: string, taken: Set<string>): string {
  let free = name;
  while (taken.has(free)) free = `_${free}`;
  taken.add(free);
  return free;
}
