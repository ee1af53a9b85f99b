import { randomUUID } from 'node:crypto';
import { systemClock } from '@cnop/common/core/clock';
import { systemIds } from '@cnop/common/core/ids';
import { balanceRecord, createBalanceDao } from '@cnop/common/dao/user/balance-dao';
import { createDynamoDbTables } from '@cnop/common/database/dynamodb/create-tables';
import { createDynamoDbTableStore } from '@cnop/common/database/dynamodb/dynamodb-table-store';
import type { Balance } from '@cnop/common/entities/user/balance';
import { emptyBalance } from '@cnop/common/entities/user/balance-rules';
import { announceChanges } from '@cnop/common/events/announcing-store';
import { createSeenReads } from '@cnop/common/events/seen-reads';
import { createRedisBus } from '@cnop/common/messaging/redis/redis-bus';
import { aTime, aUsd, aUsername } from '@cnop/testing/builders/brands';
import { DYNAMODB_SERVER_AWS, startDynamoDbServer, whyNoDynamoDb } from '@cnop/testing/dynamodb-server';
import type { RedisServer } from '@cnop/testing/redis-server';
import { startRedisServer, whyNoRedis } from '@cnop/testing/redis-server';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { depositCash } from '../../../src/use-cases/cash/move-cash.ts';
import { readSeenBalance } from '../../../src/use-cases/cash/read-cash.ts';

const BOUND_MILLISECONDS = 5_000;
const reason = whyNoDynamoDb() ?? whyNoRedis();

describe.skipIf(reason !== undefined)(
  `balances of two instances over DynamoDB and Redis${reason ? ` (skipped: ${reason})` : ''}`,
  () => {
    const cleanup = createCleanup();
    let redis: RedisServer;
    let options: Parameters<typeof createDynamoDbTableStore>[0];
    beforeAll(async () => {
      redis = await startRedisServer();
      cleanup.defer(() => redis.stop());
      const server = await startDynamoDbServer();
      cleanup.defer(() => server.stop());
      const aws = { ...DYNAMODB_SERVER_AWS, endpoint: server.endpoint };
      options = { aws, tableNamePrefix: `test-${randomUUID()}-` };
      await createDynamoDbTables(options);
    });
    afterAll(() => cleanup.run());

    /** Opens an instance, whose age of values only the test advances. */
    async function openInstance(username: ReturnType<typeof aUsername>) {
      let nowMilliseconds = 0;
      let readUnits = 0;
      const bus = createRedisBus({ url: redis.url, onTrouble: () => undefined });
      const onConsumedCapacity = (units: { readonly readUnits: number }) => {
        readUnits += units.readUnits;
      };
      const store = announceChanges(createDynamoDbTableStore({ ...options, onConsumedCapacity }), bus);
      cleanup.defer(async () => {
        await bus.close();
        await store.close();
      });
      await expect.poll(() => bus.link?.isUp()).toBe(true);
      const monotonicClock = { elapsedMilliseconds: () => nowMilliseconds };
      const seqOf = ({ event_seq }: Balance) => event_seq;
      const deps = {
        balances: createBalanceDao(store),
        seenBalances: createSeenReads({ bus, seqOf, monotonicClock }),
      };
      return {
        store,
        read: async (seen?: number) => (await readSeenBalance(deps, { username, seen })).event_seq,
        unitsOf: async (act: () => Promise<unknown>): Promise<number> => {
          readUnits = 0;
          await act();
          return readUnits;
        },
        deposit: async () =>
          depositCash(
            {
              store,
              clock: systemClock,
              ids: systemIds,
              playMoney: { freeDeposits: true, demoAccounts: true },
              tierLimits: {},
            },
            { username, amount: aUsd('1.00'), description: null, intent: undefined },
          ),
        advance: (milliseconds: number) => {
          nowMilliseconds += milliseconds;
        },
      };
    }

    async function openTwo(name: string) {
      const username = aUsername(name);
      const [here, there] = [await openInstance(username), await openInstance(username)];
      const balance = emptyBalance(username, aTime('2026-01-15T12:00:00.000Z'));
      await here.store.transact({}, () => ({ writes: [balanceRecord.create(balance)], result: undefined }));
      await here.deposit();
      // The message about the deposit may come after the first read.
      await expect.poll(() => there.unitsOf(async () => there.read(1))).toBe(0);
      return { here, there };
    }

    it('cost nothing while nothing happens', async () => {
      const { there } = await openTwo('quiet');
      expect(await there.unitsOf(async () => there.read())).toBe(1);
      expect(await there.unitsOf(async () => there.read(1))).toBe(0);
    });

    it('follow an event of another instance at once', async () => {
      const { here, there } = await openTwo('followed');
      await here.deposit();
      await expect.poll(() => there.read(1)).toBe(2);
    });

    it('include what their client has seen or leaves unsaid while messages are lost, the rest within 5 s', async () => {
      const { here, there } = await openTwo('cut');
      await redis.stop();
      await here.deposit();
      // The client of this read knows nothing of the deposit.
      expect(await there.read(1)).toBe(1);
      // Its own write through another instance: it has seen the event, or says nothing.
      expect(await there.read()).toBe(2);
      expect(await there.read(2)).toBe(2);
      await here.deposit();
      expect(await there.read(2)).toBe(2);
      there.advance(BOUND_MILLISECONDS);
      expect(await there.read(2)).toBe(3);
      await here.deposit();
      await redis.start();
      // Everything in memory is dropped when messages arrive again.
      await expect.poll(() => there.read(3)).toBe(4);
    });
  },
);
