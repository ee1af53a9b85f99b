import { applyWrite } from '@cnop/common/database/lmdb/apply-write';
import type { Environment } from '@cnop/common/database/lmdb/environment';
import { sweepExpired } from '@cnop/common/database/lmdb/expiry-sweeper';
import type { ItemContent, ItemKey } from '@cnop/common/database/table-store';
import { describe, expect, it } from 'vitest';
import { openForEachTest } from './lmdb-fixture.ts';

const NOW = 1_000;
let environment: Environment;
openForEachTest((opened) => {
  environment = opened;
});

const key = (pk: string): ItemKey => ({ table: 'users', pk, sk: 'SESSION#1' });
const stored = (pk: string) => environment.table('users').get([pk, 'SESSION#1']);
const listed = () => [...environment.expiry.getKeys()].map((entry) => entry[2]);
const inDirectory = () =>
  [...environment.index('users', 'UserDirectoryIndex').getKeys()].map((entry) => entry[2]);

async function put(pk: string, content: Omit<ItemContent, 'attributes'>): Promise<void> {
  await environment.root.childTransaction(() => {
    applyWrite(environment, { kind: 'replace', key: key(pk), attributes: {}, ...content }, stored(pk));
  });
}

describe('the expiry sweep', () => {
  it('deletes expired items with their index entries, and no others', async () => {
    const indexes = { UserDirectoryIndex: { pk: 'USER', sk: 'x' } };
    await put('past', { expiresAtEpochSeconds: NOW - 1, indexes });
    await put('future', { expiresAtEpochSeconds: NOW + 60, indexes });
    await put('forever', { indexes });
    expect(await sweepExpired(environment, NOW)).toBe(1);
    expect(stored('past')).toBeUndefined();
    expect([stored('future'), stored('forever')]).not.toContain(undefined);
    expect(
      inDirectory()
        .map(String)
        .toSorted((a, b) => a.localeCompare(b)),
    ).toEqual(['forever', 'future']);
    expect(listed()).toEqual(['future']);
  });

  it('keeps an item whose expiry was moved or removed', async () => {
    await put('prolonged', { expiresAtEpochSeconds: NOW - 1 });
    await put('prolonged', { expiresAtEpochSeconds: NOW + 60 });
    await put('kept', { expiresAtEpochSeconds: NOW - 1 });
    await put('kept', {});
    expect(await sweepExpired(environment, NOW)).toBe(0);
    expect([stored('prolonged'), stored('kept')]).not.toContain(undefined);
    expect(listed()).toEqual(['prolonged']);
  });

  it('works in batches until no expired item is left', async () => {
    await Promise.all(Array.from({ length: 600 }, (_, i) => put(`old${i}`, { expiresAtEpochSeconds: 1 })));
    expect(await sweepExpired(environment, NOW)).toBe(500);
    expect(await sweepExpired(environment, NOW)).toBe(100);
    expect(await sweepExpired(environment, NOW)).toBe(0);
    expect(listed()).toEqual([]);
  });
});
