import type { AwsOptions } from '@cnop/common/aws/aws-options';
import type { RetryOptions } from '@cnop/common/database/dynamodb/options';
import type { ItemKey, TableStore } from '@cnop/common/database/table-store';
import type { DynamoDbServer } from '@cnop/testing/dynamodb-server';
import { startDynamoDbServer, whyNoDynamoDb } from '@cnop/testing/dynamodb-server';
import type { FaultyProxy, ProxiedRequest } from '@cnop/testing/faulty-proxy';
import { startFaultyProxy } from '@cnop/testing/faulty-proxy';
import { counter, counterValue, freshPk, userKey } from '@cnop/testing/store-contract/contract';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import type { DynamoDbFixture } from './dynamodb-fixture.ts';
import { createFixture, TEST_TIMEOUT_MILLISECONDS } from './dynamodb-fixture.ts';

/** The operations that write. */
export const WRITES = new Set(['PutItem', 'DeleteItem', 'TransactWriteItems']);

/** A DynamoDB server behind a proxy that a test lets fail. */
interface FaultyDynamoDb {
  readonly server: DynamoDbServer;
  readonly proxy: FaultyProxy;
  readonly fixture: DynamoDbFixture;
  /** The pauses that the last opened store made between its attempts, in milliseconds. */
  readonly pauses: number[];
  /** Opens a store that goes through the proxy and does not sleep between its attempts. */
  openStore(retry?: Partial<RetryOptions>, aws?: Partial<AwsOptions>): TableStore;
  /** Returns the writes that the proxy has seen. */
  writesSeen(): readonly ProxiedRequest[];
  /** Returns the idempotency tokens of the writes that the proxy has seen. */
  tokensSeen(): readonly unknown[];
  /** Executes the first writes but drops their responses, then calls `also`. */
  loseAnswers(count: number, also?: () => Promise<unknown>): void;
  /** Lets all requests through and forgets those that were seen. */
  reset(): void;
  close(): Promise<void>;
}

/** Starts a DynamoDB server, the proxy before it, and tables on it. */
async function openFaultyDynamoDb(): Promise<FaultyDynamoDb> {
  const server = await startDynamoDbServer();
  const proxy = await startFaultyProxy(server.endpoint);
  const fixture = await createFixture(server);
  const pauses: number[] = [];
  const writesSeen = () => proxy.seen.filter(({ operation }) => WRITES.has(operation));
  return {
    server,
    proxy,
    fixture,
    pauses,
    openStore(retry = {}, aws = {}) {
      pauses.length = 0;
      const sleep = (milliseconds: number) => {
        pauses.push(milliseconds);
        return Promise.resolve();
      };
      return fixture.openThrough(proxy.endpoint, { aws, retry: { sleep, random: () => 0.5, ...retry } });
    },
    writesSeen,
    tokensSeen: () => writesSeen().map(({ body }) => body['ClientRequestToken']),
    loseAnswers(count, also = () => Promise.resolve()) {
      let lost = 0;
      proxy.decideFate(async (request) => {
        if (!WRITES.has(request.operation) || lost === count) return await request.forward();
        lost += 1;
        await request.forward();
        await also();
        return 'broken';
      });
    },
    reset() {
      proxy.decideFate(undefined);
      proxy.seen.length = 0;
    },
    async close() {
      await fixture.close();
      await proxy.close();
      await server.stop();
    },
  };
}

/** Describes the store under faults, on a server of its own. Skips where no such server runs, and says why. */
export function describeUnderFaults(define: (faulty: () => FaultyDynamoDb) => void): void {
  const reason = whyNoDynamoDb();
  if (reason !== undefined) process.stderr.write(`skipped: ${reason}\n`);

  describe.skipIf(reason !== undefined)(
    'the DynamoDB table store under faults',
    { timeout: TEST_TIMEOUT_MILLISECONDS },
    () => {
      let faulty: FaultyDynamoDb;

      beforeAll(async () => {
        faulty = await openFaultyDynamoDb();
      });
      afterEach(() => faulty.reset());
      afterAll(() => faulty.close());

      define(() => faulty);
    },
  );
}

/** Returns the keys of two items of one fresh partition. */
export function twoKeys(): [ItemKey, ItemKey] {
  const pk = freshPk();
  return [userKey(pk, 'A'), userKey(pk, 'B')];
}

/** Increments two counters in a transaction. */
export async function incrementBoth(store: TableStore, keys: readonly [ItemKey, ItemKey]): Promise<number> {
  const [one, other] = keys;
  return await store.transact({ one, other }, (items) => {
    const value = counterValue(items.one) + 1;
    return {
      writes: keys.map((key) => ({ kind: 'replace' as const, key, ...counter(value) })),
      result: value,
    };
  });
}

/** Returns the error with which a promise rejects. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    () => expect.unreachable('it should have failed'),
    (error: unknown) => error,
  );
}
