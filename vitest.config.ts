import { defineConfig } from 'vitest/config';

// Workspace packages export their TypeScript under `source` and their build under `default`. Tests run the
// sources: an edit is tested without a build, and stack traces and coverage point at what was written.
// Vitest resolves through Vite's server side, and setting the option replaces its defaults, which follow.
const ssr = { resolve: { conditions: ['source', 'node', 'development|production'] } };

const everyProject = {
  // A process per file: an LMDB environment may be opened only once in each.
  pool: 'forks' as const,
  restoreMocks: true,
  unstubEnvs: true,
};

export default defineConfig({
  test: {
    coverage: {
      provider: 'v8',
      include: ['{packages,services,apps}/*/src/**/*.ts'],
    },
    projects: [
      {
        ssr,
        test: {
          ...everyProject,
          name: 'unit',
          include: ['{packages,services,apps}/*/test/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**', '**/*.slow.test.ts'],
          maxWorkers: '100%',
          // They take milliseconds; a machine with other work on it must not make them fail.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // These fail fastest, so they go first.
          sequence: { groupOrder: 0 },
        },
      },
      {
        ssr,
        test: {
          ...everyProject,
          name: 'system',
          include: ['e2e/**/*.test.ts', '**/*.slow.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**'],
          // Each starts a whole system and some watch the clock: on a small machine two at once disturb each other.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
