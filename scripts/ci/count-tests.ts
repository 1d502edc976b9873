/** `count-tests.ts REPORT`: prints `PASSED FAILED` of a vitest JSON report, for .ci/run; skipped tests count as failed. */

import { readTestReport } from './test-report.ts';

const path = process.argv[2] ?? '';
const counts = readTestReport(path, process.cwd());
if (counts === undefined) {
  console.error(`${path} is not a report of vitest`);
  process.exit(1);
}
for (const title of counts.skipped) console.error(`skipped: ${title}`);
console.log(`${counts.passed} ${counts.failed + counts.skipped.length}`);
