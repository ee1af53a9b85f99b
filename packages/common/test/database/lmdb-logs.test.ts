import { createItems } from '@cnop/common/database/lmdb/apply-write';
import type { Environment } from '@cnop/common/database/lmdb/environment';
import { createLogSweeper, sweepExpired } from '@cnop/common/database/lmdb/expiry-sweeper';
import { sortKeysOf } from '@cnop/common/database/lmdb/read-keys';
import { describe, expect, it } from 'vitest';
import { openForEachTest } from './lmdb-fixture.ts';

const NOW = 1_000;
let environment: Environment;
openForEachTest((opened) => {
  environment = opened;
});

/** Creates a log with an item that expires at each of these times, in epoch seconds. */
async function writeLog(pk: string, expiries: readonly number[]): Promise<void> {
  await environment.root.childTransaction(() => {
    createItems(
      environment,
      expiries.map((expiresAtEpochSeconds, i) => ({
        kind: 'create' as const,
        key: { table: 'users' as const, pk, sk: String(i).padStart(3, '0') },
        attributes: {},
        expiresAtEpochSeconds,
      })),
    );
  });
}

const left = (pk: string) => [
  ...sortKeysOf(environment, { table: 'users', pk }, { low: '', high: '~', isDescending: false }),
];

describe('the sweep of logs', () => {
  it('deletes expired items at the head of each log, and no others', async () => {
    await writeLog('EVENT#ada', [1, 2, NOW, NOW + 1]);
    await writeLog('EVENT#bob', [NOW + 5]);
    await writeLog('EVENT#cyd', [NOW - 1]);
    // Not a log: its expiring items are in the expiry list.
    await writeLog('EVEN', [1]);
    await writeLog('EVENTS', [1]);
    expect(await createLogSweeper(environment).sweep(NOW)).toBe(4);
    expect([left('EVENT#ada'), left('EVENT#bob'), left('EVENT#cyd')]).toEqual([['003'], ['000'], []]);
    expect([left('EVEN'), left('EVENTS')]).toEqual([['000'], ['000']]);
  });

  it('items of logs are not in the expiry list', async () => {
    await writeLog('EVENT#ada', [1]);
    await writeLog('ada', [1]);
    expect(await sweepExpired(environment, NOW)).toBe(1);
    expect([left('EVENT#ada'), left('ada')]).toEqual([['000'], []]);
  });

  it('continues where it stopped, and starts again after the last log', async () => {
    const sweeper = createLogSweeper(environment);
    // More than one sweep deletes, in one log and in many.
    await writeLog(
      'EVENT#a',
      Array.from({ length: 700 }, () => 1),
    );
    for (let i = 0; i < 30; i += 1) await writeLog(`EVENT#b${i}`, [1, NOW + 1]);
    expect([await sweeper.sweep(NOW), await sweeper.sweep(NOW), await sweeper.sweep(NOW)]).toEqual([
      500, 30, 200,
    ]);
    expect(await sweeper.sweep(NOW + 1)).toBe(30);
    expect([...environment.histories.getKeys()]).toEqual([]);
  });

  it('reads a bounded number of logs at a time', async () => {
    for (let i = 0; i < 1_500; i += 1) await writeLog(`EVENT#${i}`, [i < 1_499 ? NOW + 1 : 1]);
    const sweeper = createLogSweeper(environment);
    // In the order of the usernames.
    await writeLog('EVENT#zz', [1]);
    expect([await sweeper.sweep(NOW), await sweeper.sweep(NOW)]).toEqual([1, 1]);
  });

  it('does nothing in a store without logs', async () => {
    expect(await createLogSweeper(environment).sweep(NOW)).toBe(0);
  });
});
