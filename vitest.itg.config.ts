import { defineConfig } from 'vitest/config';

/** Tests against real tools: one file at a time, since servers, ports and two processor cores are shared. */
export default defineConfig({
  test: {
    include: ['**/*.itg.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', 'build/**', 'bench/**'],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 600_000,
  },
});
