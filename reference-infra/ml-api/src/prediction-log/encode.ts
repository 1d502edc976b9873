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
  const taken = new Set<string>();
  const members = [...flatInputs(entry, taken), ...flatOutputs(entry, taken)];
  const facts = factsOf(entry).map(([name, text]) => `,${keyOf(freeName(name, taken))}${text}`);
  const index = keyOf(freeName('row_index', taken));
  const rows: string[] = [];
  for (let row = from; row < to; row++) {
    const values = rowText(members, row);
    rows.push(`{${values}${values === '' ? '' : ','}${index}${row}${facts.join('')}}`);
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

function flatInputs(entry: PredictionEntry, taken: Set<string>): Member[] {
  // Columns that are single values keep their names, whatever the arrays are called.
  const columns = Object.entries(entry.inputs).map(([name, cells]) => ({
    name,
    cells,
    width: widthOf(cells),
  }));
  for (const { name, width } of columns) if (width === null) taken.add(name);
  return columns.flatMap(({ name, cells, width }) =>
    width === null ? [{ key: keyOf(name), cells }] : spread(name, cells, width, taken),
  );
}

function flatOutputs(entry: PredictionEntry, taken: Set<string>): Member[] {
  const columns = Object.entries(entry.outputs).map(([name, cells]) => {
    const width = widthOf(cells);
    // Regressors answer with one number in an array.
    return width === 1 ? { name, cells: leavesAt(cells, 0), width: null } : { name, cells, width };
  });
  const predicted = columns.find(({ width }) => width === null);
  const ordered = predicted === undefined ? columns : [predicted, ...columns.filter((c) => c !== predicted)];
  return ordered.flatMap((column) => {
    const { name, cells, width } = column;
    if (width !== null) return spread(name, cells, width, taken);
    return [{ key: keyOf(freeName(column === predicted ? 'prediction' : name, taken)), cells }];
  });
}

function spread(name: string, cells: readonly Cell[], width: number, taken: Set<string>): Member[] {
  if (width > widestArray) return [{ key: keyOf(freeName(name, taken)), cells }];
  return Array.from({ length: width }, (_, i) => ({
    key: keyOf(freeName(`${name}_${i}`, taken)),
    cells: leavesAt(cells, i),
  }));
}

/** Values of the widest cell; null: none is an array. */
function widthOf(cells: readonly Cell[]): number | null {
  let widest: number | null = null;
  for (const cell of cells) if (isArray(cell)) widest = Math.max(widest ?? 0, leaves(cell).length);
  return widest;
}

function leavesAt(cells: readonly Cell[], index: number): Cell[] {
  return cells.map((cell) => (isArray(cell) ? (leaves(cell)[index] ?? null) : index === 0 ? cell : null));
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
