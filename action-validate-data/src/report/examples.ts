/** The rules that are broken, each with its first rows: the bad cell among its neighbours. */

import type { GateRecord } from '../../../core/gate/types.ts';
import {
  type Column,
  counted,
  dataTable,
  escapeMarkdown,
  formatCount,
  html,
  type MarkdownSection,
  type Markup,
  markdownCode,
  type Section,
  shorten,
  within,
} from '../../../core/report/index.ts';
import type { DataDetails, Example, ViolationGroup } from '../types.ts';
import { columnLimit, fileLimit, levelOfGroup, placeText, rowCount, ruleLimit, ruleName } from './words.ts';

/** Rules with examples, and bytes of them; rules in the list below. */
const mostCards = 24;
const cardBudget = 130_000;
const listBudget = 50_000;

/** Examples of a rule on the page: fewer where there are many rules. */
const examplesOf = (groups: number): number => (groups <= 8 ? 5 : 3);
const cellLimit = 60;
const headingLimit = 40;
const messageLimit = 300;

type Record = GateRecord<DataDetails>;

export function violationSections({ checks, details }: Record): readonly Section[] {
  const { total, groups, groupsLeft } = details.violations;
  if (groups.length === 0) return [];
  const { parts, left } = within(groups, { budget: cardBudget, most: mostCards }, (group) =>
    card(group, levelOfGroup(group, checks), examplesOf(groups.length)),
  );
  const file = details.written.violations;
  const all = groups.length + groupsLeft;
  return [
    {
      title: `What is wrong: ${counted(all, 'rule')} broken`,
      body: html`<p class="note">${counted(total, 'violation')}, the first ${examplesOf(groups.length)} of each rule shown with ${examplesOf(groups.length) === 1 ? 'its' : 'their'} rows.${
        file === null ? null : html` All of them stand in <code>${shorten(file, fileLimit)}</code>.`
      }</p><div class="stacked">${parts}</div>${left === 0 ? null : list(groups.slice(parts.length), checks)}${
        groupsLeft === 0 ? null : html`<p class="note">… and ${counted(groupsLeft, 'more rule')}.</p>`
      }`,
    },
  ];
}

function card(group: ViolationGroup, level: 'error' | 'warning', most: number): Markup {
  const { column, rule, rows, examples } = group;
  const shown = examples.slice(0, most);
  const name =
    column === null || ruleName(group) === ruleName({ column: null, rule })
      ? html`<code>${shorten(rule, ruleLimit)}</code>`
      : html`<code>${shorten(column, columnLimit)}</code> ${shorten(rule, ruleLimit)}`;
  const left = rows - shown.length;
  return html`<div class="card${level === 'error' ? '' : ' warns'}"><h3>${name} <span class="standing ${level === 'error' ? 'failed' : 'warning'}">${rowCount(rows)}${level === 'error' ? '' : group.severity === 'warn' ? ', a warning' : ', within the threshold'}</span></h3>${alike(
    shown,
  ).map(
    exampleTable,
  )}${left === 0 ? null : html`<p class="note">… and ${counted(left, 'more row')}.</p>`}</div>`;
}

/** Examples whose rows have the same columns stand in one table. */
function alike(examples: readonly Example[]): readonly (readonly Example[])[] {
  const runs: Example[][] = [];
  let last = '';
  for (const example of examples) {
    const columns = JSON.stringify(example.cells.map(({ column }) => column));
    const run = runs.at(-1);
    if (run !== undefined && columns === last) run.push(example);
    else runs.push([example]);
    last = columns;
  }
  return runs;
}

function exampleTable(examples: readonly Example[]): Markup {
  const columns: readonly Column[] = [
    { title: 'Where', kind: 'lead' },
    ...(examples[0]?.cells ?? []).map(
      ({ column }): Column => ({ title: shorten(column, headingLimit), kind: 'text' }),
    ),
  ];
  return dataTable(
    columns,
    examples.map((example) => [
      html`<code>${placeText(example)}</code><span class="reason">${shorten(example.message, messageLimit)}</span>`,
      ...example.cells.map(({ column, text }) => cell(text, column === example.column)),
    ]),
    'rows',
  );
}

/** An empty text is there, a missing cell is not: they must not look alike. */
function cell(text: string | null, bad: boolean): Markup {
  const shown =
    text === null
      ? html`<span class="missing">missing</span>`
      : text === ''
        ? html`<span class="missing">empty text</span>`
        : html`${shorten(text, cellLimit)}`;
  if (!bad) return shown;
  return html`<mark>${text === null ? 'missing' : text === '' ? 'empty text' : shorten(text, cellLimit)}</mark>`;
}

/** The rules beyond those with examples. */
function list(groups: readonly ViolationGroup[], checks: Record['checks']): Markup {
  const { parts, left } = within(groups, { budget: listBudget, most: groups.length }, (group) => {
    const [first] = group.examples;
    const level = levelOfGroup(group, checks);
    return html`<li><code>${ruleName(group)}</code>: <span class="standing ${level === 'error' ? 'failed' : 'warning'}">${rowCount(group.rows)}</span>${
      first === undefined ? null : html`, first <code>${placeText(first)}</code>`
    }</li>`;
  });
  return html`<details><summary>${counted(groups.length, 'more rule')}</summary><ul>${parts}</ul>${left === 0 ? null : html`<p class="note">… and ${formatCount(left)} more; the result document has them.</p>`}</details>`;
}

/** For the job summary. */
export function violationMarkdown({ checks, details }: Record): MarkdownSection {
  const { groups, groupsLeft } = details.violations;
  return {
    title: `What is wrong: ${counted(groups.length + groupsLeft, 'rule')} broken`,
    header: ['Rule', 'Rows', 'First', 'What is wrong there'],
    rows: groups.map((group) => {
      const [first] = group.examples;
      const mark = levelOfGroup(group, checks) === 'error' ? '❌' : '⚠️';
      return [
        `${mark} ${markdownCode(ruleName(group))}`,
        escapeMarkdown(formatCount(group.rows)),
        first === undefined ? '' : markdownCode(placeText(first)),
        first === undefined ? '' : escapeMarkdown(shorten(first.message, messageLimit)),
      ];
    }),
  };
}
