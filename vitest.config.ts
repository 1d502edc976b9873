import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{action-*,core,cli,scripts,test}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', 'build/**', '**/*.itg.test.ts'],
    testTimeout: 60_000,
  },
});
