import { defineConfig } from 'vitest/config';

/** Where load is made and memory or time is looked at: one file at a time, since two processor cores are shared. */
const alone = [
  'action-perf-gate/**/*.itg.test.ts',
  'test/act/perf-gate*.itg.test.ts',
  'test/*memory.itg.test.ts',
  'test/infra/monitoring/chain.itg.test.ts',
  'reference-infra/data-pipeline/test/memory.itg.test.ts',
  'reference-infra/ml-api/test/{hostile,lifecycle,load,predictions,registry}.itg.test.ts',
];

/**
 * Tests against real tools. All tests of the inference service and of the cost exporter are here, too: they have packages of
 * their own, which the root does not install.
 */
const all = ['**/*.itg.test.ts', 'reference-infra/{ml-api,cost/exporter}/**/*.test.ts'];

const shared = {
  exclude: ['**/node_modules/**', '**/dist/**', 'build/**', 'bench/**'],
  testTimeout: 300_000,
  hookTimeout: 600_000,
};

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: 'together',
          include: all,
          exclude: [...shared.exclude, ...alone],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...shared,
          name: 'alone',
          include: alone,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
