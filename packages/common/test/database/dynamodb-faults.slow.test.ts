import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { AwsOptions } from '@cnop/common/aws/aws-options';
import type { RetryOptions } from '@cnop/common/database/dynamodb/options';
import { ItemExistsError, StoreBusyError, StoreUnavailableError } from '@cnop/common/database/store-errors';
import type { ItemKey, TableStore } from '@cnop/common/database/table-store';
import type { DynamoDbServer } from '@cnop/testing/dynamodb-server';
import { startDynamoDbServer, whyNoDynamoDb } from '@cnop/testing/dynamodb-server';
import {
  counter,
  counterValue,
  freshPk,
  increment,
  put,
  remove,
  userKey,
} from '@cnop/testing/store-contract/contract';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DynamoDbFixture } from './dynamodb-fixture.ts';
import { createFixture, TEST_TIMEOUT_MILLISECONDS } from './dynamodb-fixture.ts';
import type { FaultyProxy, ProxiedRequest } from './faulty-proxy.ts';
import { errorAnswer, startFaultyProxy, transactionConflict } from './faulty-proxy.ts';

const reason = whyNoDynamoDb();
if (reason !== undefined) process.stderr.write(`skipped: ${reason}\n`);

const BURST = 60;
/** More than fit into a deadline. */
const LINE = 20;
const WRITES = new Set(['PutItem', 'DeleteItem', 'TransactWriteItems']);

/** Increments two counters in a transaction. */
async function incrementBoth(store: TableStore, keys: readonly [ItemKey, ItemKey]): Promise<number> {
  const [one, other] = keys;
  return await store.transact({ one, other }, (items) => {
    const value = counterValue(items.one) + 1;
    return {
      writes: keys.map((key) => ({ kind: 'replace' as const, key, ...counter(value) })),
      result: value,
    };
  });
}

async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    () => expect.unreachable('it should have failed'),
    (error: unknown) => error,
  );
}

/** Returns an error and all its causes. */
function chainOf(error: unknown): unknown[] {
  return error instanceof Error ? [error, ...chainOf(error.cause)] : [];
}

