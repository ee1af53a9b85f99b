import { isoTime } from '@cnop/common/core/brands';
import { addSeconds } from '@cnop/common/core/clock';
import { systemIds } from '@cnop/common/core/ids';
import {
  airdropPartRecord,
  airdropRecord,
  createAirdropDao,
  partsOf,
} from '@cnop/common/dao/asset/airdrop-dao';
import { createAssetBalanceDao } from '@cnop/common/dao/asset/position-dao';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { createDueWorkDao, dueWorkRecord } from '@cnop/common/dao/schedule/due-work-dao';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import { emailClaimRecord, userRecord } from '@cnop/common/dao/user/user-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import type { Airdrop } from '@cnop/common/entities/asset/airdrop';
import { emptyBalance } from '@cnop/common/entities/user/balance-rules';
import { anAssetId, aQuantity, aUsd, aUsername } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import { aUser } from '@cnop/testing/builders/user';
import { whyNoDynamoDb } from '@cnop/testing/dynamodb-server';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { dueWorkOf, postAirdrop } from '@cnop/user-service/airdrops/use-cases/post-airdrop';
import { afterEach, describe, expect, test } from 'vitest';
import { verifyStore } from '../../src/verify/audit-store.ts';
import { openDynamoDb } from './dynamodb-store.ts';

const RECIPIENTS = 60;
const DOGE = anAssetId('DOGE');

const cleanup = createCleanup();
afterEach(() => cleanup.run());

/** Returns a store of a process that dies with a commit: it is on disk, but its answer is lost, and so is all that follows. */
function dyingStore(store: TableStore, commits: number): TableStore {
  let left = commits;
  return {
    ...store,
    async transact(reads, decide) {
      if (left <= 0) throw new Error('the process has died');
      left -= 1;
      const result = await store.transact(reads, decide);
      if (left === 0) throw new Error('the process has died');
      return result;
    },
  };
}

async function createAirdrop(given?: TableStore) {
  const runtime = await createTestRuntime(given && { store: given });
  cleanup.defer(() => runtime.dispose());
  const { store, clock } = runtime;
  await createAssetDao(store).createAsset(
    anAsset({ asset_id: DOGE, current_price: '0.5', quantity_scale: 4 }),
  );
  const at = isoTime(clock.now());
  const names = Array.from({ length: RECIPIENTS }, (_, position) => aUsername(`user${position}`));
  await Promise.all(
    names.map(async (username) => {
      const user = aUser({ username, email: `${username}@example.com`, created_at: at });
      const balance = balanceRecord.create(emptyBalance(username, at));
      const writes = [userRecord.create(user), emailClaimRecord.create(user), balance];
      return store.transact({}, () => ({ writes, result: undefined }));
    }),
  );
  const airdrop: Airdrop = {
    airdrop_id: systemIds.next(),
    asset_id: DOGE,
    reason: 'a gift',
    status: 'running',
    recipients: RECIPIENTS,
    total_quantity: aQuantity(String(2 * RECIPIENTS)),
    total_value: aUsd(`${RECIPIENTS}.00`),
    created_by: aUsername('root'),
    created_at: at,
    expires_at: null,
    approved_by: null,
    handled: 0,
    posted: 0,
    skipped: 0,
    failed: 0,
    posted_quantity: aQuantity('0'),
    work_due_at: at,
    updated_at: at,
    finished_at: null,
  };
  const work = dueWorkOf(airdrop);
  const recipients = names.map((username) => ({ username, quantity: aQuantity('2') }));
  const writes = [
    airdropRecord.create(airdrop),
    ...partsOf(airdrop.airdrop_id, recipients).map(airdropPartRecord.create),
    ...(work ? [dueWorkRecord.create(work)] : []),
  ];
  await store.transact({}, () => ({ writes, result: undefined }));

  /** Does the due work as a process over the store, until none is left or the process has died. */
  async function runProcess(over: TableStore = store): Promise<void> {
    const parts = { ...runtime, store: over, assets: createAssetDao(over), airdrops: createAirdropDao(over) };
    for (;;) {
      const due = await createDueWorkDao(over).getDue('airdrop', {
        at: isoTime(addSeconds(clock.now(), 60)),
        limit: 1,
      });
      const [next] = due.items;
      if (!next) return;
      await postAirdrop(parts, next);
    }
  }
  return { store, names, runProcess, airdropId: airdrop.airdrop_id };
}

const ADAPTERS: Readonly<Record<string, () => Promise<TableStore | undefined>>> = {
  'the embedded store': async () => undefined,
  ...(whyNoDynamoDb() === undefined && { DynamoDB: () => openDynamoDb(cleanup) }),
};

describe.each(Object.entries(ADAPTERS))('an airdrop in %s', (_name, open) => {
  test('reaches each recipient once, whichever processes die in the middle of it', async () => {
    const { store, names, runProcess, airdropId } = await createAirdrop(await open());
    for (const commits of [1, 7, 30]) {
      await expect(runProcess(dyingStore(store, commits))).rejects.toThrow('the process has died');
    }
    // Two processes that live do the rest at once.
    await Promise.all([runProcess(), runProcess()]);
    const holdings = createAssetBalanceDao(store);
    const units = await Promise.all(
      names.map(async (username) => (await holdings.getAssetBalance(username, DOGE))?.quantity),
    );
    expect(units).toEqual(names.map(() => '2'));
    expect(await createAirdropDao(store).getAirdrop(airdropId)).toMatchObject({
      status: 'completed',
      posted: RECIPIENTS,
      posted_quantity: String(2 * RECIPIENTS),
    });
    const report = await verifyStore(store, { pauseMilliseconds: 0 });
    expect(report.violations).toEqual([]);
    expect(report.unsettled).toEqual([]);
  });
});
