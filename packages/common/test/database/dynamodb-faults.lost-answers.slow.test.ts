import { StoreUnavailableError } from '@cnop/common/database/store-errors';
import type { ItemKey, TableStore } from '@cnop/common/database/table-store';
import { errorAnswer } from '@cnop/testing/faulty-proxy';
import { counter, counterValue, freshPk, increment, userKey } from '@cnop/testing/store-contract/contract';
import { describe, expect, it } from 'vitest';
import { describeUnderFaults, incrementBoth, rejectionOf, twoKeys, WRITES } from './faulty-dynamodb.ts';

describeUnderFaults((faulty) => {
  describe('lost answers', () => {
    it('a transaction whose response is lost is sent again with its token, and executed once', async () => {
      const keys = twoKeys();
      faulty().loseAnswers(1);
      expect(await incrementBoth(faulty().openStore(), keys)).toBe(1);
      expect((await faulty().fixture.direct.batchGet(keys)).map((item) => item?.version)).toEqual([1, 1]);
      const tokens = faulty().tokensSeen();
      expect(tokens).toHaveLength(2);
      expect(new Set(tokens).size).toBe(1);
    });

    it('a transaction is also executed once when the adapter sends it again after the SDK gave up', async () => {
      const keys = twoKeys();
      faulty().loseAnswers(3);
      expect(await incrementBoth(faulty().openStore(), keys)).toBe(1);
      expect((await faulty().fixture.direct.batchGet(keys)).map(counterValue)).toEqual([1, 1]);
      expect(faulty().tokensSeen()).toHaveLength(4);
      expect(new Set(faulty().tokensSeen()).size).toBe(1);
    });

    it('a plain write whose response is lost recognises its item, and is executed once', async () => {
      const key = userKey(freshPk(), 'A');
      await increment(faulty().fixture.direct, key);
      faulty().loseAnswers(1);
      expect(await increment(faulty().openStore(), key)).toBe(2);
      expect(await faulty().fixture.direct.get(key)).toEqual({ key, attributes: { value: 2 }, version: 2 });
      expect(
        faulty()
          .writesSeen()
          .map(({ operation }) => operation),
      ).toEqual(['PutItem', 'PutItem']);
    });

    it('a plain create whose response is lost does not collide with itself', async () => {
      const key = userKey(freshPk(), 'A');
      faulty().loseAnswers(1);
      const write = { kind: 'create' as const, key, ...counter(7) };
      await faulty()
        .openStore()
        .transact({}, () => ({ writes: [write], result: undefined }));
      expect(await faulty().fixture.direct.get(key)).toEqual({ key, attributes: { value: 7 }, version: 1 });
    });

    it('a plain write that was executed and overwritten is not repeated: its outcome is unknown', async () => {
      const key = userKey(freshPk(), 'A');
      faulty().loseAnswers(1, () => increment(faulty().fixture.direct, key));
      const error = await rejectionOf(increment(faulty().openStore(), key));
      expect(error).toBeInstanceOf(StoreUnavailableError);
      expect(counterValue(await faulty().fixture.direct.get(key))).toBe(2);
    });

    it('a transaction that was executed and overwritten still returns its result', async () => {
      const keys = twoKeys();
      faulty().loseAnswers(1, () => incrementBoth(faulty().fixture.direct, keys));
      expect(await incrementBoth(faulty().openStore(), keys)).toBe(1);
      expect((await faulty().fixture.direct.batchGet(keys)).map(counterValue)).toEqual([2, 2]);
    });

    it('after a lost response, "throttled" does not mean that nothing was written', async () => {
      for (const act of [
        incrementBoth,
        (store: TableStore, [key]: [ItemKey, ItemKey]) => increment(store, key),
      ]) {
        const keys = twoKeys();
        let writes = 0;
        faulty().proxy.decideFate(async (request) => {
          if (!WRITES.has(request.operation)) return await request.forward();
          writes += 1;
          if (writes > 1) return errorAnswer('ThrottlingException');
          await request.forward();
          return 'broken';
        });
        expect(await rejectionOf(act(faulty().openStore({}, { maxAttempts: 2 }), keys))).toBeInstanceOf(
          StoreUnavailableError,
        );
        expect(counterValue(await faulty().fixture.direct.get(keys[0]))).toBe(1);
      }
    });
  });
});
