import type { FakeClock } from '@cnop/testing/fake-clock';
import { createFakeClock } from '@cnop/testing/fake-clock';
import type { TestRuntime } from '@cnop/testing/test-runtime';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CrashRun } from './crash-run.ts';
import { playCrashRun } from './crash-run.ts';

/** Number of runs; `CRASH_RUNS=2000` runs more. */
const RUNS = Number(process.env['CRASH_RUNS'] ?? '100');
const FIRST_SEED = Number(process.env['CRASH_FIRST_SEED'] ?? '0');
const CONTROL_RUNS = 60;
const MILLISECONDS_PER_RUN = 1_000;

let clock: FakeClock;
let runtime: TestRuntime;
beforeAll(async () => {
  clock = createFakeClock();
  runtime = await createTestRuntime({ clock });
});
afterAll(() => runtime.dispose());

describe('an order that was open when the server was killed', () => {
  it(
    `fills only if a quote after its acceptance triggered it, in ${RUNS} runs over all feeds and shapes`,
    async () => {
      const runs: CrashRun[] = [];
      for (let seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed++) {
        runs.push(await playCrashRun({ runtime, clock }, { seed }));
      }
      expect(runs.flatMap(({ faults }) => faults)).toEqual([]);
      const sum = (count: (run: CrashRun) => number) => runs.reduce((total, run) => total + count(run), 0);
      // The runs must include kills, fills, and fills at recorded prices.
      expect(sum(({ kills }) => kills)).toBeGreaterThan(RUNS / 2);
      expect(sum(({ filled }) => filled)).toBeGreaterThan(RUNS / 2);
      expect(sum(({ filledByRecord }) => filledByRecord)).toBeGreaterThan(0);
    },
    RUNS * MILLISECONDS_PER_RUN + 60_000,
  );

  it(
    'is seen to fill by a stale price when a candle is believed until the end of its span',
    async () => {
      const faults: string[] = [];
      for (let run = 0; run < CONTROL_RUNS && faults.length === 0; run++) {
        const seed = 1_000_000 + run;
        faults.push(...(await playCrashRun({ runtime, clock }, { seed, plantStaleCandles: true })).faults);
      }
      expect(faults).not.toEqual([]);
    },
    CONTROL_RUNS * MILLISECONDS_PER_RUN + 60_000,
  );
});
