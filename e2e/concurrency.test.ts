import { decimal, formatUsd } from '@cnop/common/core/money';
import { whyNoDynamoDb } from '@cnop/testing/dynamodb-server';
import type { Account } from '@cnop/testing/system/api-client';
import {
  expectStatus,
  freshName,
  registration,
  removeSpreads,
  signIn,
} from '@cnop/testing/system/api-client';
import type { Cleanup } from '@cnop/testing/system/cleanup';
import { createCleanup } from '@cnop/testing/system/cleanup';
import type { Answer } from '@cnop/testing/system/raw-request';
import { ADMIN_PASSWORD } from '@cnop/testing/system/servers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Platform } from './support/platform.ts';
import { startOneProcess, startOverDynamoDb, startOverLmdb } from './support/platform.ts';
import type { RetriedAnswer } from './support/retrying-client.ts';
import { sendWithRetries, signUpWithRetries } from './support/retrying-client.ts';

const CREATED = 201;
const UNPROCESSABLE = 422;

interface Sizes {
  /** The balance covers half of them. */
  readonly withdrawals: number;
  readonly keys: number;
  readonly copiesPerKey: number;
}

interface Portfolio {
  readonly usd_balance: string;
  readonly total_portfolio_value: string;
  readonly assets: readonly { readonly quantity: string; readonly current_price: string }[];
}

function parallel<T>(count: number, run: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => run(index)));
}

