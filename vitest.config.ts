import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

// Workspace packages export their TypeScript under `source` and their build under `default`. Tests run the
// sources: an edit is tested without a build, and stack traces and coverage point at what was written.
// Vitest resolves through Vite's server side, and setting the option replaces its defaults, which follow.
const ssr = { resolve: { conditions: ['source', 'node', 'development|production'] } };

const everyProject = {
  pool: 'forks' as const,
  // A process for each core instead of one for each file: starting those and loading the same modules again took as
  // long as the tests. So no two tests use the same folder of a store, and a file leaves nothing behind.
  isolate: false,
  restoreMocks: true,
  unstubEnvs: true,
};

/**
 * Take half a minute each; begun last, one of them would run alone for as long. Those that start many processes over
 * DynamoDB come after the crashes: side by side, their requests might wait for longer than the gateway does.
 */
const LONGEST = ['stale-candles', 'crash.test', 'triggers.test', 'journeys.test', 'concurrency.test'];

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
          // One more than there are cores, since some tests wait for a deadline.
          maxWorkers: availableParallelism() + 1,
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
          exclude: ['**/node_modules/**', '**/dist/**', '**/*.timed.test.ts'],
          maxWorkers: '100%',
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
          // What they measure must not be somebody else's work.
          fileParallelism: false,
          sequence: { groupOrder: 2 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
