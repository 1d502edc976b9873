/** `mode: profile`: what was written, and what to do with it. */

import {
  counted,
  escapeMarkdown,
  html,
  type MarkdownSection,
  markdownCode,
  type Section,
  shorten,
  valueText,
} from '../../../core/report/index.ts';
import type { DriftDetails } from '../types.ts';
import { names } from './cards.ts';
import { columnLimit, fileLimit } from './words.ts';

const mostNamed = 30;

function sizeText({ profile, columns, reference }: DriftDetails): string {
  return [
    valueText(profile?.bytes ?? null, 'bytes'),
    ...(columns.length === 0 ? [] : [counted(columns.length, 'column')]),
    `from ${counted(reference.rows, 'row')}`,
  ].join(', ');
}

const useText =
  'Commit the file beside the code, and give it to later checks as their reference: they need no data of the reference, and judge within the error that the profile states.';

export function profileSections(details: DriftDetails): readonly Section[] {
  const { profile, reference, columns } = details;
  if (profile === null) return [];
  return [
    {
      title: 'The reference profile',
      body: html`<dl><dt>Written</dt><dd><code>${shorten(profile.path, fileLimit)}</code></dd><dt>Size</dt><dd>${sizeText(details)}</dd><dt>From</dt><dd>${names(reference.files, (file) => shorten(file, fileLimit))}</dd></dl><h3 class="gap">How to use it</h3><p>${useText}</p><p><code>reference-path: ${shorten(profile.path, fileLimit)}</code></p>${
        columns.length === 0
          ? null
          : html`<details><summary>${counted(columns.length, 'column')}</summary><ul>${columns
              .slice(0, 300)
              .map(
                ({ column, kind }) => html`<li><code>${shorten(column, columnLimit)}</code>, ${kind}</li>`,
              )}</ul>${columns.length > 300 ? html`<p class="note">… and ${counted(columns.length - 300, 'more column')}; the profile has them all.</p>` : null}</details>`
      }`,
    },
  ];
}

export function profileMarkdown(details: DriftDetails): MarkdownSection {
  const { profile, reference, columns } = details;
  const path = markdownCode(shorten(profile?.path ?? '', fileLimit));
  const files = reference.files.slice(0, 3).map((file) => markdownCode(shorten(file, fileLimit)));
  const named = columns.slice(0, mostNamed).map(({ column }) => markdownCode(shorten(column, columnLimit)));
  const left = columns.length - named.length;
  return {
    title: 'The reference profile',
    header: null,
    open: true,
    rows:
      profile === null
        ? []
        : [
            [`Written: ${path} (${escapeMarkdown(sizeText(details))})`],
            [
              `From: ${files.join(', ')}${reference.files.length > 3 ? ` and ${counted(reference.files.length - 3, 'more', 'more')}` : ''}`,
            ],
            [
              `${useText} In the check: ${markdownCode(`reference-path: ${shorten(profile.path, fileLimit)}`)}`,
            ],
            ...(named.length === 0
              ? []
              : [[`Columns: ${named.join(', ')}${left > 0 ? ` and ${counted(left, 'more', 'more')}` : ''}`]]),
          ],
  };
}
