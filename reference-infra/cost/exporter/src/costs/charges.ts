/** What was charged on which day, and which of it is the cost of that day. */

import { addDays, type Day, dayOf, startOf } from './days.ts';

export interface Charge {
  readonly day: Day;
  /** The AWS service, or the value of the tag; null: without that tag. */
  readonly key: string | null;
  /** `Usage`, `Tax`, `Credit`, `Refund`, … */
  readonly recordType: string;
  /** Credits and refunds are negative. */
  readonly amount: number;
  /** As AWS names it: `USD`. Amounts of two currencies are never added. */
  readonly currency: string;
}

/** What one question to Cost Explorer came to. */
export interface Charges {
  /** When it was asked, in milliseconds since 1970. */
  readonly askedAt: number;
  /** The first day that was asked for; the last one is the day before that of `askedAt`. */
  readonly start: Day;
  readonly charges: readonly Charge[];
  /** Days that AWS may still change. */
  readonly estimated: readonly Day[];
}

export type GivenBack = 'credit' | 'refund';

/** What one day cost in one currency. */
export interface DayCost {
  readonly currency: string;
  /** Without credits and refunds: what was used, with discounts, fees and taxes. */
  readonly cost: number;
  /** With them: what the day adds to the bill. */
  readonly net: number;
  readonly byKey: ReadonlyMap<string, number>;
  /** Of what has no such tag. */
  readonly untagged: number | null;
  /** Negative, or 0. */
  readonly givenBack: Readonly<Record<GivenBack, number>>;
}

/**
 * Credits and refunds say nothing about what a day used: a credit of a year would make an expensive day free. Negative amounts of
 * other types are parts of the price, such as the negation of what a savings plan covers, and stay in.
 */
export function givenBackOf(recordType: string): GivenBack | null {
  const name = recordType.toLowerCase();
  return name === 'credit' || name === 'refund' ? name : null;
}

/** By currency, in the order of their names; empty where nothing was charged. */
export function costsOf({ charges }: Charges, day: Day): readonly DayCost[] {
  const ofDay = charges.filter((charge) => charge.day === day);
  const currencies = [...new Set(ofDay.map(({ currency }) => currency))].sort();
  return currencies.map((currency) =>
    costOf(
      currency,
      ofDay.filter((charge) => charge.currency === currency),
    ),
  );
}

function costOf(currency: string, charges: readonly Charge[]): DayCost {
  const byKey = new Map<string, number>();
  const givenBack = { credit: 0, refund: 0 };
  let untagged: number | null = null;
  let cost = 0;
  for (const { key, recordType, amount } of charges) {
    const kind = givenBackOf(recordType);
    if (kind !== null) {
      givenBack[kind] += amount;
      continue;
    }
    cost += amount;
    if (key === null) untagged = (untagged ?? 0) + amount;
    else byKey.set(key, (byKey.get(key) ?? 0) + amount);
  }
  return { currency, cost, net: cost + givenBack.credit + givenBack.refund, byKey, untagged, givenBack };
}

/** Whether a day was over for long enough when AWS was asked. */
export function isSettled({ askedAt }: Pick<Charges, 'askedAt'>, day: Day, settleMs: number): boolean {
  return startOf(addDays(day, 1)) + settleMs <= askedAt;
}

/**
 * The day whose cost is told: the last one that is settled and for which AWS has given anything. A day without any charge between
 * others that have some has more likely not arrived than been free; its age then shows that nothing new comes. Null: there is none.
 */
export function lastSettledDay(charges: Charges, settleMs: number): Day | null {
  const days = new Set(charges.charges.map(({ day }) => day));
  for (let day = addDays(dayOf(charges.askedAt), -1); day >= charges.start; day = addDays(day, -1)) {
    if (days.has(day) && isSettled(charges, day, settleMs)) return day;
  }
  return null;
}
