import { defineConfig } from 'vitest/config';

/**
 * Tests against real tools: one file at a time, since servers, ports and two processor cores are shared. All tests of
 * the inference service are here, too: it has packages of its own, which the root does not install.
 */
export default defineConfig({
  test: {
    include: ['**/*.itg.test.ts', 'reference-infra/ml-api/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', 'build/**', 'bench/**'],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 600_000,
  },
});
