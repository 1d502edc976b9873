import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

/** What a vitest run came to, from its JSON report. */
export interface TestCounts {
  readonly files: number;
  readonly passed: number;
  /** Failed tests, and files that failed before or outside of any test, e.g. on import. */
  readonly failed: number;
  readonly failures: readonly string[];
  /** Tests that were declared and did not run. */
  readonly skipped: readonly string[];
}

interface JsonReport {
  readonly success: boolean;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** Counts the tests of a vitest JSON report; paths in it become relative to `root`. */
export function countTests(report: JsonReport, root: string): TestCounts {
  const failures: string[] = [];
  const skipped: string[] = [];
  let passed = 0;
  for (const file of report.testResults) {
    const name = relative(root, file.name);
    let failedHere = 0;
    for (const { status, fullName } of file.assertionResults) {
      const title = `${name}: ${fullName.trim()}`;
      if (status === 'passed') passed++;
      else if (status === 'failed') {
        failedHere++;
        failures.push(title);
      } else skipped.push(title);
    }
    if (file.status === 'failed' && failedHere === 0) failures.push(name);
  }
  if (!report.success && failures.length === 0) failures.push('an error outside of any test');
  return { files: report.testResults.length, passed, failed: failures.length, failures, skipped };
}

/** The counts of the report at `path`, or undefined when there is none that can be read. */
export function readTestReport(path: string, root: string): TestCounts | undefined {
  try {
    return countTests(JSON.parse(readFileSync(path, 'utf8')) as JsonReport, root);
  } catch {
    return undefined;
  }
}
