/**
 * The rule files of the reference infrastructure and the promtool tests beside them, read as data: what the tests of this
 * folder look at, change and run.
 */

import { globSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parse } from 'yaml';

export const monitoring = resolve(import.meta.dirname, '../../../reference-infra/monitoring');

export interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly Rule[];
}

export interface RuleFile {
  readonly name: string;
  readonly groups: readonly RuleGroup[];
}

export interface AlertRule extends Rule {
  readonly alert: string;
  readonly file: string;
  readonly group: string;
  /** The alert's name, with its window where several rules share one. */
  readonly key: string;
}

/** What a test is about, by its name: `HighErrorRate 1h: boundary, …`. */
export type TestKind = 'fires' | 'stays silent' | 'boundary';

export interface RuleTest {
  readonly name: string;
  readonly alert_rule_test?: readonly {
    readonly eval_time: string;
    readonly alertname: string;
    readonly exp_alerts?: readonly { readonly exp_labels: Readonly<Record<string, string>> }[];
  }[];
}

export interface TestFile {
  readonly name: string;
  readonly rule_files: readonly string[];
  readonly evaluation_interval: string;
  readonly group_eval_order?: readonly string[];
  readonly tests: readonly RuleTest[];
}

export function readRuleFiles(): readonly RuleFile[] {
  return filesOf('rules/*.yml').map((path) => ({
    name: basename(path),
    ...(read(path) as { groups: readonly RuleGroup[] }),
  }));
}

export function readTestFiles(): readonly TestFile[] {
  return filesOf('tests/*.test.yml').map((path) => ({
    name: basename(path),
    ...(read(path) as Omit<TestFile, 'name'>),
  }));
}

export function alertRules(files: readonly RuleFile[]): readonly AlertRule[] {
  return files.flatMap(({ name: file, groups }) =>
    groups.flatMap(({ name: group, rules }) =>
      rules.flatMap((rule): AlertRule[] => {
        const { alert } = rule;
        if (alert === undefined) return [];
        const window = rule.labels?.window;
        return [{ ...rule, alert, file, group, key: window === undefined ? alert : `${alert} ${window}` }];
      }),
    ),
  );
}

/** The tests that the name of a rule stands before. */
export function testsOf(key: string, files: readonly TestFile[]): readonly RuleTest[] {
  return files.flatMap(({ tests }) => tests).filter(({ name }) => name.startsWith(`${key}: `));
}

export function kindOf(test: RuleTest): TestKind | undefined {
  return /: (fires|stays silent|boundary)\b/.exec(test.name)?.[1] as TestKind | undefined;
}

/** Absolute, in the order of their names. */
export function filesOf(pattern: string): readonly string[] {
  return globSync(pattern, { cwd: monitoring })
    .sort()
    .map((path) => join(monitoring, path));
}

function read(path: string): unknown {
  return parse(readFileSync(path, 'utf8'), { merge: true });
}