/** Counts answers by status, so that a failure shows the whole distribution. */
function tally(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** Tests that hold on every shape of the platform. */
function describeExactlyOnce(platformOf: () => Platform, { withdrawals, keys, copiesPerKey }: Sizes): void {
  it(`of ${withdrawals} parallel withdrawals exactly those that the balance covers succeed`, async () => {
    const covered = withdrawals / 2;
    const account = await signUpWithRetries(platformOf().api, { cash: `${covered * 10}.00` });
    // `send` of this account sends a withdrawal again, under its own Idempotency-Key, until it is decided.
    const answers = await parallel(withdrawals, () =>
      account.send('POST', '/balance/withdraw', { body: { amount: '10.00' } }),
    );
    expect(tally(answers)).toEqual({ [CREATED]: covered, [UNPROCESSABLE]: covered });
    for (const answer of answers.filter(({ status }) => status === UNPROCESSABLE)) {
      expect(answer.json()).toMatchObject({ code: 'BUS_001', available: '0.00', required: '10.00' });
    }
    const balance = (await account.send('GET', '/balance')).json();
    expect(balance).toMatchObject({ current_balance: '0.00', total_withdrawals: `${covered * 10}.00` });
  });

  it(`${keys} keys with ${copiesPerKey} parallel copies each make ${keys} orders and one answer per key`, async () => {
    const { api } = platformOf();
    const account = await signUpWithRetries(api, { cash: '1000000.00' });
    const { token } = account;
    const body = { asset_id: 'BTC', order_type: 'market_buy', quantity: '0.0001' };
    const retried = await parallel(keys * copiesPerKey, (i) =>
      sendWithRetries(api, 'POST', '/orders', { token, body, key: `key-${i % keys}` }),
    );
    const answers = retried.map(({ answer }) => answer);
    expect(tally(answers)).toEqual({ [CREATED]: keys * copiesPerKey });
    const perKey = Array.from({ length: keys }, (_, key) => retried.filter((_, i) => i % keys === key));
    const differing = perKey.filter((copies) => new Set(copies.map(({ answer }) => answer.text)).size !== 1);
    expect(differing).toEqual([]);
    expect(perKey.map(firstAnswersOf)).toEqual(perKey.map(() => 1));

    const answered = new Set(
      answers.map((answer) => answer.json<{ data: { order_id: string } }>().data.order_id),
    );
    expect(await orderIdsOf(account)).toEqual(answered);
    expect(answered.size).toBe(keys);
  });
}

/** Counts the first answers among those to one key. One that was lost on its way counts if no other one arrived. */
function firstAnswersOf(copies: readonly RetriedAnswer[]): number {
  const arrived = copies.filter(({ answer }) => answer.headers.get('idempotency-replayed') !== 'true').length;
  return arrived === 0 && copies.some(({ hasLostAnswer }) => hasLostAnswer) ? 1 : arrived;
}

async function orderIdsOf(account: Account): Promise<Set<string>> {
  const ids = new Set<string>();
  for (let cursor: string | null = ''; cursor !== null; ) {
    const answer: Answer = await account.send('GET', `/orders?limit=100${cursor && `&cursor=${cursor}`}`);
    const page = answer.json<{ data: { order_id: string }[]; next_cursor: string | null }>();
    for (const { order_id } of page.data) ids.add(order_id);
    cursor = page.next_cursor;
  }
  return ids;
}

function onPlatform(
  start: (cleanup: Cleanup) => Promise<Platform>,
  run: (platformOf: () => Platform) => void,
): void {
  const cleanup = createCleanup();
  let platform: Platform;
  beforeAll(async () => {
    platform = await start(cleanup);
  });
  afterAll(() => cleanup.run());
  run(() => platform);
  it('afterwards every process exits with 0 and the audit of the store finds no violation', async () => {
    await platform.stopAndAudit();
  });
}

describe('one process', () => {
  onPlatform(startOneProcess, (platformOf) => {
    describeExactlyOnce(platformOf, { withdrawals: 50, keys: 100, copiesPerKey: 10 });

    it('200 parallel orders of one user, who can afford them all, all succeed', async () => {
      const account = await signUpWithRetries(platformOf().api, { cash: '20000.00' });
      const body = { asset_id: 'ETH', order_type: 'market_buy', quantity: '0.001' };
      const answers = await parallel(200, () => account.send('POST', '/orders', { body }));
      expect(tally(answers)).toEqual({ [CREATED]: 200 });
      expect((await orderIdsOf(account)).size).toBe(200);
      expect((await account.send('GET', '/balance/asset/ETH')).json()).toMatchObject({ quantity: '0.2' });
    });

    it('of 100 parallel sign-ups with one e-mail exactly one becomes a user', async () => {
      const { api } = platformOf();
      const email = `${freshName()}@example.com`;
      const newcomers = Array.from({ length: 100 }, () => ({ ...registration(freshName('twin')), email }));
      const answers = await Promise.all(newcomers.map((body) => api('POST', '/auth/register', { body })));
      const { 201: created, 409: taken = 0, 429: tooMany = 0, ...others } = tally(answers);
      expect(created).toBe(1);
      expect(others).toEqual({});
      expect(taken + tooMany).toBe(99);

      const admin = await signIn(api, 'admin', ADMIN_PASSWORD);
      const users = await admin.send('GET', '/admin/users?search=twin&limit=100');
      expect(users.json<{ data: { email: string }[] }>().data).toMatchObject([{ email }]);
    });

    it('every portfolio that is read while its owner trades adds up to what was paid in', async () => {
      await removeSpreads(await signIn(platformOf().api, 'admin', ADMIN_PASSWORD));
      const { readings, wrong } = await tradeAndRead(platformOf());
      expect(wrong).toEqual([]);
      expect(readings).toBeGreaterThan(200);
    });
  });
});

const TRADERS = 4;
const TRADES_PER_TRADER = 60;
const PAID_IN = '1000000.00';
/** Whole units of these cost whole cents, so that no trade rounds and cash plus cost never changes. */
const ROUND_ASSETS = ['BTC', 'ETH', 'BNB', 'AAVE'];

/** Trades and reads portfolios at the same time: no reading may count a trade twice or not at all. */
async function tradeAndRead({ api }: Platform): Promise<{ readings: number; wrong: string[] }> {
  const traders = await parallel(TRADERS, () => signUpWithRetries(api, { cash: PAID_IN }));
  const wrong: string[] = [];
  let readings = 0;
  let trading = true;

  const trade = async ({ send }: Account): Promise<void> => {
    for (let i = 0; i < TRADES_PER_TRADER; i++) {
      const asset_id = ROUND_ASSETS[i % ROUND_ASSETS.length];
      const order_type = i % 8 < 4 ? 'market_buy' : 'market_sell';
      expectStatus(await send('POST', '/orders', { body: { asset_id, order_type, quantity: '1' } }), CREATED);
    }
  };
  const read = async ({ send }: Account): Promise<void> => {
    while (trading) {
      const answer = expectStatus(await send('GET', '/portfolio'), 200);
      readings += 1;
      if (!addsUp(answer.json<Portfolio>())) wrong.push(answer.text);
    }
  };
  const reading = traders.flatMap((trader) => [read(trader), read(trader)]);
  try {
    await Promise.all(traders.map(trade));
  } finally {
    trading = false;
  }
  await Promise.all(reading);
  return { readings, wrong };
}

function addsUp(portfolio: Portfolio): boolean {
  let total = decimal(portfolio.usd_balance);
  for (const { quantity, current_price } of portfolio.assets) {
    total = total.plus(decimal(quantity).times(current_price));
  }
  return formatUsd(total) === PAID_IN && portfolio.total_portfolio_value === PAID_IN;
}

const DOUBLED = { instances: { user: 2, order: 2 } };

describe('two processes of each service over one folder', () => {
  onPlatform(
    (cleanup) => startOverLmdb(cleanup, DOUBLED),
    (platformOf) => describeExactlyOnce(platformOf, { withdrawals: 50, keys: 40, copiesPerKey: 5 }),
  );
});

const reason = whyNoDynamoDb();
describe.skipIf(reason !== undefined)(
  `two processes of each service, over DynamoDB${reason ? ` (skipped: ${reason})` : ''}`,
  () => {
    onPlatform(
      (cleanup) => startOverDynamoDb(cleanup, DOUBLED),
      (platformOf) => describeExactlyOnce(platformOf, { withdrawals: 20, keys: 10, copiesPerKey: 5 }),
    );
  },
);
