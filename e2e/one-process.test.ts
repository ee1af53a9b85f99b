import { decimal, formatUsd } from '@cnop/common/core/money';
import type { Account } from '@cnop/testing/system/api-client';
import {
  expectStatus,
  freshName,
  registration,
  removeSpreads,
  signIn,
} from '@cnop/testing/system/api-client';
import { ADMIN_PASSWORD } from '@cnop/testing/system/servers';
import { describe, expect, it } from 'vitest';
import { describeAccountJourneys } from './support/account-journeys.ts';
import { describeExactlyOnce, orderIdsOf, parallel, tally } from './support/exactly-once.ts';
import { onPlatform } from './support/on-platform.ts';
import type { Platform } from './support/platform.ts';
import { startOneProcess } from './support/platform.ts';
import { signUpWithRetries } from './support/retrying-client.ts';
import { describeTradingJourneys } from './support/trading-journeys.ts';

const CREATED = 201;

interface Portfolio {
  readonly usd_balance: string;
  readonly total_portfolio_value: string;
  readonly assets: readonly { readonly quantity: string; readonly current_price: string }[];
}

describe('everything in one process', () => {
  onPlatform(startOneProcess, (platformOf) => {
    describeAccountJourneys(platformOf, { sessionsEndAtOnce: true });
    describeTradingJourneys(platformOf);
    describeExactlyOnce(platformOf, { withdrawals: 50, keys: 50, copiesPerKey: 10 });

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
      expect(readings).toBeGreaterThan(100);
    });
  });
});

const TRADERS = 4;
const TRADES_PER_TRADER = 30;
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
