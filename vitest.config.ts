import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

// Workspace packages export their TypeScript under `source` and their build under `default`. Tests run the sources: an
// edit is tested without a build, and stack traces and coverage point at the sources. Setting the option replaces the
// defaults of Vite's server side, which are repeated here.
const ssr = { resolve: { conditions: ['source', 'node', 'development|production'] } };

const everyProject = {
  pool: 'forks' as const,
  // Test files share a process for each core. A process for each file doubled the time, mostly for loading the same
  // modules again. So no two tests may use the same store folder, and a file must leave nothing behind.
  isolate: false,
  restoreMocks: true,
  unstubEnvs: true,
};

/** Test files that take half a minute each. They start first, so that none of them runs alone at the end. */
const LONGEST = [
  'stale-candles',
  'crash.test',
  'triggers.test',
  'crash.properties',
  'one-process',
  'shown-and-traded',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ moduleId }: TestSpecification) => {
      const rank = LONGEST.findIndex((name) => moduleId.includes(`/${name}.`));
      return rank === -1 ? LONGEST.length : rank;
    };
    return (await super.sort(files)).toSorted((one, other) => rankOf(one) - rankOf(other));
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
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
          exclude: ['**/node_modules/**', '**/dist/**', '**/*.{slow,timed}.test.ts'],
          // One more than the cores, since some tests wait for a deadline.
          maxWorkers: availableParallelism() + 1,
          // Tests take milliseconds; the limit is for a busy machine.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // The fastest tests run first.
          sequence: { groupOrder: 0 },
        },
      },
      {
        ssr,
        test: {
          ...everyProject,
          name: 'system',
          include: ['e2e/**/*.test.ts', '**/*.slow.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**', '**/*.timed.test.ts', 'e2e/cluster/**'],
          // Some of these wait for a clock or for another process.
          maxWorkers: availableParallelism() + 1,
          sequence: { groupOrder: 1 },
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
      {
        ssr,
        test: {
          ...everyProject,
          name: 'timed',
          include: ['**/*.timed.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**'],
          // Parallel tests would distort the measured times.
          fileParallelism: false,
          sequence: { groupOrder: 2 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        ssr,
        test: {
          ...everyProject,
          name: 'cluster',
          include: ['e2e/cluster/**/*.test.ts'],
          // Several processes each: in parallel, their requests could exceed the timeout of the gateway.
          fileParallelism: false,
          sequence: { groupOrder: 3 },
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
});
