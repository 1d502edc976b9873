/**
 * Rules that are slightly wrong: each alert's rule in the ways in which a person would get it wrong. A promtool test that passes
 * with one of them would not have noticed the mistake.
 */

import type { AlertRule, Rule, RuleFile } from './rule-files.ts';

export interface Mutation<Of extends Rule = AlertRule> {
  readonly rule: Of;
  /** What was done, in words. */
  readonly how: string;
  readonly files: RuleFile;
}

const weaker: Readonly<Record<string, string>> = { '>': '>=', '>=': '>', '<': '<=', '==': '!=' };
const opposite: Readonly<Record<string, string>> = { '>': '<', '>=': '<', '<': '>', '==': '>' };
const minutes: Readonly<Record<string, number>> = { m: 1, h: 60 };

/** `step` is the interval of evaluation of the rule's tests in minutes: a shorter difference cannot be seen by them. */
export function mutationsOf(rule: AlertRule, file: RuleFile, step: number): readonly Mutation[] {
  const changed = (how: string, change: Partial<AlertRule> | null): Mutation => ({
    rule,
    how,
    files: replaced(file, rule, change),
  });
  return [
    changed('dropped', null),
    ...expressionsOf(rule).map(({ how, expr }) => changed(how, { expr })),
    ...timesOf(rule, step).map(({ how, time }) => changed(how, { for: time })),
  ];
}

/** Of recorded series: what is counted, over how long, and by what. */
export function recordedMutations(file: RuleFile): readonly Mutation<Rule>[] {
  return file.groups
    .flatMap(({ rules }) => rules)
    .filter(({ record }) => record !== undefined)
    .flatMap((rule) => {
      const changes: readonly (readonly [how: string, from: RegExp, to: string])[] = [
        ['any route', /route=~"[^"]*",? ?/g, ''],
        ['failures of callers', /5\.\./g, '4..'],
        ['nothing where there is no failure', /or\s+0 \*.*?\)\)\n/gs, ''],
        ['apart by instance', /by \(job/g, 'by (instance, job'],
        ['another quantile', /0\.95/g, '0.9'],
        ['a day later', /offset 1d/g, 'offset 2d'],
        ['at the hour of the question', /\[1d:1d\]/g, '[1d:1h]'],
        ['apart by version', /sum by \(model\) \(increase/g, 'sum by (model, version) (increase'],
        ['for one', /1000 \*/g, '1 *'],
        ['of all days', /\s+and on \(days\).*?\/ 86400\)/gs, ''],
        ['by the day of other costs', /query="models"/g, 'query="services"'],
      ];
      const changed = changes.map(([how, from, to]) => ({ how, expr: rule.expr.replace(from, to) }));
      const longer = rule.expr.replaceAll(/\[(\d+)/g, (_, count: string) => `[${2 * Number(count)}`);
      changed.push({ how: 'twice the window', expr: longer });
      const all = [{ how: 'dropped', expr: null }, ...changed.filter(({ expr }) => expr !== rule.expr)];
      return all.map(({ how, expr }) => ({
        rule,
        how,
        files: {
          ...file,
          groups: file.groups.map((group) => ({
            ...group,
            rules: group.rules.flatMap((each) =>
              each !== rule ? [each] : expr === null ? [] : [{ ...each, expr }],
            ),
          })),
        },
      }));
    });
}

function expressionsOf({ expr }: AlertRule): readonly { how: string; expr: string }[] {
  // Matchers hold the same characters and are left alone.
  const bare = expr.replaceAll(/\{[^}]*\}/g, (matchers) => ' '.repeat(matchers.length));
  const found: { how: string; expr: string }[] = [];
  const put = (how: string, start: number, end: number, text: string): void => {
    found.push({ how, expr: `${expr.slice(0, start)}${text}${expr.slice(end)}` });
  };
  for (const { 0: operator, index } of bare.matchAll(/[<>]=?|==/g)) {
    const end = index + operator.length;
    for (const other of [weaker[operator], opposite[operator]]) {
      if (other !== undefined) put(`${operator} is ${other}`, index, end, other);
    }
    const number = /^ *(?:bool )?(\d+(?:\.\d+)?)/.exec(bare.slice(end));
    if (number?.[1] === undefined || Number(number[1]) === 0 || operator === '==') continue;
    const last = end + number[0].length;
    // What is counted has whole numbers only.
    const more = bare.startsWith('count ') ? 2 : 1.2;
    for (const factor of [0.9, more]) {
      const other = String(Number(number[1]) * factor);
      put(`${number[1]} is ${other}`, last - number[1].length, last, other);
    }
  }
  for (const { 0: clause, index } of bare.matchAll(/\s+(?:and on|unless) .*?(?=\s+(?:and on|unless) |$)/gs)) {
    put(
      `without${expr.slice(index, index + clause.length).replaceAll(/\s+/g, ' ')}`,
      index,
      index + clause.length,
      '',
    );
  }
  // One of several things that are wrong; within brackets, too.
  for (const { 0: clause, index } of bare.matchAll(
    /\s+or\s+(?:[^()]|\([^()]*\))+?(?=\)|\s+(?:or|unless) |$)/gs,
  )) {
    put(
      `without${expr.slice(index, index + clause.length).replaceAll(/\s+/g, ' ')}`,
      index,
      index + clause.length,
      '',
    );
  }
  return found;
}

function timesOf(rule: AlertRule, step: number): readonly { how: string; time: string }[] {
  const [, count, unit] = /^(\d+)([mh])$/.exec(rule.for ?? '') ?? [];
  if (count === undefined || unit === undefined) return [];
  const time = Number(count) * (minutes[unit] ?? Number.NaN);
  return [0, time - step, time + step].map((other) => ({
    how: `for ${rule.for} is for ${other}m`,
    time: `${other}m`,
  }));
}

function replaced(file: RuleFile, rule: AlertRule, change: Partial<AlertRule> | null): RuleFile {
  const groups = file.groups.map((group) => ({
    ...group,
    rules: group.rules.flatMap((each) => {
      const same = each.alert === rule.alert && each.labels?.window === rule.labels?.window;
      if (!same) return [each];
      return change === null ? [] : [{ ...each, ...change }];
    }),
  }));
  return { ...file, groups };
}
