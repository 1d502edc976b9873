/**
 * The promtool tests of the alerts, run by promtool: they pass, and each fails once its rule is slightly wrong. A test that
 * passes whatever the rule says would prove nothing.
 */

import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProcess } from '../../../scripts/tools/process.ts';
import { ensurePromtool } from '../../../scripts/tools/promtool.ts';
import { type Mutation, mutationsOf, recordedMutations } from './mutations.ts';
import {
  type AlertRule,
  alertRules,
  filesOf,
  kindOf,
  monitoring,
  type RuleFile,
  type RuleTest,
  readRuleFiles,
  readTestFiles,
  type TestFile,
} from './rule-files.ts';

const ruleFiles = readRuleFiles();
const testFiles = readTestFiles();
let promtool: string;
let folder: string;

beforeAll(async () => {
  ({ promtool } = await ensurePromtool());
  folder = await mkdtemp(join(tmpdir(), 'rules-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const run = (...args: readonly string[]) =>
  runProcess(promtool, args, { cwd: monitoring, timeoutMs: 550_000 });

test('promtool takes the rules, and finds none twice', async () => {
  const { code, stderr } = await run('check', 'rules', '--lint-fatal', ...filesOf('rules/*.yml'));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test('every test passes', async () => {
  const suites = await suitesOf(filesOf('tests/*.test.yml'));
  expect(suites).toHaveLength(testFiles.length);
  expect(suites.filter(({ failures }) => failures !== '0')).toEqual([]);
});

test('no rule can be slightly wrong without a test that fails', { timeout: 600_000 }, async () => {
  const mutants = alertRules(ruleFiles).flatMap((rule) =>
    mutationsOf(rule, fileOf(rule), stepOf(testFileOf(rule).evaluation_interval)),
  );
  expect(mutants.length).toBeGreaterThan(100);
  // Tests at the boundary find nearly all and are short; what is left over sees the others, some of which take days of data.
  const left = await survivorsOf(mutants, (each) => kindOf(each) === 'boundary');
  const survivors = await survivorsOf(left, () => true);
  expect(survivors.map(({ rule, how }) => `${rule.key}: ${how}`)).toEqual([]);
});

test('no recorded series can be slightly wrong without a test that fails', async () => {
  const mutants = ruleFiles.flatMap(recordedMutations);
  expect(mutants.length).toBeGreaterThan(40);
  const paths = await Promise.all(
    mutants.map(async ({ files: { name: ruleFile, groups } }, index) => {
      const rules = join(folder, `recorded-${index}.rules.yml`);
      const tests = join(folder, `${index}.recorded.test.yml`);
      const { name: _name, ...rest } = recordedTestsOf(ruleFile);
      // Alerts are no matter here.
      const recorded = groups.map((group) => ({
        ...group,
        rules: group.rules.filter(({ record }) => record !== undefined),
      }));
      await writeFile(rules, JSON.stringify({ groups: recorded }));
      await writeFile(tests, JSON.stringify({ ...rest, rule_files: [basename(rules)] }));
      return { rules, tests };
    }),
  );
  const survivors = await passing(paths);
  expect(survivors.map((index) => `${mutants[index]?.rule.record}: ${mutants[index]?.how}`)).toEqual([]);
});

test('the tests of each alert pass alone, so that it is the mistake that fails them', async () => {
  const paths = await Promise.all(
    alertRules(ruleFiles).map((rule) =>
      writeAlone({ rule, how: 'unchanged', files: fileOf(rule) }, rule.key),
    ),
  );
  const suites = await suitesOf(paths.map(({ tests }) => tests));
  expect(suites.filter(({ failures }) => failures !== '0')).toEqual([]);
});

/** The mutants that pass those of their rule's tests. */
async function survivorsOf(
  mutants: readonly Mutation[],
  wanted: (test: RuleTest) => boolean,
): Promise<readonly Mutation[]> {
  if (mutants.length === 0) return [];
  const id = randomUUID();
  const paths = await Promise.all(
    mutants.map((mutant, index) => writeAlone(mutant, `${index}-${id}`, wanted)),
  );
  return (await passing(paths)).flatMap((index) => mutants[index] ?? []);
}

/** Whose tests pass with its rules; by the number that the name of the test file begins with. */
async function passing(paths: readonly { rules: string; tests: string }[]): Promise<readonly number[]> {
  // What promtool cannot read would fail as well, and say nothing about the tests.
  const check = await run('check', 'rules', ...paths.map(({ rules }) => rules));
  expect({ code: check.code, stderr: check.stderr }).toEqual({ code: 0, stderr: '' });
  const half = Math.ceil(paths.length / 2);
  const parts = [paths.slice(0, half), paths.slice(half)].filter(({ length }) => length > 0);
  const suites = (await Promise.all(parts.map((part) => suitesOf(part.map(({ tests }) => tests))))).flat();
  expect(suites).toHaveLength(paths.length);
  return suites.flatMap(({ name, failures }) => (failures === '0' ? [Number.parseInt(name, 10)] : []));
}

/** One a test file. */
async function suitesOf(paths: readonly string[]): Promise<readonly { name: string; failures: string }[]> {
  const report = join(folder, `${randomUUID()}.xml`);
  await run('test', 'rules', `--junit=${report}`, ...paths);
  const text = await readFile(report, 'utf8');
  return [...text.matchAll(/<testsuite name="([^"]+)" tests="[1-9]\d*" failures="(\d+)" errors="0"/g)].map(
    ([, name = '', failures = '']) => ({ name: basename(name), failures }),
  );
}

/** The rule with the series that it reads, and its own tests: four rules share a name, and each test lists the alerts of all. */
async function writeAlone(
  { rule, files }: Mutation,
  id: string,
  wanted: (test: RuleTest) => boolean = () => true,
) {
  const rules = join(folder, `${id}.rules.yml`);
  const tests = join(folder, `${id}.test.yml`);
  const { window } = rule.labels ?? {};
  const all = files.groups.flatMap((group) => group.rules);
  const read = new Set<string | undefined>();
  const follow = (text: string): void => {
    for (const { record, expr } of all) {
      if (record === undefined || read.has(record) || !text.includes(record)) continue;
      read.add(record);
      follow(expr);
    }
  };
  follow(rule.expr);
  const groups = files.groups.map((group) => ({
    ...group,
    rules: group.rules.filter(
      ({ record, alert, labels }) => read.has(record) || (alert === rule.alert && labels?.window === window),
    ),
  }));
  const { name: _name, ...source } = testFileOf(rule);
  const own = source.tests
    .filter((each) => each.name.startsWith(`${rule.key}: `) && wanted(each))
    .map((each) => ({
      ...each,
      alert_rule_test: each.alert_rule_test?.map((moment) => ({
        ...moment,
        exp_alerts: moment.exp_alerts?.filter(({ exp_labels: labels }) => labels.window === window),
      })),
    }));
  await writeFile(rules, JSON.stringify({ groups }));
  await writeFile(tests, JSON.stringify({ ...source, rule_files: [basename(rules)], tests: own }));
  return { rules, tests };
}

function fileOf(rule: AlertRule): RuleFile {
  const file = ruleFiles.find(({ name }) => name === rule.file);
  if (file === undefined) throw new Error(`${rule.key} has no file`);
  return file;
}

function testFileOf(rule: AlertRule): TestFile {
  const file = testFiles.find(({ tests }) => tests.some(({ name }) => name.startsWith(`${rule.key}: `)));
  if (file === undefined) throw new Error(`${rule.key} has no tests`);
  return file;
}

function recordedTestsOf(ruleFile: string): TestFile {
  const file = testFiles.find(
    ({ name, rule_files: rules }) => name.startsWith('recorded') && rules.includes(`../rules/${ruleFile}`),
  );
  if (file === undefined) throw new Error(`the recorded series of ${ruleFile} have no tests`);
  return file;
}

function stepOf(interval: string): number {
  return Number.parseInt(interval, 10) * (interval.endsWith('h') ? 60 : 1);
}
