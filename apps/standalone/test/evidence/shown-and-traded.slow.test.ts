import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { createBalanceDao } from '@cnop/common/dao/user/balance-dao';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import { orderCreateSchema } from '@cnop/common/entities/order/order-document';
import type { WritableQuoteBoard } from '@cnop/common/market/market-data';
import { createQuoteBoard } from '@cnop/common/market/market-data';
import { relayStoredPrices } from '@cnop/common/market/stored-prices';
import { ProblemError } from '@cnop/exception/problem-error';
import { createMarketMaker } from '@cnop/inventory-service/market-maker/market-maker';
import type { PriceFeed } from '@cnop/inventory-service/price-feed/price-feed';
import { createOrderDependencies } from '@cnop/order-service/use-cases/dependencies';
import { placeOrder } from '@cnop/order-service/use-cases/place-order';
import { anAssetId, aPrice, aUsername } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import type { FakeClock } from '@cnop/testing/fake-clock';
import { createFakeClock } from '@cnop/testing/fake-clock';
import type { TestRuntime } from '@cnop/testing/test-runtime';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Dice } from './dice.ts';
import { createDice } from './dice.ts';

const TICKS = 2_500;
const TRADED_EVERY_TICKS = 250;
const ROUND_TRIPS = 150;
const ASSET_ID = anAssetId('BTC');
const NEVER_MILLISECONDS = 3_600_000;
const TIMEOUT_MILLISECONDS = 240_000;

let clock: FakeClock;
let runtime: TestRuntime;
beforeEach(async () => {
  clock = createFakeClock();
  runtime = await createTestRuntime({ clock });
});
afterEach(() => runtime.dispose());

/** A price that moves by up to half a percent each second, so that an old price would be an advantage. */
function restlessFeed(dice: Dice): PriceFeed {
  let cents = 5_000_000;
  return {
    source: 'simulated',
    start: () => undefined,
    moveTo: () => undefined,
    stop: () => Promise.resolve(),
    next() {
      cents += Math.round((cents * dice.whole(-50, 50)) / 10_000);
      return [{ asset_id: ASSET_ID, mid: aPrice((cents / 100).toFixed(2)) }];
    },
  };
}

interface BotMarketOptions {
  readonly isOneProcess: boolean;
  readonly storesBeforeShowing: boolean;
  readonly dice: Dice;
}

/** Starts a process that makes prices, one that streams them and one that executes orders; or one process for all. */
async function openBotMarket({ isOneProcess, storesBeforeShowing, dice }: BotMarketOptions) {
  const assets = createAssetDao(runtime.store);
  await assets.createAsset(anAsset({ asset_id: ASSET_ID, last_price_update: clock.now().toISOString() }));
  await runtime.fund('bot', '100000000');
  const made = createQuoteBoard();
  const streamed = isOneProcess ? made : createQuoteBoard();
  const traded = isOneProcess ? made : createQuoteBoard();
  const maker = createMarketMaker({
    ...runtime,
    monotonicClock: clock,
    board: made,
    feed: restlessFeed(dice),
    maxJumpPercent: 20,
    tickMilliseconds: NEVER_MILLISECONDS,
    persistSeconds: NEVER_MILLISECONDS / 1_000,
    storesBeforeShowing,
    leaseCheckMilliseconds: NEVER_MILLISECONDS,
    holder: 'bot',
    location: undefined,
  });
  const surroundings = { ...runtime, quotes: traded, maxQuoteAgeSeconds: 3 };
  const deps = createOrderDependencies({ ...surroundings, catalogueIsInvalidated: isOneProcess });
  const poll = async (board: WritableQuoteBoard): Promise<void> => {
    if (isOneProcess) return;
    const stop = await relayStoredPrices({ board, readAssets: assets.getAssets, onFailure: raise });
    stop();
  };
  await maker.start();
  await Promise.all([poll(streamed), poll(traded)]);

  return {
    maker,
    pollStreams: () => poll(streamed),
    pollOrders: () => poll(traded),
    /** Returns the newest quote of catalogue, candles and streams. */
    shown(): Quote {
      const quotes = [made.latest(ASSET_ID), streamed.latest(ASSET_ID)].filter(
        (quote) => quote !== undefined,
      );
      const newest = quotes.reduce((one, other) => (other.seq > one.seq ? other : one));
      // Catalogue and candles show nothing newer than the quote board of their process.
      const inCatalogue = maker.market.livePrice(ASSET_ID)?.quote.mid;
      const inCandle = maker.market.recentCandles(ASSET_ID, '1m').at(-1)?.close;
      const onBoard = made.latest(ASSET_ID)?.mid;
      if (inCatalogue !== onBoard || inCandle !== onBoard) throw new Error(`${inCandle} is not ${onBoard}`);
      return newest;
    },
    /** Returns the quote at which the order service fills an order now. */
    async executable(): Promise<Quote> {
      const quote = deps.quoteFor(ASSET_ID, await deps.assets.getAsset(ASSET_ID));
      if (!quote) throw new Error('there is no quote');
      return quote;
    },
    /** Fills an order and returns its price per unit. */
    async trade(order_type: 'market_buy' | 'market_sell'): Promise<string | null> {
      const request = orderCreateSchema.parse({ asset_id: ASSET_ID, order_type, quantity: '1' });
      const command = {
        username: aUsername('bot'),
        role: 'customer' as const,
        request,
        requestHash: '',
        intent: undefined,
      };
      return (await placeOrder(deps, command)).order.executed_price;
    },
  };
}

