/** GetCostAndUsage: what each day was charged for, by service or by the value of a tag. */

import type {
  GetCostAndUsageCommandInput,
  GetCostAndUsageCommandOutput,
  Group,
  MetricValue,
} from '@aws-sdk/client-cost-explorer';
import type { Charge, Charges } from '../costs/charges.ts';
import { addDays, type Day, dayOf, firstOfMonth, isDay } from '../costs/days.ts';
import { CostFailure } from './failure.ts';
import { allPages } from './pages.ts';

export const costMetrics = [
  'UnblendedCost',
  'AmortizedCost',
  'BlendedCost',
  'NetAmortizedCost',
  'NetUnblendedCost',
] as const;
export type CostMetric = (typeof costMetrics)[number];

export type Grouping = { readonly by: 'service' } | { readonly by: 'tag'; readonly tag: string };

export interface ChargesQuestion {
  readonly grouping: Grouping;
  readonly metric: CostMetric;
  /** Weeks before the day that is told. */
  readonly weeks: number;
  /** How long a day takes to be settled. */
  readonly settleMs: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly mostPages: number;
}

/** Weeks for the weekday, and the month so far; with some days to spare for days that come late. */
export function historyStart({ weeks, settleMs, now }: ChargesQuestion): Day {
  const settledDay = addDays(dayOf(now - settleMs), -1);
  const weekday = addDays(settledDay, -7 * weeks - 3);
  const month = firstOfMonth(settledDay);
  // Days of this form sort as texts.
  return [weekday, month].toSorted()[0] ?? weekday;
}

/** All days up to yesterday. @throws CostFailure, also when the answer is not as its description says. */
export async function askCharges(
  ask: (input: GetCostAndUsageCommandInput) => Promise<GetCostAndUsageCommandOutput>,
  question: ChargesQuestion,
): Promise<Charges> {
  const { grouping, metric, now, mostPages } = question;
  const start = historyStart(question);
  const input: GetCostAndUsageCommandInput = {
    // The end is exclusive: today, of which there is next to nothing yet.
    TimePeriod: { Start: start, End: dayOf(now) },
    Granularity: 'DAILY',
    Metrics: [metric],
    GroupBy: [
      grouping.by === 'service' ? { Type: 'DIMENSION', Key: 'SERVICE' } : { Type: 'TAG', Key: grouping.tag },
      { Type: 'DIMENSION', Key: 'RECORD_TYPE' },
    ],
  };
  const pages = await allPages(
    (token) => ask(token === undefined ? input : { ...input, NextPageToken: token }),
    (page) => page.NextPageToken,
    mostPages,
  );
  return { askedAt: now, start, ...readPages(pages, question) };
}

function readPages(
  pages: readonly GetCostAndUsageCommandOutput[],
  question: ChargesQuestion,
): Pick<Charges, 'charges' | 'estimated'> {
  const charges = new Map<string, Charge>();
  const estimated = new Set<Day>();
  for (const { ResultsByTime: results } of pages) {
    if (results === undefined) throw unexpected('it has no ResultsByTime');
    for (const { TimePeriod: period, Groups: groups = [], Estimated: isEstimated } of results) {
      const day = period?.Start ?? '';
      if (!isDay(day)) throw unexpected(`${JSON.stringify(day)} is not a day`);
      if (isEstimated === true) estimated.add(day);
      for (const group of groups) {
        const charge = readGroup(group, day, question);
        if (charge === null) continue;
        const id = JSON.stringify([day, charge.key, charge.recordType, charge.currency]);
        // A day may be spread over pages, a group of it may not: it would count twice.
        if (charges.has(id)) throw unexpected(`${shown(charge.key)} stands there twice for ${day}`);
        charges.set(id, charge);
      }
    }
  }
  return { charges: [...charges.values()], estimated: [...estimated].sort() };
}

/** Null: an amount of nothing, which has no currency. */
function readGroup(group: Group, day: Day, { grouping, metric }: ChargesQuestion): Charge | null {
  const [name, recordType, ...more] = group.Keys ?? [];
  if (name === undefined || recordType === undefined || more.length > 0)
    throw unexpected(`a group of ${day} does not have the two keys that were asked for`);
  const money = readMoney(group.Metrics?.[metric], `${metric} of ${shown(name)} on ${day}`);
  return money === null ? null : { day, key: keyOf(name, grouping), recordType, ...money };
}

/** Values of tags come as `tag$value`, and `tag$` for what has none. */
function keyOf(name: string, grouping: Grouping): string | null {
  if (grouping.by === 'service') return name;
  const prefix = `${grouping.tag}$`;
  if (!name.startsWith(prefix)) throw unexpected(`${shown(name)} is not a value of the tag ${grouping.tag}`);
  return name.slice(prefix.length) || null;
}

/** @param where for the message */
export function readMoney(
  value: MetricValue | undefined,
  where: string,
): { readonly amount: number; readonly currency: string } | null {
  const text = value?.Amount ?? '';
  const amount = Number(text);
  if (text.trim() === '' || !Number.isFinite(amount))
    throw unexpected(`the ${where} is ${shown(text)}, not an amount`);
  const currency = value?.Unit ?? '';
  if (/^[A-Z]{3}$/.test(currency)) return { amount, currency };
  if (amount === 0) return null;
  throw unexpected(`the ${where} is in ${shown(currency)}, not in a currency`);
}

function unexpected(message: string): CostFailure {
  return new CostFailure('unexpected_answer', `the answer of Cost Explorer cannot be used: ${message}`);
}

function shown(text: string | null): string {
  return text === null
    ? 'what has no tag'
    : JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);
}
