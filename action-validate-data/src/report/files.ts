/** The files that were read, and what the readers had to guess. */

import {
  absent,
  type Column,
  counted,
  dataTable,
  escapeMarkdown,
  formatCount,
  html,
  type MarkdownSection,
  markdownCode,
  type Section,
  shorten,
  valueText,
} from '../../../core/report/index.ts';
import type { DataDetails, FileSummary } from '../types.ts';
import { fileLimit } from './words.ts';

const mostFiles = 60;
const mostNotes = 6;
const noteLimit = 240;

const heading: readonly Column[] = [
  { title: 'File', kind: 'lead' },
  { title: 'Format', kind: 'text' },
  { title: 'Rows', kind: 'number' },
  { title: 'Columns', kind: 'number' },
  { title: 'Size', kind: 'number' },
];

export function filesSection({ files, schema, written, mode }: DataDetails): Section {
  const shown = notedFirst(files).slice(0, mostFiles);
  const left = files.length - shown.length;
  const beside = [
    ...(written.violations === null ? [] : [['Violations, one a line', written.violations] as const]),
    ...(written.sarif === null ? [] : [['SARIF for code scanning', written.sarif] as const]),
    ...(written.junit === null ? [] : [['JUnit XML', written.junit] as const]),
    ...(written.schema === null ? [] : [['Schema written from the data', written.schema] as const]),
  ];
  return {
    title: 'The files, and how they were read',
    body: html`${dataTable(heading, shown.map(rowOf))}${
      left === 0
        ? null
        : html`<p class="note">… and ${counted(left, 'more file')}; the result document has them all.</p>`
    }${schema === null ? null : html`<p class="note gap">Schema: <code>${shorten(schema.path, fileLimit)}</code>, JSON Schema ${schema.draft}${mode === 'infer' ? ', written by this run from these data' : ''}.</p>`}${
      beside.length === 0
        ? null
        : html`<h3 class="gap">Written beside this report</h3><dl>${beside.map(([name, path]) => html`<dt>${name}</dt><dd><code>${shorten(path, fileLimit)}</code></dd>`)}</dl>`
    }`,
  };
}

/** Of many files, those about which there is something to say. */
function notedFirst(files: readonly FileSummary[]): readonly FileSummary[] {
  if (files.length <= mostFiles) return files;
  return [
    ...files.filter(({ notes }) => notes.length > 0),
    ...files.filter(({ notes }) => notes.length === 0),
  ];
}

function rowOf({ path, format, rows, columns, bytes, notes }: FileSummary) {
  const left = notes.length - mostNotes;
  return [
    html`<code>${shorten(path, fileLimit)}</code>${notes.slice(0, mostNotes).map((note) => html`<span class="reason">${shorten(note, noteLimit)}</span>`)}${
      left > 0 ? html`<span class="reason">… and ${counted(left, 'more note')}</span>` : null
    }`,
    shorten(format, 40),
    formatCount(rows),
    columnsText(columns),
    valueText(bytes, 'bytes'),
  ];
}

/** The rows of JSON have keys of their own; the file as a whole has no columns. */
function columnsText(columns: number): string {
  return columns === 0 ? absent : formatCount(columns);
}

/** For the job summary. */
export function filesMarkdown({ files }: DataDetails): MarkdownSection {
  return {
    title: `Files, and how they were read (${formatCount(files.length)})`,
    header: ['File', 'Format', 'Rows', 'Columns', 'Size', 'Notes'],
    rows: notedFirst(files).map(({ path, format, rows, columns, bytes, notes }) => [
      markdownCode(shorten(path, fileLimit)),
      escapeMarkdown(shorten(format, 40)),
      formatCount(rows),
      columnsText(columns),
      escapeMarkdown(valueText(bytes, 'bytes')),
      notes
        .slice(0, mostNotes)
        .map((note) => escapeMarkdown(shorten(note, noteLimit)))
        .join('<br>'),
    ]),
  };
}
