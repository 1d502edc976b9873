import { defineConfig } from 'vitest/config';

/** Where `.ci/run` wants the results as JSON, beside the lines in the terminal. */
const report = process.env.ML_GATES_TEST_REPORT;

export default defineConfig({
  test: {
    include: [
      '{action-*,check-infra,core,cli,scripts,test}/**/*.test.ts',
      'reference-infra/data-pipeline/{etl,triggers,validation}/**/*.test.ts',
    ],
    exclude: ['**/node_modules/**', '**/dist/**', 'build/**', '**/*.itg.test.ts'],
    testTimeout: 60_000,
    ...(report === undefined ? {} : { reporters: ['default', ['json', { outputFile: report }]] }),
  },
});
