import { absent } from './format.ts';
import { html, type Markup } from './markup.ts';

export interface Column {
  readonly title: string;
  /** `lead` names the row: on a phone it stands above the other cells, which get their column's title before them. */
  readonly kind: 'lead' | 'text' | 'number' | 'facts';
  /** A number with its interval: may take two lines. */
  readonly wrap?: boolean;
}

/** A table that becomes a list of labelled values on a narrow screen; `kind` is a further class of the table. */
export function dataTable(
  columns: readonly Column[],
  rows: readonly (readonly (Markup | string)[])[],
  kind: 'plain' | 'rows' | 'glance' | 'pairs' = 'plain',
): Markup {
  return html`<table class="${kind === 'plain' ? 'stack' : `stack ${kind}`}"><thead><tr>${columns.map(
    (column) => html`<th scope="col" class="${column.kind}">${column.title}</th>`,
  )}</tr></thead><tbody>${rows.map(
    (row) =>
      html`<tr>${row.map((cell, index) => {
        const column = columns[index];
        const classes = `${column?.kind ?? 'text'}${column?.wrap === true ? ' wrap' : ''}${cell === absent ? ' empty' : ''}`;
        return html`<td class="${classes}" data-label="${column?.title ?? ''}">${cell}</td>`;
      })}</tr>`,
  )}</tbody></table>`;
}
