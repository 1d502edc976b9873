/** Rows as JSON text that PostgreSQL's jsonb and every reader of JSON lines take. */

import type { Cell, PredictionEntry } from '../types.ts';
import { isArray, type Slice } from './ring.ts';

/** A member of an object of each row: its key, and the values of all rows. */
interface Member {
  /** `"age":` */
  readonly key: string;
  readonly cells: readonly Cell[];
}

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
  const inputs = membersOf(entry.inputs);
  const outputs = membersOf(entry.outputs);
  const rows: string[] = [];
  for (let row = from; row < to; row++) {
    const head = `{"id":"${makeId(entry.time)}","row_index":${row}${facts}`;
    rows.push(`${head},"inputs":{${rowText(inputs, row)}},"outputs":{${rowText(outputs, row)}}}`);
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
  const columns = members.map(({ side, name }) => entry[side][name] ?? []);
  let facts = '';
  for (const [i, [, text]] of factsOf(entry).entries()) facts += `,${factKeys[i]}${text}`;
  const rows: string[] = [];
  for (let row = from; row < to; row++) {
    let text = '{';
    for (let i = 0; i < members.length; i++) {
      const { key, leaf } = members[i] as FlatMember;
      const cell = columns[i]?.[row] ?? null;
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
  readonly name: string;
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
  readonly name: string;
  /** Values of its widest cell; null: single values. */
  readonly width: number | null;
}

/** By the names and widths of the columns, which are the same for nearly all requests to a model. */
const plans = new Map<string, FlatPlan>();
const mostPlans = 100;

function planOf(entry: PredictionEntry): FlatPlan {
  const columns = [...wideColumns(entry, 'inputs'), ...wideColumns(entry, 'outputs')];
  let shape = '';
  for (const { side, name, width } of columns)
    shape += `${side === 'inputs' ? 'i' : 'o'}${width ?? ''}:${name}\u0000`;
  let plan = plans.get(shape);
  if (plan === undefined) {
    plan = makePlan(entry, columns);
    if (plans.size >= mostPlans) plans.clear();
    plans.set(shape, plan);
  }
  return plan;
}

function wideColumns(entry: PredictionEntry, side: FlatMember['side']): WideColumn[] {
  const columns = entry[side];
  return Object.keys(columns).map((name) => ({ side, name, width: widthOf(columns[name] ?? []) }));
}

function makePlan(entry: PredictionEntry, columns: readonly WideColumn[]): FlatPlan {
  const taken = new Set<string>();
  const inputs = columns.filter(({ side }) => side === 'inputs');
  // Columns that are single values keep their names, whatever the arrays are called.
  for (const { name, width } of inputs) if (width === null) taken.add(name);
  const members = [
    ...inputs.flatMap((column) =>
      column.width === null
        ? [{ key: keyOf(column.name), side: column.side, name: column.name, leaf: null }]
        : spread(column, column.width, taken),
    ),
    ...flatOutputs(
      columns.filter(({ side }) => side === 'outputs'),
      taken,
    ),
  ];
  const factKeys = factsOf(entry).map(([name]) => keyOf(freeName(name, taken)));
  return { members, index: keyOf(freeName('row_index', taken)), factKeys };
}

function flatOutputs(columns: readonly WideColumn[], taken: Set<string>): FlatMember[] {
  // Regressors answer with one number in an array.
  const isSingle = ({ width }: WideColumn): boolean => width === null || width === 1;
  const predicted = columns.find(isSingle);
  const ordered = predicted === undefined ? columns : [predicted, ...columns.filter((c) => c !== predicted)];
  return ordered.flatMap((column) => {
    const { side, name, width } = column;
    if (width !== null && width !== 1) return spread(column, width, taken);
    const key = keyOf(freeName(column === predicted ? 'prediction' : name, taken));
    return [{ key, side, name, leaf: width === null ? null : 0 }];
  });
}

function spread({ side, name }: WideColumn, width: number, taken: Set<string>): FlatMember[] {
  if (width > widestArray) return [{ key: keyOf(freeName(name, taken)), side, name, leaf: null }];
  return Array.from({ length: width }, (_, leaf) => ({
    key: keyOf(freeName(`${name}_${leaf}`, taken)),
    side,
    name,
    leaf,
  }));
}

/** Values of the widest cell; null: none is an array. */
function widthOf(cells: readonly Cell[]): number | null {
  let widest: number | null = null;
  for (const cell of cells) if (isArray(cell)) widest = Math.max(widest ?? 0, leaves(cell).length);
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

function membersOf(columns: Readonly<Record<string, readonly Cell[]>>): Member[] {
  return Object.entries(columns).map(([name, cells]) => ({ key: keyOf(name), cells }));
}

function rowText(members: readonly Member[], row: number): string {
  let text = '';
  for (const { key, cells } of members) {
    text += `${text === '' ? '' : ','}${key}${cellText(cells[row] ?? null)}`;
  }
  return text;
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
