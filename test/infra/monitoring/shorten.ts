/**
 * The repository's rules with time running faster, so that a test need not wait for hours: a minute becomes a second in every
 * window and every `for`, and what is longer than 40 minutes becomes 40 seconds, since burn rates look at up to three days.
 * Nothing else changes: thresholds, matchers, labels, annotations, the order of rules.
 */

import { parse, stringify } from 'yaml';
import type { RuleFile } from './rule-files.ts';

const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const mostSeconds = 40;

/** A duration as rules have it, one number and one unit. */
export function shorterTime(duration: string): string {
  const [, count = '', unit = ''] = /^(\d+)([smhdw])$/.exec(duration) ?? [];
  const seconds = (Number(count) * (secondsOf[unit] ?? Number.NaN)) / 60;
  if (Number.isNaN(seconds)) throw new Error(`${duration} is no duration such as 5m`);
  return `${Math.round(Math.min(seconds, mostSeconds) * 1000)}ms`;
}

export function shorterRules(text: string): string {
  const { groups } = parse(text) as Pick<RuleFile, 'groups'>;
  return stringify({
    groups: groups.map((group) => ({
      ...group,
      rules: group.rules.map((rule) => ({
        ...rule,
        expr: rule.expr.replaceAll(/\[(\w+)\]/g, (_, window: string) => `[${shorterTime(window)}]`),
        ...(rule.for === undefined ? {} : { for: shorterTime(rule.for) }),
      })),
    })),
  });
}

/** The same of an Alertmanager's route, where `repeat_interval` stays: nothing is to be told twice within a test. */
export function shorterRoutes(text: string): string {
  return text.replaceAll(
    /^(\s*group_(?:wait|interval)): (\w+)$/gm,
    (_, name: string, time: string) => `${name}: ${time === '0s' ? time : shorterTime(time)}`,
  );
}
