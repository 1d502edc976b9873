/** The table at a glance: a line for each column, with what its values look like and how many of them are bad. */

import type { GateRecord } from '../../../core/gate/types.ts';
import {
  absent,
  type Column,
  counted,
  dataTable,
  escapeMarkdown,
  formatCount,
  formatNumber,
  html,
  type MarkdownSection,
  type Markup,
  markdownCode,
  type Section,
  shorten,
  sparkline,
  valueText,
} from '../../../core/report/index.ts';
import type { ColumnProfile, DataDetails } from '../types.ts';
import { declaredText, distinctText, isSpread, missingText, valuesText } from './column-text.ts';
import { columnLimit, levelOfGroup, rowCount, shareText } from './words.ts';

/** Columns that stand open on the page, and those that are folded below; bytes of all of them. */
const mostOpen = 24;
const mostFolded = 150;
const budget = 170_000;

const heading: readonly Column[] = [
  { title: 'Column', kind: 'lead' },
  { title: 'Type', kind: 'text' },
  { title: 'Missing', kind: 'number' },
  { title: 'Distinct', kind: 'number' },
  { title: 'Values', kind: 'facts' },
  { title: 'Violations', kind: 'number' },
];

export function glanceSection({ checks, details }: GateRecord<DataDetails>): Section {
  const { columns, columnsLeft, violations } = details;
  const warned = new Set(
    violations.groups
      .filter((group) => levelOfGroup(group, checks) === 'warning')
      .map(({ column }) => column),
  );
  for (const group of violations.groups) {
    if (levelOfGroup(group, checks) === 'error') warned.delete(group.column);
  }
  const tableWithin = (some: readonly ColumnProfile[], bytes: number) => tableOf(some, bytes, warned);
  const total = columns.length + columnsLeft;
  const open = new Set(openColumns(columns));
  const folded = columns.filter((column) => !open.has(column));
  const shown = tableWithin([...open], budget);
  const more = tableWithin(folded.slice(0, mostFolded), Math.max(0, budget - shown.bytes));
  const left = total - shown.count - more.count;
  const bad = folded.slice(0, more.count).filter(({ violations }) => violations > 0).length;
  return {
    title: 'The table at a glance',
    body: html`<p class="note">${overview(details)}</p>${shown.table}${
      more.count === 0
        ? null
        : html`<details><summary>${counted(more.count, 'more column')}${bad === 0 ? '' : `, ${formatCount(bad)} of them with violations`}</summary>${more.table}</details>`
    }${left === 0 ? null : html`<p class="note">… and ${counted(left, 'more column')}; the result document has ${columnsLeft === 0 ? 'them all' : `the first ${formatCount(columns.length)}`}.</p>`}`,
  };
}

/** In file order: those with violations before others, where not all fit. */
function openColumns(columns: readonly ColumnProfile[]): readonly ColumnProfile[] {
  if (columns.length <= mostOpen) return columns;
  const chosen = new Set(
    [
      ...columns.filter(({ violations }) => violations > 0),
      ...columns.filter(({ violations }) => violations === 0),
    ].slice(0, mostOpen),
  );
  return columns.filter((column) => chosen.has(column));
}

/** `50,000 rows in 2 files, 12 columns; the schema schema.json (2020-12) rejects 1,204 rows (2.4%).` */
export function overview(details: DataDetails): string {
  const { rows, files, columns, columnsLeft, schema, invalidRows } = details;
  const size = `${rowCount(rows)}${files.length > 1 ? ` in ${counted(files.length, 'file')}` : ''}, ${counted(columns.length + columnsLeft, 'column')}.`;
  const judged =
    schema === null || rows === 0
      ? ''
      : schema.rejectedRows === 0
        ? ` All rows are valid under ${shorten(schema.path, 120)} (${schema.draft}).`
        : ` ${shorten(schema.path, 120)} (${schema.draft}) rejects ${rowCount(schema.rejectedRows)} (${shareText(schema.rejectedRows, rows)}).`;
  const byRules = invalidRows - (schema?.rejectedRows ?? 0);
  const rules =
    byRules > 0
      ? ` ${schema === null ? rowCount(byRules) : `${formatCount(byRules)} more`} ${byRules === 1 ? 'breaks' : 'break'} a rule.`
      : '';
  return `${size}${judged}${rules}`;
}

