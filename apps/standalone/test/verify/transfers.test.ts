import { isoTime } from '@cnop/common/core/brands';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import { emailClaimRecord, userRecord } from '@cnop/common/dao/user/user-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import { InsufficientBalanceError } from '@cnop/common/entities/user/balance-rules';
import { aUsd, aUsername } from '@cnop/testing/builders/brands';
import { aUser } from '@cnop/testing/builders/user';
import { whyNoDynamoDb } from '@cnop/testing/dynamodb-server';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { transferCash } from '@cnop/user-service/use-cases/transfers/transfer-cash';
import { afterEach, describe, expect, test } from 'vitest';
import { verifyStore } from '../../src/verify/audit-store.ts';
import { openDynamoDb } from './dynamodb-store.ts';

const RING = 50;
const OPENING_USD = '10.00';

const cleanup = createCleanup();
afterEach(() => cleanup.run());

/** Opens accounts with 10 USD each, in a ring: each has a next one. */
async function createRing(given?: TableStore) {
  const runtime = await createTestRuntime(given && { store: given });
  cleanup.defer(() => runtime.dispose());
  const { store } = runtime;
  const names = Array.from({ length: RING }, (_, position) => aUsername(`user${position}`));
  await Promise.all(
    names.map(async (username) => {
      const created_at = isoTime(runtime.clock.now());
      const user = aUser({ username, email: `${username}@example.com`, created_at });
      const writes = [userRecord.create(user), emailClaimRecord.create(user)];
      await store.transact({}, () => ({ writes, result: undefined }));
      await runtime.fund(username, OPENING_USD);
    }),
  );

  /** Returns whether a transfer was sent and not refused for lack of cash. */
  async function send(position: number, usd: string): Promise<boolean> {
    const [username, to] = [names[position], names[(position + 1) % RING]];
    if (!username || !to) throw new Error('the ring is too short');
    const intent = { username, route: 'transfer', key: `key-${usd}`, requestHash: 'hash' };
    const command = { username, to, amount: aUsd(usd), description: null, intent };
    try {
      // A request that is repeated at the same moment takes no effect of its own.
      await Promise.all([transferCash(runtime, command), transferCash(runtime, command)]);
      return true;
    } catch (error) {
      if (error instanceof InsufficientBalanceError) return false;
      throw error;
    }
  }

  /** Sends an amount from each user to the next one, all at once. Returns how many were refused for lack of cash. */
  async function sendRound(usd: string): Promise<number> {
    const sent = await Promise.all(names.map((_name, position) => send(position, usd)));
    return sent.filter((isSent) => !isSent).length;
  }

  const cents = async (): Promise<number[]> => {
    const items = await Promise.all(names.map((username) => store.get(balanceRecord.key({ username }))));
    return items.map((item) => Math.round(Number(balanceRecord.readIfPresent(item)?.current_balance) * 100));
  };
  return { store, sendRound, cents };
}

const ADAPTERS: Readonly<Record<string, () => Promise<TableStore | undefined>>> = {
  'the embedded store': async () => undefined,
  ...(whyNoDynamoDb() === undefined && { DynamoDB: () => openDynamoDb(cleanup) }),
};

describe.each(Object.entries(ADAPTERS))('50 transfers at once in a ring, in %s', (_name, open) => {
  test('lose nothing, overdraw no account, and leave a store without violations', async () => {
    const { store, sendRound, cents } = await createRing(await open());
    expect(await sendRound('7.00')).toBe(0);
    expect(await cents()).toEqual(Array.from({ length: RING }, () => 1_000));
    // More than an account has: a transfer succeeds only after the one before it in the ring.
    const refused = await sendRound('15.00');
    const after = await cents();
    expect(refused).toBeGreaterThan(0);
    expect(after.reduce((sum, one) => sum + one, 0)).toBe(RING * 1_000);
    expect(Math.min(...after)).toBeGreaterThanOrEqual(0);
    const report = await verifyStore(store, { pauseMilliseconds: 0 });
    expect(report.violations).toEqual([]);
    expect(report.unsettled).toEqual([]);
    expect(report.counts).toMatchObject({
      cash_total: '500.00',
      transactions: RING + 2 * RING + 2 * (RING - refused),
    });
  });
});
