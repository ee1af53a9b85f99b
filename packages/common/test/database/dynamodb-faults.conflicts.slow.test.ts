import { setTimeout as wait } from 'node:timers/promises';
import { ItemExistsError, StoreBusyError } from '@cnop/common/database/store-errors';
import { errorAnswer, transactionConflict } from '@cnop/testing/faulty-proxy';
import {
  counter,
  counterValue,
  freshPk,
  increment,
  put,
  remove,
  userKey,
} from '@cnop/testing/store-contract/contract';
import { describe, expect, it } from 'vitest';
import { TEST_TIMEOUT_MILLISECONDS } from './dynamodb-fixture.ts';
import { describeUnderFaults, incrementBoth, rejectionOf, twoKeys, WRITES } from './faulty-dynamodb.ts';

const BURST = 60;
/** More than fit into a deadline. */
const LINE = 20;

describeUnderFaults((faulty) => {
  describe('conflicts', () => {
    it('a transaction is decided again after a conflict, with a new token and a doubling delay', async () => {
      const keys = twoKeys();
      let conflicts = 0;
      faulty().proxy.decideFate(async (request) => {
        if (request.operation !== 'TransactWriteItems' || conflicts === 3) return await request.forward();
        conflicts += 1;
        return transactionConflict(2);
      });
      expect(await incrementBoth(faulty().openStore({ baseDelayMilliseconds: 20 }), keys)).toBe(1);
      expect(new Set(faulty().tokensSeen()).size).toBe(4);
      expect(faulty().pauses).toEqual([10, 20, 40]);
    });

    it.each([
      ['a transaction in conflict', () => transactionConflict(2)],
      ['a throttled request', () => errorAnswer('ThrottlingException')],
      ['a table at its limit', () => errorAnswer('ProvisionedThroughputExceededException')],
    ])('%s that persists is "busy" after the maximum number of attempts', async (_name, answer) => {
      const keys = twoKeys();
      let decisions = 0;
      faulty().proxy.decideFate(async (request) =>
        request.operation === 'TransactWriteItems' ? answer() : await request.forward(),
      );
      const [one, other] = keys;
      const error = await rejectionOf(
        faulty()
          .openStore({ maxAttempts: 4, maxDelayMilliseconds: 50 }, { maxAttempts: 1 })
          .transact({ one, other }, () => {
            decisions += 1;
            return {
              writes: keys.map((key) => ({ kind: 'replace', key, ...counter(1) })),
              result: undefined,
            };
          }),
      );
      expect(error).toBeInstanceOf(StoreBusyError);
      expect(decisions).toBe(4);
      expect(faulty().pauses).toEqual([10, 20, 25]);
      expect(await faulty().fixture.direct.batchGet(keys)).toEqual([undefined, undefined]);
    });

    it('the SDK repeats a throttled request, so that a short burst has no effect', async () => {
      const keys = twoKeys();
      let throttled = 0;
      faulty().proxy.decideFate(async (request) => {
        if (request.operation !== 'TransactWriteItems' || throttled === 1) return await request.forward();
        throttled += 1;
        return errorAnswer('ThrottlingException');
      });
      expect(await incrementBoth(faulty().openStore({ maxAttempts: 1 }), keys)).toBe(1);
      expect(new Set(faulty().tokensSeen()).size).toBe(1);
    });

    it('an item that was deleted and created again makes a write conflict', async () => {
      const [key, other] = twoKeys();
      await put(faulty().fixture.direct, key, counter(1));
      let interfered = false;
      faulty().proxy.decideFate(async (request) => {
        if (WRITES.has(request.operation) && !interfered) {
          interfered = true;
          await remove(faulty().fixture.direct, key);
          await put(faulty().fixture.direct, key, counter(100));
        }
        return await request.forward();
      });
      // The new item also has version 1.
      expect(await increment(faulty().openStore(), key)).toBe(101);
      interfered = false;
      expect(await incrementBoth(faulty().openStore(), [key, other])).toBe(101);
    });

    it('writers of one item in this process queue instead of using up their attempts', async () => {
      const keys = twoKeys();
      const store = faulty().openStore({ maxAttempts: 5, deadlineMilliseconds: TEST_TIMEOUT_MILLISECONDS });
      await Promise.all(Array.from({ length: BURST }, () => incrementBoth(store, keys)));
      expect((await faulty().fixture.direct.batchGet(keys)).map(counterValue)).toEqual([BURST, BURST]);
      // The first attempts conflict; later ones run one at a time.
      expect(faulty().writesSeen().length).toBeLessThan(3 * BURST);
    });

    it('a writer waits in the queue until its deadline at most', async () => {
      const keys = twoKeys();
      faulty().proxy.decideFate(async (request) => {
        if (request.operation === 'TransactWriteItems') await wait(500);
        return await request.forward();
      });
      const store = faulty().openStore({ deadlineMilliseconds: 4_000 });
      const outcomes = await Promise.allSettled(
        Array.from({ length: LINE }, () => incrementBoth(store, keys)),
      );
      const done = outcomes.filter((outcome) => outcome.status === 'fulfilled').length;
      expect(done).toBeGreaterThan(0);
      expect(done).toBeLessThan(LINE);
      faulty().proxy.decideFate(undefined);
      // A writer that timed out does not block later ones.
      expect(await incrementBoth(store, keys)).toBeGreaterThan(done);
    });

    it('a burst waits for free connections and is no outage', async () => {
      let now = 0;
      let most = 0;
      faulty().proxy.decideFate(async (request) => {
        now += 1;
        most = Math.max(most, now);
        const answer = await request.forward();
        await wait(50);
        now -= 1;
        return answer;
      });
      // Together they take three times the timeout of one request.
      const store = faulty().openStore({}, { maxConnections: 2, maxAttempts: 1 });
      const reads = Array.from({ length: BURST }, () => store.get(userKey(freshPk(), 'A')));
      expect(await Promise.all(reads)).toEqual(reads.map(() => undefined));
      expect(most).toBe(2);
    });

    it('a change of a read-only item makes the decision conflict', async () => {
      const [price, order] = twoKeys();
      await put(faulty().fixture.direct, price, counter(1));
      let interfered = false;
      faulty().proxy.decideFate(async (request) => {
        if (WRITES.has(request.operation) && !interfered) {
          interfered = true;
          await put(faulty().fixture.direct, price, counter(2));
        }
        return await request.forward();
      });
      await faulty()
        .openStore()
        .transact({ price }, (items) => ({
          writes: [{ kind: 'create', key: order, ...counter(counterValue(items.price)) }],
          result: undefined,
        }));
      expect(counterValue(await faulty().fixture.direct.get(order))).toBe(2);
    });

    it('a collision of ids is not a conflict and is not retried', async () => {
      const [read, existing] = twoKeys();
      await put(faulty().fixture.direct, existing, counter(1));
      const created = faulty()
        .openStore()
        .transact({ read }, () => ({
          writes: [
            { kind: 'replace', key: read, ...counter(1) },
            { kind: 'create', key: existing, ...counter(2) },
          ],
          result: undefined,
        }));
      expect(await rejectionOf(created)).toBeInstanceOf(ItemExistsError);
      expect(faulty().writesSeen()).toHaveLength(1);
    });
  });
});
