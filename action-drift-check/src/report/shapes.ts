/** The two distributions of a column as charts. */

import type { ColumnDrift, DriftShape } from '../../../core/drift/types.ts';
import {
  formatCount,
  formatNumber,
  type Markup,
  overlayChart,
  overlaySparkline,
  pairedBars,
  shorten,
} from '../../../core/report/index.ts';
import { categoryText, columnLimit, percent } from './words.ts';

type NumericShape = Extract<DriftShape, { kind: 'numeric' }>;
type CategoricalShape = Extract<DriftShape, { kind: 'categorical' }>;

/** Categories with bars of their own; the rest is one more. */
const mostBars = 8;

/** Both distributions over each other; null: there is no picture of this column. */
export function shapeChart(column: ColumnDrift): Markup | null {
  const { shape } = column;
  if (shape === null || isEmpty(shape)) return null;
  const name = shorten(column.column, columnLimit);
  const title = `Distribution of ${name} in the reference and in the current data`;
  if (shape.kind === 'numeric') {
    return overlayChart({ title, description: numericText(shape), xLabel: name, ...shape });
  }
  const rows = barsOf(shape, column);
  return pairedBars({
    title,
    description: rows
      .map(({ label, reference, current }) => `${label}: ${percent(reference)} to ${percent(current)}`)
      .join('; '),
    rows,
  });
}

export function shapeSparkline({ column, shape }: ColumnDrift): Markup | null {
  if (shape === null || isEmpty(shape)) return null;
  return overlaySparkline({
    title: `Distribution of ${shorten(column, 40)}`,
    description: shape.kind === 'numeric' ? numericText(shape) : largestText(shape),
    edges: shape.kind === 'numeric' ? shape.edges : null,
    reference: shape.reference,
    current: shape.current,
  });
}

function isEmpty({ reference, current }: DriftShape): boolean {
  return ![...reference, ...current].some((share) => share > 0);
}

/** `From 18 to 90; most of the reference from 30 to 36, most of the current data from 42 to 48` */
function numericText({ edges, reference, current }: NumericShape): string {
  const fullest = (shares: readonly number[]): string => {
    const at = shares.reduce((best, share, index) => (share > (shares[best] ?? 0) ? index : best), 0);
    return `${formatNumber(edges[at] ?? 0)} to ${formatNumber(edges[at + 1] ?? 0)} (${percent(shares[at] ?? 0)})`;
  };
  return `From ${formatNumber(edges[0] ?? 0)} to ${formatNumber(edges.at(-1) ?? 0)}; the fullest bin of the reference is ${fullest(reference)}, that of the current data ${fullest(current)}`;
}

function largestText({ categories, reference, current }: CategoricalShape): string {
  return categories
    .slice(0, 3)
    .map(
      (category, index) =>
        `${categoryText(category)} ${percent(reference[index] ?? 0)} to ${percent(current[index] ?? 0)}`,
    )
    .join('; ');
}

interface Bar {
  readonly label: string;
  readonly reference: number;
  readonly current: number;
}

/** The largest categories and those that changed most, in the order given; all others together. */
function barsOf(shape: CategoricalShape, column: ColumnDrift): readonly Bar[] {
  const fresh = new Set(column.new_categories);
  const gone = new Set(column.vanished_categories);
  const bars = shape.categories.map((category, index) => ({
    label: `${categoryText(category)}${fresh.has(category) ? ' (new)' : gone.has(category) ? ' (gone)' : ''}`,
    reference: shape.reference[index] ?? 0,
    current: shape.current[index] ?? 0,
  }));
  const changed = bars
    .slice(mostBars / 2)
    .toSorted((a, b) => Math.abs(b.current - b.reference) - Math.abs(a.current - a.reference));
  const chosen = new Set(
    bars.length <= mostBars ? bars : [...bars.slice(0, mostBars / 2), ...changed.slice(0, mostBars / 2)],
  );
  const rest = bars.filter((bar) => !chosen.has(bar));
  const count = rest.length + (shape.other?.categories ?? 0);
  const sum = (side: 'reference' | 'current') =>
    rest.reduce((total, bar) => total + bar[side], shape.other?.[side] ?? 0);
  return [
    ...bars.filter((bar) => chosen.has(bar)),
    ...(count === 0 && shape.other === null
      ? []
      : [
          {
            label: otherText(count),
            reference: sum('reference'),
            current: sum('current'),
          },
        ]),
  ];
}

/** 0: how many there are is not known. */
function otherText(count: number): string {
  if (count === 0) return 'other categories';
  return count === 1 ? '1 other category' : `${formatCount(count)} other categories`;
}
