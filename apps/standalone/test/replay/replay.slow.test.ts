import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createLogger } from '@cnop/common/process/logger';
import { PROJECT_ROOT } from '@cnop/testing/system/node-process';
import { describe, expect, it } from 'vitest';
import { describeDifference, statusOf } from '../../src/replay/expected-outcome.ts';
import type { ReplayOptions } from '../../src/replay/run-replay.ts';
import { runReplay } from '../../src/replay/run-replay.ts';
import { MARKETS, rowsOf, withPriceFile } from './made-up-markets.ts';

const RECORDED = new URL('../../../../../shared/data/market/', import.meta.url).pathname;
const TEST_TIMEOUT_MILLISECONDS = 180_000;
const BASE = { seed: 1, logger: createLogger({ level: 'silent' }), onProgress: () => undefined } as const;

async function replay(options: Pick<ReplayOptions, 'file' | 'orders' | 'distort'>) {
  const { replayed, violations } = await runReplay({ ...BASE, ...options });
  const count = (status: string) => replayed.filter(({ placed }) => statusOf(placed) === status).length;
  const differences = replayed.flatMap((each) => describeDifference(each) ?? []);
  return { count, differences, violations };
}

/** A market on a random walk of one day. */
const WAVE = [
  'open_time,close',
  ...Array.from({ length: 1_440 }, (_, minute) => {
    const price = 100 + 8 * Math.sin(minute / 90) + 3 * Math.sin(minute / 7);
    return `${new Date(Date.UTC(2023, 2, 1, 0, minute)).toISOString()},${price.toFixed(2)}`;
  }),
];

describe('a replay', { timeout: TEST_TIMEOUT_MILLISECONDS }, () => {
  it('of a random walk ends as the walk over the file says', async () => {
    await withPriceFile('WAVE-1m.csv', WAVE, async (file) => {
      const { count, differences, violations } = await replay({ file, orders: 200 });
      expect(differences).toEqual([]);
      expect(violations).toBe(0);
      expect(count('completed')).toBeGreaterThan(100);
    });
  });

  it('finds an order service that misses prices', async () => {
    await withPriceFile('WAVE-1m.csv', WAVE, async (file) => {
      const distort: ReplayOptions['distort'] = (track) =>
        track.map((point, position) =>
          position % 3 === 0 ? point : { ...point, mid: track[position - 1]?.mid ?? point.mid },
        );
      expect((await replay({ file, orders: 200, distort })).differences).not.toEqual([]);
    });
  });

  it.each(Object.entries(MARKETS))('of %s ends as the walk over the file says', async (_what, market) => {
    await withPriceFile(market.file, rowsOf(market), async (file) => {
      const { count, differences, violations } = await replay({ file, orders: 200 });
      expect(differences).toEqual([]);
      expect(violations).toBe(0);
      expect(count('completed')).toBeGreaterThan(60);
      // Some orders are refused on purpose, most are not.
      expect(count('refused')).toBeGreaterThan(0);
      expect(count('refused')).toBeLessThan(100);
    });
  });

  it.each(['gap-after-first-line.csv', 'daily-from-friday.csv'])(
    'of %s ends as the walk over the file says',
    async (name) => {
      const file = join(PROJECT_ROOT, 'packages/testing/recorded', name);
      const { differences, violations } = await replay({ file, orders: 100 });
      expect(differences).toEqual([]);
      expect(violations).toBe(0);
    },
  );

  // The day before a stablecoin lost its peg, and that day. The whole month takes minutes: `npm run cnop -- replay <file>`.
  it.skipIf(!existsSync(RECORDED)).each(['BTC-USD-1m-2023-03.csv', 'USDC-USD-1m-2023-03.csv'])(
    'of 10 and 11 March in %s ends as the walk over the file says',
    async (name) => {
      const [header = '', ...rows] = (await readFile(join(RECORDED, name), 'utf8')).trim().split('\n');
      const days = rows.filter((row) => row >= '2023-03-10' && row < '2023-03-12');
      await withPriceFile(name, [header, ...days], async (file) => {
        const { count, differences, violations } = await replay({ file, orders: 200 });
        expect(differences).toEqual([]);
        expect(violations).toBe(0);
        expect(count('completed')).toBeGreaterThan(50);
      });
    },
  );
});

describe('the command line', () => {
  it.each([
    ['an unknown option', ['replay', 'BTC.csv', '--bogus'], 'unknown option'],
    ['no file', ['replay'], 'missing required argument'],
    ['orders that are no number', ['replay', 'BTC.csv', '--orders', 'many'], 'Enter a whole number'],
    ['a file that is not there', ['replay', '/nowhere/BTC.csv'], 'ENOENT'],
    ['an unknown option of another command', ['verify', '--bogus'], 'unknown option'],
  ])('answers %s with code 2 and one plain message', async (_what, args, complaint) => {
    const cli = join(PROJECT_ROOT, 'apps/standalone/dist/cli.js');
    const failed = promisify(execFile)(process.execPath, [cli, ...args]);
    const error = await failed.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 2, stderr: expect.stringContaining(complaint) as string });
    expect((error as { readonly stderr: string }).stderr).not.toMatch(/^\s+at /m);
  });
});