describe.skipIf(reason !== undefined)(
  'the DynamoDB table store under faults',
  { timeout: TEST_TIMEOUT_MILLISECONDS },
  () => {
    let server: DynamoDbServer;
    let proxy: FaultyProxy;
    let fixture: DynamoDbFixture;

    beforeAll(async () => {
      server = await startDynamoDbServer();
      proxy = await startFaultyProxy(server.endpoint);
      fixture = await createFixture(server);
    });

    afterEach(() => {
      proxy.decideFate(undefined);
      proxy.seen.length = 0;
    });

    afterAll(async () => {
      await fixture.close();
      await proxy.close();
      await server.stop();
    });

    const pauses: number[] = [];
    const openStore = (retry: Partial<RetryOptions> = {}, aws: Partial<AwsOptions> = {}): TableStore => {
      pauses.length = 0;
      const sleep = (milliseconds: number) => {
        pauses.push(milliseconds);
        return Promise.resolve();
      };
      return fixture.openThrough(proxy.endpoint, { aws, retry: { sleep, random: () => 0.5, ...retry } });
    };
    const twoKeys = (): [ItemKey, ItemKey] => {
      const pk = freshPk();
      return [userKey(pk, 'A'), userKey(pk, 'B')];
    };
    const writesSeen = () => proxy.seen.filter(({ operation }) => WRITES.has(operation));
    const tokensSeen = () => writesSeen().map(({ body }) => body['ClientRequestToken']);
    /** Executes the first writes but drops their responses, then calls `also`. */
    const loseAnswers = (count: number, also: () => Promise<unknown> = () => Promise.resolve()) => {
      let lost = 0;
      proxy.decideFate(async (request: ProxiedRequest) => {
        if (!WRITES.has(request.operation) || lost === count) return await request.forward();
        lost += 1;
        await request.forward();
        await also();
        return 'broken';
      });
    };

    describe('lost answers', () => {
      it('a transaction whose response is lost is sent again with its token, and executed once', async () => {
        const keys = twoKeys();
        loseAnswers(1);
        expect(await incrementBoth(openStore(), keys)).toBe(1);
        expect((await fixture.direct.batchGet(keys)).map((item) => item?.version)).toEqual([1, 1]);
        const tokens = tokensSeen();
        expect(tokens).toHaveLength(2);
        expect(new Set(tokens).size).toBe(1);
      });

      it('a transaction is also executed once when the adapter sends it again after the SDK gave up', async () => {
        const keys = twoKeys();
        loseAnswers(3);
        expect(await incrementBoth(openStore(), keys)).toBe(1);
        expect((await fixture.direct.batchGet(keys)).map(counterValue)).toEqual([1, 1]);
        expect(tokensSeen()).toHaveLength(4);
        expect(new Set(tokensSeen()).size).toBe(1);
      });

      it('a plain write whose response is lost recognises its item, and is executed once', async () => {
        const key = userKey(freshPk(), 'A');
        await increment(fixture.direct, key);
        loseAnswers(1);
        expect(await increment(openStore(), key)).toBe(2);
        expect(await fixture.direct.get(key)).toEqual({ key, attributes: { value: 2 }, version: 2 });
        expect(writesSeen().map(({ operation }) => operation)).toEqual(['PutItem', 'PutItem']);
      });

      it('a plain create whose response is lost does not collide with itself', async () => {
        const key = userKey(freshPk(), 'A');
        loseAnswers(1);
        const write = { kind: 'create' as const, key, ...counter(7) };
        await openStore().transact({}, () => ({ writes: [write], result: undefined }));
        expect(await fixture.direct.get(key)).toEqual({ key, attributes: { value: 7 }, version: 1 });
      });

      it('a plain write that was executed and overwritten is not repeated: its outcome is unknown', async () => {
        const key = userKey(freshPk(), 'A');
        loseAnswers(1, () => increment(fixture.direct, key));
        const error = await rejectionOf(increment(openStore(), key));
        expect(error).toBeInstanceOf(StoreUnavailableError);
        expect(counterValue(await fixture.direct.get(key))).toBe(2);
      });

      it('a transaction that was executed and overwritten still returns its result', async () => {
        const keys = twoKeys();
        loseAnswers(1, () => incrementBoth(fixture.direct, keys));
        expect(await incrementBoth(openStore(), keys)).toBe(1);
        expect((await fixture.direct.batchGet(keys)).map(counterValue)).toEqual([2, 2]);
      });

      it('after a lost response, "throttled" does not mean that nothing was written', async () => {
        for (const act of [
          incrementBoth,
          (store: TableStore, [key]: [ItemKey, ItemKey]) => increment(store, key),
        ]) {
          const keys = twoKeys();
          let writes = 0;
          proxy.decideFate(async (request) => {
            if (!WRITES.has(request.operation)) return await request.forward();
            writes += 1;
            if (writes > 1) return errorAnswer('ThrottlingException');
            await request.forward();
            return 'broken';
          });
          expect(await rejectionOf(act(openStore({}, { maxAttempts: 2 }), keys))).toBeInstanceOf(
            StoreUnavailableError,
          );
          expect(counterValue(await fixture.direct.get(keys[0]))).toBe(1);
        }
      });
    });

    describe('conflicts', () => {
      it('a transaction is decided again after a conflict, with a new token and a doubling delay', async () => {
        const keys = twoKeys();
        let conflicts = 0;
        proxy.decideFate(async (request) => {
          if (request.operation !== 'TransactWriteItems' || conflicts === 3) return await request.forward();
          conflicts += 1;
          return transactionConflict(2);
        });
        expect(await incrementBoth(openStore({ baseDelayMilliseconds: 20 }), keys)).toBe(1);
        expect(new Set(tokensSeen()).size).toBe(4);
        expect(pauses).toEqual([10, 20, 40]);
      });

      it.each([
        ['a transaction in conflict', () => transactionConflict(2)],
        ['a throttled request', () => errorAnswer('ThrottlingException')],
        ['a table at its limit', () => errorAnswer('ProvisionedThroughputExceededException')],
      ])('%s that persists is "busy" after the maximum number of attempts', async (_name, answer) => {
        const keys = twoKeys();
        let decisions = 0;
        proxy.decideFate(async (request) =>
          request.operation === 'TransactWriteItems' ? answer() : await request.forward(),
        );
        const [one, other] = keys;
        const error = await rejectionOf(
          openStore({ maxAttempts: 4, maxDelayMilliseconds: 50 }, { maxAttempts: 1 }).transact(
            { one, other },
            () => {
              decisions += 1;
              return {
                writes: keys.map((key) => ({ kind: 'replace', key, ...counter(1) })),
                result: undefined,
              };
            },
          ),
        );
        expect(error).toBeInstanceOf(StoreBusyError);
        expect(decisions).toBe(4);
        expect(pauses).toEqual([10, 20, 25]);
        expect(await fixture.direct.batchGet(keys)).toEqual([undefined, undefined]);
      });

      it('the SDK repeats a throttled request, so that a short burst has no effect', async () => {
        const keys = twoKeys();
        let throttled = 0;
        proxy.decideFate(async (request) => {
          if (request.operation !== 'TransactWriteItems' || throttled === 1) return await request.forward();
          throttled += 1;
          return errorAnswer('ThrottlingException');
        });
        expect(await incrementBoth(openStore({ maxAttempts: 1 }), keys)).toBe(1);
        expect(new Set(tokensSeen()).size).toBe(1);
      });

      it('an item that was deleted and created again makes a write conflict', async () => {
        const [key, other] = twoKeys();
        await put(fixture.direct, key, counter(1));
        let interfered = false;
        proxy.decideFate(async (request) => {
          if (WRITES.has(request.operation) && !interfered) {
            interfered = true;
            await remove(fixture.direct, key);
            await put(fixture.direct, key, counter(100));
          }
          return await request.forward();
        });
        // The new item also has version 1.
        expect(await increment(openStore(), key)).toBe(101);
        interfered = false;
        expect(await incrementBoth(openStore(), [key, other])).toBe(101);
      });

      it('writers of one item in this process queue instead of using up their attempts', async () => {
        const keys = twoKeys();
        const store = openStore({ maxAttempts: 5 });
        await Promise.all(Array.from({ length: BURST }, () => incrementBoth(store, keys)));
        expect((await fixture.direct.batchGet(keys)).map(counterValue)).toEqual([BURST, BURST]);
        // The first attempts conflict; later ones run one at a time.
        expect(writesSeen().length).toBeLessThan(3 * BURST);
      });

      it('a writer waits in the queue until its deadline at most', async () => {
        const keys = twoKeys();
        proxy.decideFate(async (request) => {
          if (request.operation === 'TransactWriteItems') await wait(500);
          return await request.forward();
        });
        const store = openStore({ deadlineMilliseconds: 4_000 });
        const outcomes = await Promise.allSettled(
          Array.from({ length: LINE }, () => incrementBoth(store, keys)),
        );
        const done = outcomes.filter((outcome) => outcome.status === 'fulfilled').length;
        expect(done).toBeGreaterThan(0);
        expect(done).toBeLessThan(LINE);
        proxy.decideFate(undefined);
        // A writer that timed out does not block later ones.
        expect(await incrementBoth(store, keys)).toBeGreaterThan(done);
      });

      it('a burst waits for free connections and is no outage', async () => {
        let now = 0;
        let most = 0;
        proxy.decideFate(async (request) => {
          now += 1;
          most = Math.max(most, now);
          const answer = await request.forward();
          await wait(50);
          now -= 1;
          return answer;
        });
        // Together they take three times the timeout of one request.
        const store = openStore({}, { maxConnections: 2, maxAttempts: 1 });
        const reads = Array.from({ length: BURST }, () => store.get(userKey(freshPk(), 'A')));
        expect(await Promise.all(reads)).toEqual(reads.map(() => undefined));
        expect(most).toBe(2);
      });

      it('a change of a read-only item makes the decision conflict', async () => {
        const [price, order] = twoKeys();
        await put(fixture.direct, price, counter(1));
        let interfered = false;
        proxy.decideFate(async (request) => {
          if (WRITES.has(request.operation) && !interfered) {
            interfered = true;
            await put(fixture.direct, price, counter(2));
          }
          return await request.forward();
        });
        await openStore().transact({ price }, (items) => ({
          writes: [{ kind: 'create', key: order, ...counter(counterValue(items.price)) }],
          result: undefined,
        }));
        expect(counterValue(await fixture.direct.get(order))).toBe(2);
      });

      it('a collision of ids is not a conflict and is not retried', async () => {
        const [read, existing] = twoKeys();
        await put(fixture.direct, existing, counter(1));
        const created = openStore().transact({ read }, () => ({
          writes: [
            { kind: 'replace', key: read, ...counter(1) },
            { kind: 'create', key: existing, ...counter(2) },
          ],
          result: undefined,
        }));
        expect(await rejectionOf(created)).toBeInstanceOf(ItemExistsError);
        expect(writesSeen()).toHaveLength(1);
      });
    });

    describe('reads', () => {
      it('a refusal does not rest on one item from before a transfer and another from after it', async () => {
        const [from, to] = twoKeys();
        await put(fixture.direct, from, counter(100));
        await put(fixture.direct, to, counter(0));
        proxy.decideFate(async (request) => {
          if (request.operation !== 'BatchGetItem') return await request.forward();
          const before = (await request.forward()).body;
          await put(fixture.direct, from, counter(0));
          await put(fixture.direct, to, counter(100));
          const after = (await request.forward()).body;
          return { status: 200, body: mixed(before, after, to.sk) };
        });
        const total = await openStore().transact({ from, to }, (items) => ({
          writes: [],
          result: counterValue(items.from) + counterValue(items.to),
        }));
        // The inconsistent view has 200.
        expect(total).toBe(100);
        expect(proxy.seen.map(({ operation }) => operation)).toEqual(['BatchGetItem', 'TransactGetItems']);
      });

      it('a transaction on one item reads once and writes once', async () => {
        await increment(openStore(), userKey(freshPk(), 'A'));
        expect(proxy.seen.map(({ operation }) => operation)).toEqual(['GetItem', 'PutItem']);
      });

      it('unprocessed keys are requested again', async () => {
        const keys = twoKeys();
        await incrementBoth(fixture.direct, keys);
        let rounds = 0;
        proxy.decideFate(async (request) => {
          rounds += 1;
          if (rounds > 2) return await request.forward();
          return {
            status: 200,
            body: JSON.stringify({ Responses: {}, UnprocessedKeys: request.body['RequestItems'] }),
          };
        });
        expect((await openStore().batchGet(keys)).map(counterValue)).toEqual([1, 1]);
        expect(rounds).toBe(3);
      });

      it('keys that stay unprocessed are "busy"', async () => {
        proxy.decideFate((request) => {
          const body = JSON.stringify({ Responses: {}, UnprocessedKeys: request.body['RequestItems'] });
          return Promise.resolve({ status: 200, body });
        });
        const store = openStore();
        expect(await rejectionOf(store.batchGet(twoKeys()))).toBeInstanceOf(StoreBusyError);
        expect(await rejectionOf(incrementBoth(store, twoKeys()))).toBeInstanceOf(StoreBusyError);
      });
    });

    describe('a server that is unavailable', () => {
      const DEADLINE_MILLISECONDS = 700;
      const SLACK_MILLISECONDS = 3_000;

      it.each(['get', 'query', 'ping', 'transact'] as const)(
        '%s fails with 503 within the deadline when the server is silent',
        async (operation) => {
          proxy.decideFate(() => Promise.resolve('silence'));
          const store = openStore({ deadlineMilliseconds: DEADLINE_MILLISECONDS });
          const key = userKey(freshPk(), 'A');
          const start = performance.now();
          const error = await rejectionOf(
            {
              get: () => store.get(key),
              query: () => store.query({ table: 'users', pk: key.pk, order: 'ascending', limit: 1 }),
              ping: () => store.ping(),
              transact: () => increment(store, key),
            }[operation](),
          );
          expect(error).toBeInstanceOf(StoreUnavailableError);
          expect(performance.now() - start).toBeLessThan(DEADLINE_MILLISECONDS + SLACK_MILLISECONDS);
        },
      );

      it('a commit fails with 503 within the deadline when the server becomes silent', async () => {
        proxy.decideFate(async (request) =>
          WRITES.has(request.operation) ? 'silence' : await request.forward(),
        );
        const start = performance.now();
        const store = openStore({ deadlineMilliseconds: DEADLINE_MILLISECONDS });
        expect(await rejectionOf(incrementBoth(store, twoKeys()))).toBeInstanceOf(StoreUnavailableError);
        expect(performance.now() - start).toBeLessThan(DEADLINE_MILLISECONDS + SLACK_MILLISECONDS);
      });

      it('a call fails with 503 within the deadline when the server becomes silent during its response', async () => {
        const half = createServer((socket) => {
          socket.on('error', () => socket.destroy());
          socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"It'));
        }).listen(0, '127.0.0.1');
        await once(half, 'listening');
        const address = half.address();
        const endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
        const store = fixture.openThrough(endpoint, {
          retry: { deadlineMilliseconds: DEADLINE_MILLISECONDS },
        });
        const start = performance.now();
        expect(await rejectionOf(store.get(userKey('a', 'b')))).toBeInstanceOf(StoreUnavailableError);
        expect(performance.now() - start).toBeLessThan(DEADLINE_MILLISECONDS + SLACK_MILLISECONDS);
        await store.close();
        half.close();
      });

      it('a refused connection fails with 503 at once', async () => {
        const gone = await startFaultyProxy(server.endpoint);
        await gone.close();
        const store = fixture.openThrough(gone.endpoint);
        const start = performance.now();
        expect(await rejectionOf(increment(store, userKey('a', 'b')))).toBeInstanceOf(StoreUnavailableError);
        expect(performance.now() - start).toBeLessThan(DEADLINE_MILLISECONDS + SLACK_MILLISECONDS);
      });

      it('an error has no objects of the SDK', async () => {
        const store = openStore({ maxAttempts: 1 });
        const errors: unknown[] = [];
        for (const answer of [
          errorAnswer('ResourceNotFoundException'),
          errorAnswer('AccessDeniedException'),
          errorAnswer('ThrottlingException'),
          errorAnswer('ValidationException'),
          { status: 500, body: '{}' },
          'broken' as const,
        ]) {
          proxy.decideFate(() => Promise.resolve(answer));
          errors.push(await rejectionOf(store.get(userKey('a', 'b'))));
        }
        for (const error of errors.flatMap(chainOf)) {
          expect(error).not.toHaveProperty('$metadata');
          expect(error).not.toHaveProperty('$response');
        }
        expect(errors.flatMap(chainOf).length).toBeGreaterThan(errors.length);
      });
    });
  },
);

/** Returns the first response with one item of the second. */
function mixed(before: string, after: string, sortKey: string): string {
  interface Body {
    Responses: Record<string, { SK: { S: string } }[]>;
  }
  const first = JSON.parse(before) as Body;
  const second = JSON.parse(after) as Body;
  for (const [table, items] of Object.entries(first.Responses)) {
    first.Responses[table] = [
      ...items.filter((item) => item.SK.S !== sortKey),
      ...(second.Responses[table] ?? []).filter((item) => item.SK.S === sortKey),
    ];
  }
  return JSON.stringify(first);
}