/** `warned`: columns whose violations are all allowed, or warnings. */
function tableOf(
  columns: readonly ColumnProfile[],
  bytes: number,
  warned: ReadonlySet<string | null>,
): { readonly table: Markup | null; readonly count: number; readonly bytes: number } {
  const rows: (readonly (Markup | string)[])[] = [];
  let used = 0;
  for (const column of columns) {
    const cells = rowOf(column, warned.has(column.name) ? 'warning' : 'failed');
    used += 300 + cells.reduce((sum, cell) => sum + Buffer.byteLength(String(cell), 'utf8'), 0);
    if (used > bytes) break;
    rows.push(cells);
  }
  return {
    table: rows.length === 0 ? null : dataTable(heading, rows, 'glance'),
    count: rows.length,
    bytes: used,
  };
}

function rowOf(column: ColumnProfile, standing: 'failed' | 'warning'): readonly (Markup | string)[] {
  const declared = declaredText(column);
  const values = valuesText(column);
  return [
    html`<code>${shorten(column.name, columnLimit)}</code>`,
    html`<span>${column.type}${declared === null ? null : html`<span class="small">schema: ${declared}</span>`}</span>`,
    missingText(column),
    distinctText(column),
    values === absent ? absent : html`${chart(column)}<span class="small">${values}</span>`,
    column.violations === 0
      ? absent
      : html`<span class="standing ${standing}">${formatCount(column.violations)}</span>`,
  ];
}

function chart(column: ColumnProfile): Markup | null {
  const { histogram, top, numbers } = column;
  const title = `Values of ${shorten(column.name, columnLimit)}`;
  if (histogram !== null && isSpread(column) && numbers !== null && numbers.minimum < numbers.maximum) {
    const most = histogram.counts.reduce((at, count, index, all) => (count > (all[at] ?? 0) ? index : at), 0);
    const width = (histogram.high - histogram.low) / Math.max(1, histogram.counts.length);
    const [from, to] = [histogram.low + most * width, histogram.low + (most + 1) * width];
    return sparkline({
      title,
      description: `Histogram from ${formatNumber(histogram.low)} to ${formatNumber(histogram.high)}${histogram.sampled ? ', counted on a part of the rows' : ''}; the fullest bin is that from ${formatNumber(from)} to ${formatNumber(to)}`,
      counts: histogram.counts,
      kind: 'bins',
    });
  }
  if (top === null || top.length === 0) return null;
  return sparkline({
    title,
    description: `The most frequent values: ${top
      .slice(0, 6)
      .map(({ value, count }) => `${shorten(value, 30)} ${formatCount(count)}`)
      .join(', ')}`,
    counts: top.map(({ count }) => count),
    kind: 'values',
  });
}

/** For the job summary; those with violations first. */
export function glanceMarkdown({ columns, columnsLeft }: DataDetails): MarkdownSection {
  const ordered = columns.toSorted((a, b) => b.violations - a.violations);
  return {
    title: `The table at a glance (${counted(columns.length + columnsLeft, 'column')})`,
    header: ['Column', 'Type', 'Schema', 'Missing', 'Distinct', 'Values', 'Violations'],
    rows: ordered.map((column) => [
      markdownCode(shorten(column.name, columnLimit)),
      escapeMarkdown(column.type),
      column.declared === null ? absent : escapeMarkdown(shorten(column.declared, 60)),
      escapeMarkdown(missingText(column)),
      escapeMarkdown(distinctText(column)),
      escapeMarkdown(valuesText(column)),
      column.violations === 0 ? absent : escapeMarkdown(valueText(column.violations, 'count')),
    ]),
  };
}