function raise(error: unknown): never {
  throw error;
}

/** Returns the advantage of knowing the newest shown price: 0 unless it is newer than the price of the fill. */
function edgeOf(shown: Quote, executable: Quote): number {
  if (shown.seq <= executable.seq) return 0;
  return Math.max(0, Number(shown.bid) - Number(executable.ask), Number(executable.bid) - Number(shown.ask));
}

/** Looks at the prices at every moment between the reads of the processes, and trades from time to time. */
async function playBot(
  market: Awaited<ReturnType<typeof openBotMarket>>,
  dice: Dice,
  ticks: number,
): Promise<number> {
  let gain = 0;
  const look = async (): Promise<void> => {
    // The shown price is read before the order is filled.
    const shown = market.shown();
    gain += edgeOf(shown, await market.executable());
  };
  for (let tick = 1; tick <= ticks; tick++) {
    clock.advanceSeconds(1);
    // Each process reads the store once a second, at its own moment.
    const rounds = dice.pick([
      [market.maker.tick, market.pollStreams, market.pollOrders],
      [market.pollOrders, market.maker.tick, market.pollStreams],
      [market.maker.tick, market.pollStreams],
      [market.maker.tick],
    ]);
    for (const round of rounds) {
      await round();
      await look();
    }
    if (tick % TRADED_EVERY_TICKS === 0) {
      const shown = market.shown();
      const { ask } = await market.executable();
      expect(await market.trade('market_buy')).toBe(ask);
      expect(shown.seq).toBeLessThanOrEqual((await market.executable()).seq);
      await market.maker.persist();
    }
  }
  await market.maker.stop();
  return gain;
}

describe('a bot that knows every quote shown so far', () => {
  it.each([
    ['one process', { isOneProcess: true, storesBeforeShowing: false }],
    ['separate processes without Redis', { isOneProcess: false, storesBeforeShowing: true }],
  ])(
    `gains nothing over ${TICKS} ticks in %s`,
    async (_shape, options) => {
      const dice = createDice(1);
      const market = await openBotMarket({ ...options, dice });
      expect(await playBot(market, dice, TICKS)).toBe(0);
    },
    TIMEOUT_MILLISECONDS,
  );

  it(
    'is seen to gain where prices are shown before they are stored',
    async () => {
      const dice = createDice(1);
      const market = await openBotMarket({ isOneProcess: false, storesBeforeShowing: false, dice });
      await expect(playBot(market, dice, TRADED_EVERY_TICKS - 1)).resolves.toBeGreaterThan(0);
    },
    TIMEOUT_MILLISECONDS,
  );
});

describe('a round trip', () => {
  it(`never gains, at any price, spread, fee and quantity (${ROUND_TRIPS} of them)`, async () => {
    const dice = createDice(2);
    const assets = createAssetDao(runtime.store);
    const balances = createBalanceDao(runtime.store);
    const quotes = createQuoteBoard();
    const deps = createOrderDependencies({ ...runtime, quotes, maxQuoteAgeSeconds: 3 });
    await runtime.fund('tripper', '1000000000');
    const cash = async () => Number((await balances.getBalance(aUsername('tripper')))?.current_balance);
    let trades = 0;
    for (let trip = 0; trip < ROUND_TRIPS; trip++) {
      const price_scale = dice.whole(0, 8);
      const asset = await assets.createAsset(
        anAsset({
          asset_id: `T${trip}`,
          price_scale,
          current_price: (dice.whole(1, 100_000) / 10 ** Math.min(price_scale, 4) + 1).toFixed(price_scale),
          spread_bps: dice.pick([0, 0, 1, 5, 20, 1_000]),
          fee_bps: dice.pick([0, 0, 1, 25, 1_000]),
          last_price_update: clock.now().toISOString(),
        }),
      );
      const quantity = (dice.whole(1, 1_000_000) / 10 ** dice.whole(0, 6)).toFixed(8);
      const before = await cash();
      for (const order_type of ['market_buy', 'market_sell'] as const) {
        const request = orderCreateSchema.parse({ asset_id: asset.asset_id, order_type, quantity });
        const command = {
          username: aUsername('tripper'),
          role: 'customer' as const,
          request,
          requestHash: '',
          intent: undefined,
        };
        await placeOrder(deps, command).then(
          () => {
            trades += 1;
          },
          (error: unknown) => {
            // A sale below a cent is refused, and so is one beyond the position.
            expect(['BUS_001', 'BUS_002']).toContain(error instanceof ProblemError && error.code);
          },
        );
      }
      expect(await cash()).toBeLessThanOrEqual(before);
    }
    expect(trades).toBeGreaterThan(ROUND_TRIPS);
  });
});
