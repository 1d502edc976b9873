/** One column as a card: what changed in words, both distributions, the numbers behind them. */

import type { ColumnDrift } from '../../../core/drift/types.ts';
import type { GateRecord } from '../../../core/gate/types.ts';
import {
  absent,
  counted,
  formatCount,
  html,
  type Markup,
  type MarkupValue,
  shorten,
} from '../../../core/report/index.ts';
import type { DriftDetails } from '../types.ts';
import { shapeChart } from './shapes.ts';
import {
  categoryText,
  columnLimit,
  inMethod,
  isUnjudged,
  isUnknown,
  levelOf,
  methodNames,
  missingText,
  percent,
  pText,
  roleNames,
  scoreText,
  sentenceLimit,
  signalText,
  testName,
} from './words.ts';

const mostNamed = 8;
/** Names of categories in the result document are no more than this. */
const mostListed = 50;

export function card(column: ColumnDrift, gate: GateRecord<DriftDetails>): Markup {
  const role = column.role === 'feature' ? null : roleNames[column.role];
  return html`<div class="card"><h3><code>${shorten(column.column, columnLimit)}</code>${role === null ? null : `, ${role}`}${standing(column, gate)}</h3><p>${sentence(column)}</p>${shapeChart(column)}<dl class="numbers">${facts(
    column,
  ).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl></div>`;
}

function sentence(column: ColumnDrift): string {
  const text = isUnknown(column) ? column.inconclusive : null;
  return shorten(text ?? column.sentence, sentenceLimit);
}

/** In words and in colour. */
export function standing(column: ColumnDrift, gate: GateRecord<DriftDetails>): Markup {
  if (column.drifted) {
    return html`<span class="standing ${levelOf(column, gate)}">${scoreText(column)}</span>`;
  }
  if (isUnknown(column)) return html`<span class="standing inconclusive">inconclusive</span>`;
  if (isUnjudged(column)) return html`<span class="standing">not judged</span>`;
  return html`<span class="standing passed">no drift</span>`;
}

type Fact = readonly [name: string, value: MarkupValue];

function facts(column: ColumnDrift): readonly Fact[] {
  const { test, missing } = column;
  return [
    ...(column.drifted ? [['Drifted by', signalText(column)] as const] : []),
    ...differenceFact(column),
    ...(column.unjudged === null || !column.drifted
      ? []
      : [['Not judged', shorten(column.unjudged, sentenceLimit)] as const]),
    ...(test === null
      ? []
      : [['Chance', `${testName(test.name)}, adjusted p\u00a0${equals(pText(test.adjusted_p))}`] as const]),
    ['Values', `${formatCount(column.n_reference)} → ${formatCount(column.n_current)}`],
    [
      'Missing',
      `${missingText(missing)}${missing.adjusted_p === null ? '' : `, adjusted p\u00a0${equals(pText(missing.adjusted_p))}`}`,
    ],
    ...categoriesFact('New', column.new_categories, column.new_share, 'the current values'),
    ...categoriesFact('Vanished', column.vanished_categories, column.vanished_share, 'the reference'),
  ];
}

const equals = (text: string): string => (text.startsWith('<') ? text : `=\u00a0${text}`);

/** `Wasserstein distance 0.342 sd; 0.330 sd without noise (0.012 sd), threshold 0.1 sd` */
function differenceFact({
  method,
  value,
  effect,
  noise_floor: noise,
  threshold,
}: ColumnDrift): readonly Fact[] {
  if (method === null) return [];
  const of = (number: number | null): string => inMethod(number, method);
  if (of(value) === absent) return [['Difference', `${methodNames[method]}: none`]];
  return [
    [
      'Difference',
      html`${methodNames[method]} ${of(value)}<span class="small">${of(effect)} beyond a noise of ${of(noise)}; threshold ${of(threshold)}</span>`,
    ],
  ];
}

function categoriesFact(
  name: string,
  categories: readonly string[],
  share: number | null,
  of: string,
): readonly Fact[] {
  if (categories.length === 0) return [];
  return [
    [
      name,
      html`${names(categories, categoryText, categories.length >= mostListed)}${share === null ? null : `: ${percent(share)} of ${of}`}`,
    ],
  ];
}

/** `a`, `b` and 7 more; `open`: there may be more than are given. */
export function names(
  all: readonly string[],
  text: (name: string) => string = (name) => shorten(name, columnLimit),
  open = false,
): Markup {
  const left = all.length - mostNamed;
  return html`${all.slice(0, mostNamed).map((name, index) => html`${index === 0 ? null : ', '}<code>${text(name)}</code>`)}${
    left > 0 ? ` and ${open ? 'at least ' : ''}${counted(left, 'more', 'more')}` : null
  }`;
}

/** Roles are judged apart and come first: what the model says matters more than any one of its inputs. */
export function rolesOf(columns: readonly ColumnDrift[]): readonly ColumnDrift[] {
  return (['prediction', 'score', 'label'] as const).flatMap((role) =>
    columns.filter((column) => column.role === role),
  );
}
