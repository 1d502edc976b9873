import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProcess } from '../tools/process.ts';
import { countTests, readTestReport } from './test-report.ts';

const root = resolve(import.meta.dirname, '../..');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'test-report-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The report of a real vitest run over the given files. */
async function reportOf(files: Record<string, string>): Promise<string> {
  const project = mkdtempSync(join(folder, 'project-'));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(project, name), content);
  const report = join(project, 'report.json');
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const args = ['run', '--globals', '--root', project, '--reporter=json', `--outputFile=${report}`];
  await runProcess(process.execPath, [vitest, ...args], {
    cwd: project,
    // A run inside of a run: nothing of the outer one's environment may reach it.
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
    timeoutMs: 60_000,
  });
  return report;
}

test('passed, failed and skipped tests of a real run are counted apart and named', async () => {
  const report = await reportOf({
    'mixed.test.mjs': `
      describe('group', () => {
        test('holds', () => {});
        test('breaks', () => expect(1).toBe(2));
        test${'.skip'}('sleeps', () => {});
      });`,
    'broken.test.mjs': 'import "./no-such-file.mjs"; test("never", () => {});',
  });
  const counts = readTestReport(report, join(report, '..'));
  expect(counts).toMatchObject({ files: 2, passed: 1, failed: 2 });
  expect([...(counts?.failures ?? [])].sort()).toEqual(['broken.test.mjs', 'mixed.test.mjs: group breaks']);
  expect(counts?.skipped).toEqual(['mixed.test.mjs: group sleeps']);
});

test('a run that failed without a failed test still counts as a failure', () => {
  const counts = countTests({ success: false, testResults: [] }, '/');
  expect(counts).toMatchObject({ passed: 0, failed: 1, failures: ['an error outside of any test'] });
});

test('a report that is missing or cut short is not a report', () => {
  const path = join(folder, 'cut.json');
  writeFileSync(path, '{"success":');
  expect(readTestReport(path, '/')).toBeUndefined();
  expect(readTestReport(join(folder, 'none.json'), '/')).toBeUndefined();
});
