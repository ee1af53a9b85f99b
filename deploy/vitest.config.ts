import { defineConfig } from 'vitest/config';

export default defineConfig({
  ssr: { resolve: { conditions: ['source', 'node', 'development|production'] } },
  test: {
    include: ['test/**/*.test.ts'],
    // Rendering and compiling take seconds on a busy machine.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
