/**
 * What every alert must have, read from the files alone: three tests, a runbook, a severity, a summary. That the tests pass,
 * and that they would fail if the rule were another, is seen by rules.itg.test.ts, with promtool.
 */

import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  alertRules,
  filesOf,
  kindOf,
  monitoring,
  readRuleFiles,
  readTestFiles,
  testsOf,
} from './rule-files.ts';

const ruleFiles = readRuleFiles();
const testFiles = readTestFiles();
const alerts = alertRules(ruleFiles);
const runbookOf = (alert: string): string => join(monitoring, 'runbooks', `${alert}.md`);

/** What has no condition is never silent. */
const always = new Set(['Watchdog']);

test('the alerts that the platform is to have are there', () => {
  const names = new Set(alerts.map(({ alert }) => alert));
  for (const wanted of [
    'HighModelLatency',
    'HighErrorRate',
    'ModelAccuracyDegraded',
    'DataDriftDetected',
    'DriftDataStale',
    'CostBudgetExceeded',
    'CostAnomaly',
    'CostForecastExceeded',
    'CostDataStale',
    'CostDataMissing',
    'TargetDown',
    'Watchdog',
  ]) {
    expect(names).toContain(wanted);
  }
});

test('each rule has a name of its own, and each group that of its file', () => {
  const keys = alerts.map(({ key }) => key);
  expect(keys).toEqual([...new Set(keys)]);
  const groups = ruleFiles.flatMap(({ groups: all }) => all.map(({ name }) => name));
  expect(groups).toEqual([...new Set(groups)]);
  for (const { name, groups: all } of ruleFiles) {
    for (const group of all) expect(`${group.name}.yml`).toMatch(new RegExp(`^${basename(name, '.yml')}\\b`));
  }
});

describe.each(alerts)('$key', ({ key, alert, labels, annotations }) => {
  test('says how urgent it is, and what is wrong in one sentence that fits a telephone', () => {
    expect(['page', 'ticket', 'none']).toContain(labels?.severity);
    expect(
      Object.keys(labels ?? {}).filter((label) => !['severity', 'window', 'job'].includes(label)),
    ).toEqual([]);
    expect(annotations?.summary).toMatch(/\S/);
    expect(annotations?.summary?.length).toBeLessThan(200);
    expect(annotations?.summary).not.toMatch(/\n|\.$/);
  });

  test('leads to its runbook', () => {
    expect(annotations?.runbook_url).toBe(
      `https://github.com/org/suite/blob/main/reference-infra/monitoring/runbooks/${alert}.md`,
    );
    expect(existsSync(runbookOf(alert))).toBe(true);
  });

  test('has a test in which it fires, one in which it does not, and one at the boundary', () => {
    const tests = testsOf(key, testFiles);
    const kinds = new Set(tests.map(kindOf));
    const wanted = always.has(alert) ? ['fires', 'boundary'] : ['fires', 'stays silent', 'boundary'];
    expect([...kinds].sort()).toEqual([...wanted].sort());
    for (const each of tests) {
      const moments = (each.alert_rule_test ?? []).filter(({ alertname }) => alertname === alert);
      const fires = moments.map(({ exp_alerts: expected = [] }) =>
        expected.some(
          ({ exp_labels: found }) => labels?.window === undefined || found.window === labels.window,
        ),
      );
      const expected = { fires: [true], 'stays silent': [false], boundary: [false, true] }[
        kindOf(each) ?? 'fires'
      ];
      const seen = new Set(fires);
      for (const value of always.has(alert) ? [true] : expected) expect(seen, each.name).toContain(value);
      if (kindOf(each) === 'stays silent') expect(seen, each.name).not.toContain(true);
    }
  });
});

test('each test is of a rule, and each test file of one rule file', () => {
  const known = alerts.map(({ key }) => `${key}: `);
  for (const { name, tests, rule_files: rules } of testFiles) {
    if (name.startsWith('recorded')) continue;
    for (const each of tests) {
      expect(
        known.some((prefix) => each.name.startsWith(prefix)),
        `${name}: ${each.name}`,
      ).toBe(true);
      expect(kindOf(each), `${name}: ${each.name}`).toBeDefined();
    }
    expect(rules).toHaveLength(1);
  }
});

test('each runbook is that of an alert, and short enough for somebody who was asleep', () => {
  const names = new Set(alerts.map(({ alert }) => `${alert}.md`));
  for (const path of filesOf('runbooks/*.md')) {
    expect(names).toContain(basename(path));
    const text = readFileSync(path, 'utf8');
    expect(text.split('\n')[0]).toBe(`# ${basename(path, '.md')}`);
    for (const heading of ['First look', 'Usual causes', 'When to escalate', 'How it ends']) {
      expect(text, basename(path)).toContain(`\n## ${heading}\n`);
    }
    const lines = text.trimEnd().split('\n').length;
    expect(lines, basename(path)).toBeGreaterThanOrEqual(20);
    expect(lines, basename(path)).toBeLessThanOrEqual(60);
  }
});

test('the cluster gets every rule file, and no test', () => {
  const kustomization = parse(readFileSync(join(monitoring, 'kustomization.yaml'), 'utf8')) as {
    configMapGenerator: { name: string; files: string[] }[];
  };
  const rules = kustomization.configMapGenerator.find(({ name }) => name === 'prometheus-rules');
  expect(rules?.files.toSorted()).toEqual(ruleFiles.map(({ name }) => `rules/${name}`).sort());
});
