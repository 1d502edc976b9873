/** What changed in a column, in words. */

import { formatCount, formatValue, visible } from '../gate/index.ts';
import type { Comparison, Facts, NumericFacts } from './comparison.ts';
import type { ComparedColumn } from './judge.ts';
import type { DriftSignal } from './types.ts';

interface Judged {
  readonly drifted: boolean;
  readonly signals: readonly DriftSignal[];
  readonly inconclusive: string | null;
  /** Of the distribution; without `drifted` the change is under its bound. */
  readonly significant: boolean;
}

export function sentenceOf(
  column: ComparedColumn,
  { drifted, signals, inconclusive, significant }: Judged,
): string {
  const { comparison, change } = column;
  if (drifted) {
    const parts = [
      ...(change === null ? [] : [change.sentence]),
      ...(signals.includes('missing') ? [missingSentence(column)] : []),
      ...(signals.includes('new_category') ? [categoriesSentence(comparison, 'new')] : []),
      ...(signals.includes('vanished_category') ? [categoriesSentence(comparison, 'vanished')] : []),
      ...(signals.includes('distribution') && !isToldAsCategory(comparison, signals)
        ? [distributionSentence(comparison)]
        : []),
    ];
    return `${parts.map(capitalised).join('. ')}.`;
  }
  if (inconclusive !== null) return `${capitalised(inconclusive)}.`;
  if (comparison.unjudged !== null) return `Not judged: ${comparison.unjudged}.`;
  if (comparison.n === 0 && comparison.m === 0) return 'No values on either side.';
  return `${capitalised(steady(comparison.facts, significant))}.`;
}

/** The category that changed most is the new or vanished one that was named already. */
function isToldAsCategory({ facts, categories }: Comparison, signals: readonly DriftSignal[]): boolean {
  if (facts?.kind !== 'categorical' || facts.mover === null || categories === null) return false;
  const { category } = facts.mover;
  return (
    (signals.includes('new_category') && categories.new.includes(category)) ||
    (signals.includes('vanished_category') && categories.vanished.includes(category))
  );
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
/** Three digits, as 13.9% and 0.02%. */
const percent = (share: number): string => `${Number((100 * share).toPrecision(3))}%`;
const name = (category: string): string => `“${visible(category, 60)}”`;
const number = (value: number): string => formatValue(value, 'number');

function missingSentence({ missing }: ComparedColumn): string {
  return missing.current > missing.reference
    ? `${percent(missing.current)} are now missing, ${percent(missing.reference)} were`
    : `only ${percent(missing.current)} are missing now, ${percent(missing.reference)} were`;
}

function categoriesSentence({ categories }: Comparison, which: 'new' | 'vanished'): string {
  if (categories === null) return '';
  const isNew = which === 'new';
  const list = isNew ? categories.new : categories.vanished;
  const count = isNew ? categories.newCount : categories.vanishedCount;
  const share = percent(isNew ? categories.newShare : categories.vanishedShare);
  const shown = list.slice(0, 3).map(name);
  const left = count - shown.length;
  const names =
    left > 0
      ? `${shown.join(', ')} and ${formatCount(left)} more`
      : shown.join(', ').replace(/, ([^,]*)$/, ' and $1');
  return isNew ? `new: ${names}, ${share} of the values` : `gone: ${names}, ${share} of the values before`;
}

function distributionSentence({ facts }: Comparison): string {
  if (facts === null) return 'the distribution changed';
  if (facts.kind === 'categorical') {
    const { mover } = facts;
    if (mover === null) return 'the shares of the categories changed';
    const verb = mover.current > mover.reference ? 'rose' : 'fell';
    return `the share of ${name(mover.category)} ${verb} from ${percent(mover.reference)} to ${percent(mover.current)}`;
  }
  return numericSentence(facts.reference, facts.current);
}

function numericSentence(before: NumericFacts, now: NumericFacts): string {
  const unit = before.deviation || now.deviation || 1;
  const shift = (index: 0 | 1 | 2 | 3 | 4): number => (now.quantiles[index] - before.quantiles[index]) / unit;
  const middle = shift(2);
  const [low, high] = [shift(0), shift(4)];
  const [wasLow, , wasMiddle, , wasHigh] = before.quantiles;
  const [isLow, , isMiddle, , isHigh] = now.quantiles;
  if (Math.abs(middle) >= 0.04) {
    const by = number(Math.abs(isMiddle - wasMiddle));
    const where = tail(middle, low, high);
    return `the median went ${middle > 0 ? 'up' : 'down'} by ${by}, from ${number(wasMiddle)} to ${number(isMiddle)}${where}`;
  }
  if (low * high < 0) {
    const wider = high > 0;
    return `the values spread ${wider ? 'wider' : 'less'}: nine in ten were between ${number(wasLow)} and ${number(wasHigh)}, now between ${number(isLow)} and ${number(isHigh)}`;
  }
  if (Math.max(Math.abs(low), Math.abs(high)) >= 0.04) {
    const isUpper = Math.abs(high) >= Math.abs(low);
    const [was, is] = isUpper ? [wasHigh, isHigh] : [wasLow, isLow];
    return `the ${isUpper ? 'highest' : 'lowest'} twentieth moved: it begins at ${number(is)}, was ${number(was)}; the median is as before`;
  }
  return `the mean went from ${number(before.mean)} to ${number(now.mean)}, the median is as before`;
}

/** Where a shift of the median is strongest, when it is not everywhere. */
function tail(middle: number, low: number, high: number): string {
  if (Math.abs(high) > 2 * Math.abs(middle) && Math.abs(high) > 2 * Math.abs(low))
    return ', mostly in the upper tail';
  if (Math.abs(low) > 2 * Math.abs(middle) && Math.abs(low) > 2 * Math.abs(high))
    return ', mostly in the lower tail';
  return '';
}

function steady(facts: Facts, significant: boolean): string {
  const lead = significant ? 'changed by less than its threshold' : 'no change beyond chance';
  if (facts === null) return lead;
  if (facts.kind === 'numeric') {
    const [was, is] = [number(facts.reference.quantiles[2]), number(facts.current.quantiles[2])];
    return was === is
      ? `${lead}: the median is ${is}, as before`
      : `${lead}: the median is ${is}, was ${was}`;
  }
  if (facts.mover === null) return lead;
  const { category, reference, current } = facts.mover;
  return `${lead}: the most is ${name(category)}, from ${percent(reference)} to ${percent(current)}`;
}
