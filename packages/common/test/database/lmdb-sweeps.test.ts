import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEnvironment } from '@cnop/common/database/lmdb/environment';
import { NOTHING } from '@cnop/common/database/lmdb/item-layout';
import { createLmdbTableStore } from '@cnop/common/database/lmdb/lmdb-table-store';
import type { ItemKey, TableStore } from '@cnop/common/database/table-store';
import { createFakeClock } from '@cnop/testing/fake-clock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const SWEEP_INTERVAL_MILLISECONDS = 60_000;
const SESSION: ItemKey = { table: 'users', pk: 'alice', sk: 'SESSION#1' };
const EVENT: ItemKey = { table: 'users', pk: 'EVENT#alice', sk: '001' };

let path: string;
let clock: ReturnType<typeof createFakeClock>;
const stores: TableStore[] = [];
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'cnop-lmdb-'));
  clock = createFakeClock();
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(stores.splice(0).map((store) => store.close()));
  rmSync(path, { recursive: true });
});

function open(options: Partial<Parameters<typeof createLmdbTableStore>[0]> = {}): TableStore {
  const store = createLmdbTableStore({ path, clock, ...options });
  stores.push(store);
  return store;
}

/** Creates an item in the expiry list and one in a log, both expired. */
async function createExpired(store: TableStore): Promise<void> {
  await store.transact({}, () => ({
    writes: [SESSION, EVENT].map((key) => ({
      kind: 'create' as const,
      key,
      attributes: {},
      expiresAtEpochSeconds: 1,
    })),
    result: undefined,
  }));
}

describe('closing the store', () => {
  it('waits for a running sweep, which then has deleted all expired items', async () => {
    const store = open();
    await createExpired(store);
    vi.advanceTimersByTime(SWEEP_INTERVAL_MILLISECONDS);
    await store.close();
    stores.pop();
    const reopened = open({ readOnly: true });
    expect(await reopened.batchGet([SESSION, EVENT])).toEqual([undefined, undefined]);
  });
});

describe('a sweep that fails', () => {
  it('is reported and counted, and does not stop the sweep of logs', async () => {
    const environment = openEnvironment(path);
    await environment.expiry.put([1, 'unknown-table', 'alice', 'SESSION#1'], NOTHING);
    await environment.close();
    const failures: unknown[] = [];
    const store = open({ onSweepFailure: (error) => failures.push(error) });
    await createExpired(store);
    vi.advanceTimersByTime(SWEEP_INTERVAL_MILLISECONDS);
    await vi.waitFor(async () => expect(await store.get(EVENT)).toBeUndefined());
    expect(failures).toEqual([
      expect.objectContaining({ message: expect.stringContaining('unknown-table') as string }),
    ]);
    expect(store.sweepFailures?.()).toBe(1);
  });

  it('is tried again', async () => {
    const failures: unknown[] = [];
    const store = open({ onSweepFailure: (error) => failures.push(error) });
    await createExpired(store);
    const now = vi.spyOn(clock, 'now').mockImplementation(() => {
      throw new Error('no time');
    });
    vi.advanceTimersByTime(SWEEP_INTERVAL_MILLISECONDS);
    await vi.waitFor(() => expect(failures).toHaveLength(2));
    now.mockRestore();
    vi.advanceTimersByTime(SWEEP_INTERVAL_MILLISECONDS);
    await vi.waitFor(async () => expect(await store.get(EVENT)).toBeUndefined());
    expect(await store.get(SESSION)).toBeUndefined();
    expect(store.sweepFailures?.()).toBe(2);
  });
});
