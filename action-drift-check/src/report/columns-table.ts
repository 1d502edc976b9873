/** Columns as lines of a table, each with its two distributions as small as a word. */

import type { ColumnDrift } from '../../../core/drift/types.ts';
import { absent, type Column, dataTable, html, type Markup, shorten } from '../../../core/report/index.ts';
import { shapeSparkline } from './shapes.ts';
import { columnLimit, effectText, missingText, pText, sentenceLimit } from './words.ts';

const heading: readonly Column[] = [
  { title: 'Column', kind: 'lead' },
  { title: 'Effect / threshold', kind: 'number' },
  { title: 'Adjusted p', kind: 'number' },
  { title: 'Missing', kind: 'number' },
  { title: 'Reference and current', kind: 'facts' },
];

/** Bytes of a row's own tags. */
const rowFrame = 330;

/**
 * As many columns as fit into `budget` bytes. `sentences`: what changed stands under the name.
 */
export function columnsTable(
  columns: readonly ColumnDrift[],
  budget: number,
  sentences = false,
): { readonly table: Markup | null; readonly count: number; readonly bytes: number } {
  const rows: (readonly (Markup | string)[])[] = [];
  let bytes = 0;
  for (const column of columns) {
    const cells = cellsOf(column, sentences);
    const size = rowFrame + cells.reduce((sum, cell) => sum + Buffer.byteLength(String(cell), 'utf8'), 0);
    if (bytes + size > budget) break;
    bytes += size;
    rows.push(cells);
  }
  return {
    table: rows.length === 0 ? null : dataTable(heading, rows, 'pairs'),
    count: rows.length,
    bytes,
  };
}

function cellsOf(column: ColumnDrift, sentences: boolean): readonly (Markup | string)[] {
  return [
    html`<code>${shorten(column.column, columnLimit)}</code>${
      sentences ? html`<span class="reason">${shorten(column.sentence, sentenceLimit)}</span>` : null
    }`,
    effectText(column),
    pText(column.test?.adjusted_p ?? null),
    missingText(column.missing),
    shapeSparkline(column) ?? absent,
  ];
}
