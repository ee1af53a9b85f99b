import { once } from 'node:events';
import { createServer } from 'node:net';
import { StoreBusyError, StoreUnavailableError } from '@cnop/common/database/store-errors';
import { errorAnswer, startFaultyProxy } from '@cnop/testing/faulty-proxy';
import {
  counter,
  counterValue,
  freshPk,
  increment,
  put,
  userKey,
} from '@cnop/testing/store-contract/contract';
import { describe, expect, it } from 'vitest';
import { describeUnderFaults, incrementBoth, rejectionOf, twoKeys, WRITES } from './faulty-dynamodb.ts';

/** Returns an error and all its causes. */
function chainOf(error: unknown): unknown[] {
  return error instanceof Error ? [error, ...chainOf(error.cause)] : [];
}

describeUnderFaults((faulty) => {
  describe('reads', () => {
    it('a refusal does not rest on one item from before a transfer and another from after it', async () => {
      const [from, to] = twoKeys();
      await put(faulty().fixture.direct, from, counter(100));
      await put(faulty().fixture.direct, to, counter(0));
      faulty().proxy.decideFate(async (request) => {
        if (request.operation !== 'BatchGetItem') return await request.forward();
        const before = (await request.forward()).body;
        await put(faulty().fixture.direct, from, counter(0));
        await put(faulty().fixture.direct, to, counter(100));
        const after = (await request.forward()).body;
        return { status: 200, body: mixed(before, after, to.sk) };
      });
      const total = await faulty()
        .openStore()
        .transact({ from, to }, (items) => ({
          writes: [],
          result: counterValue(items.from) + counterValue(items.to),
        }));
      // The inconsistent view has 200.
      expect(total).toBe(100);
      expect(faulty().proxy.seen.map(({ operation }) => operation)).toEqual([
        'BatchGetItem',
        'TransactGetItems',
      ]);
    });

    it('a transaction on one item reads once and writes once', async () => {
      await increment(faulty().openStore(), userKey(freshPk(), 'A'));
      expect(faulty().proxy.seen.map(({ operation }) => operation)).toEqual(['GetItem', 'PutItem']);
    });

    it('unprocessed keys are requested again', async () => {
      const keys = twoKeys();
      await incrementBoth(faulty().fixture.direct, keys);
      let rounds = 0;
      faulty().proxy.decideFate(async (request) => {
        rounds += 1;
        if (rounds > 2) return await request.forward();
        return {
          status: 200,
          body: JSON.stringify({ Responses: {}, UnprocessedKeys: request.body['RequestItems'] }),
        };
      });
      expect((await faulty().openStore().batchGet(keys)).map(counterValue)).toEqual([1, 1]);
      expect(rounds).toBe(3);
    });

    it('keys that stay unprocessed are "busy"', async () => {
      faulty().proxy.decideFate((request) => {
        const body = JSON.stringify({ Responses: {}, UnprocessedKeys: request.body['RequestItems'] });
        return Promise.resolve({ status: 200, body });
      });
      const store = faulty().openStore();
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
        faulty().proxy.decideFate(() => Promise.resolve('silence'));
        const store = faulty().openStore({ deadlineMilliseconds: DEADLINE_MILLISECONDS });
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
      faulty().proxy.decideFate(async (request) =>
        WRITES.has(request.operation) ? 'silence' : await request.forward(),
      );
      const start = performance.now();
      const store = faulty().openStore({ deadlineMilliseconds: DEADLINE_MILLISECONDS });
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
      const store = faulty().fixture.openThrough(endpoint, {
        retry: { deadlineMilliseconds: DEADLINE_MILLISECONDS },
      });
      const start = performance.now();
      expect(await rejectionOf(store.get(userKey('a', 'b')))).toBeInstanceOf(StoreUnavailableError);
      expect(performance.now() - start).toBeLessThan(DEADLINE_MILLISECONDS + SLACK_MILLISECONDS);
      await store.close();
      half.close();
    });

    it('a refused connection fails with 503 at once', async () => {
      const gone = await startFaultyProxy(faulty().server.endpoint);
      await gone.close();
      const store = faulty().fixture.openThrough(gone.endpoint);
      const start = performance.now();
      expect(await rejectionOf(increment(store, userKey('a', 'b')))).toBeInstanceOf(StoreUnavailableError);
      expect(performance.now() - start).toBeLessThan(DEADLINE_MILLISECONDS + SLACK_MILLISECONDS);
    });

    it('an error has no objects of the SDK', async () => {
      const store = faulty().openStore({ maxAttempts: 1 });
      const errors: unknown[] = [];
      for (const answer of [
        errorAnswer('ResourceNotFoundException'),
        errorAnswer('AccessDeniedException'),
        errorAnswer('ThrottlingException'),
        errorAnswer('ValidationException'),
        { status: 500, body: '{}' },
        'broken' as const,
      ]) {
        faulty().proxy.decideFate(() => Promise.resolve(answer));
        errors.push(await rejectionOf(store.get(userKey('a', 'b'))));
      }
      for (const error of errors.flatMap(chainOf)) {
        expect(error).not.toHaveProperty('$metadata');
        expect(error).not.toHaveProperty('$response');
      }
      expect(errors.flatMap(chainOf).length).toBeGreaterThan(errors.length);
    });
  });
});

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
