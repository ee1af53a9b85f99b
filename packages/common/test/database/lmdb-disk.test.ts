import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { explainCommitFailure } from '../../src/database/lmdb/commit-queue.ts';
import { createLmdbTableStore } from '../../src/database/lmdb/lmdb-table-store.ts';
import { DiskFullError } from '../../src/database/store-errors.ts';
import type { StoreDisk } from '../../src/database/table-store.ts';
import { takesWrites } from '../../src/database/table-store.ts';

const KEY = { table: 'users', pk: 'alice', sk: 'USER' } as const;
const MIN_FREE_BYTES = 1_000;

/** Opens a store on a disk with a simulated free space. */
async function openStore() {
  const folder = await mkdtemp(join(tmpdir(), 'cnop-disk-'));
  const disk = { freeBytes: MIN_FREE_BYTES };
  const changes: StoreDisk[] = [];
  const store = createLmdbTableStore({
    path: folder,
    minFreeBytes: MIN_FREE_BYTES,
    onDiskChange: (change) => changes.push(change),
    diskReading: { readFreeBytes: async () => disk.freeBytes, everyMilliseconds: 5 },
  });
  onTestFinished(async () => {
    await store.close();
    await rm(folder, { recursive: true });
  });
  const write = async (count: number) =>
    store.transact({ item: KEY }, () => ({
      writes: [{ kind: 'replace', key: KEY, attributes: { count } }],
      result: count,
    }));
  const setFree = async (freeBytes: number) => {
    disk.freeBytes = freeBytes;
    await expect.poll(() => store.disk?.().freeBytes).toBe(freeBytes);
  };
  return { store, changes, write, setFree };
}

describe('a store on a disk that fills up', () => {
  test('refuses writes with 503 and Retry-After, still reads, and accepts writes again by itself', async () => {
    const { store, changes, write, setFree } = await openStore();
    await write(1);
    await setFree(MIN_FREE_BYTES - 1);
    const error: unknown = await write(2).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DiskFullError);
    expect(error).toMatchObject({ code: 'SVC_001', status: 503, retryAfterSeconds: 10 });
    expect((error as DiskFullError).message).toContain('The disk is nearly full');
    expect((await store.get(KEY))?.attributes).toEqual({ count: 1 });
    expect(takesWrites(store)).toBe(false);

    await setFree(MIN_FREE_BYTES);
    expect(takesWrites(store)).toBe(true);
    await write(3);
    expect((await store.get(KEY))?.attributes).toEqual({ count: 3 });
    expect(changes.map(({ isFull }) => isFull)).toEqual([true, false]);
  });

  test('does not call decide while it refuses writes', async () => {
    const { store, setFree } = await openStore();
    await setFree(0);
    let decisions = 0;
    const refused = store.transact({}, () => {
      decisions += 1;
      return { writes: [], result: undefined };
    });
    await expect(refused).rejects.toThrow(DiskFullError);
    expect(decisions).toBe(0);
  });
});

describe('the reason of a failed commit', () => {
  const numbered = (message: string, code: number) => Object.assign(new Error(message), { code });
  const PLENTY = 10_000_000_000;

  test.each([
    ['No space left on device', numbered('No space left on device', 28), PLENTY, 'the disk is full'],
    ['an I/O error of a full disk', numbered('Input/output error', 5), 4_096, 'the disk is full'],
    ['an I/O error of a broken disk', numbered('Input/output error', 5), PLENTY, 'I/O error: the disk'],
    ['a number alone', numbered('commit failed', 5), PLENTY, 'I/O error: the disk'],
    ['permissions', numbered('Permission denied', 13), PLENTY, 'permission denied. Give the user'],
    ['a read-only disk', numbered('Read-only file system', 30), PLENTY, 'permission denied. Give the user'],
    ['a disk that is gone', numbered('Input/output error', 5), undefined, 'I/O error: the disk'],
    ['something else', new Error('MDB_PANIC'), PLENTY, 'see the error above'],
  ])('is explained for %s, with a remedy', (_what, error, freeBytes, words) => {
    const explained = explainCommitFailure(error, { folder: '/srv/store', freeBytes });
    expect(explained).toContain(words);
    expect(explained).toContain('tart again');
    expect(explained).toContain('/srv/store');
    expect(explained).not.toContain('\n');
  });
});
