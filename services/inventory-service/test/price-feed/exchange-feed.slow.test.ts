import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { createLogger } from '@cnop/common/process/logger';
import { aPrice } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import type { TestContext } from 'vitest';
import { describe, expect, test } from 'vitest';
import { createExchangeFeed } from '../../src/price-feed/exchange/exchange-feed.ts';

const TIMEOUT_MILLISECONDS = 30_000;

/** The public API of Kraken as far as prices need it: two currencies against the dollar. */
const CURRENCIES = { XXBT: 'XBT', XETH: 'ETH', ZUSD: 'USD' };
const pair = (base: 'XXBT' | 'XETH') => ({
  altname: `${CURRENCIES[base]}USD`,
  wsname: `${CURRENCIES[base]}/USD`,
  aclass_base: 'currency',
  base,
  aclass_quote: 'currency',
  quote: 'ZUSD',
  lot: 'unit',
  cost_decimals: 5,
  pair_decimals: 1,
  lot_decimals: 8,
  lot_multiplier: 1,
  leverage_buy: [],
  leverage_sell: [],
  fees: [[0, 0.4]],
  fees_maker: [[0, 0.25]],
  fee_volume_currency: 'ZUSD',
  margin_call: 80,
  margin_stop: 40,
  ordermin: '0.00005',
  costmin: '0.5',
  tick_size: '0.1',
  status: 'online',
});
const ticker = (bid: string, ask: string) => ({
  a: [ask, '1', '1.000'],
  b: [bid, '1', '1.000'],
  c: [bid, '0.001'],
  v: ['1', '2'],
  p: ['1', '2'],
  t: [1, 2],
  l: ['1', '2'],
  h: ['1', '2'],
  o: bid,
});

/** Starts an exchange and a feed of its prices; both end with the test. */
async function openExchange({ onTestFinished }: TestContext) {
  const asked: string[] = [];
  /** The ticker of each pair; a text is an error of the exchange instead. */
  let tickers: Record<string, unknown> | string = {
    XXBTZUSD: ticker('30300.10000', '30300.30001'),
    XETHZUSD: ticker('2000.00', '2001.00'),
  };
  const kraken = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://kraken');
    asked.push(pathname);
    const currencies = Object.entries(CURRENCIES).map(([id, altname]) => [
      id,
      { aclass: 'currency', altname, decimals: 10, display_decimals: 5, status: 'enabled' },
    ]);
    const results: Readonly<Record<string, unknown>> = {
      '/0/public/Assets': Object.fromEntries(currencies),
      '/0/public/AssetPairs': { XXBTZUSD: pair('XXBT'), XETHZUSD: pair('XETH') },
      '/0/public/Ticker': tickers,
    };
    const result = results[pathname];
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(typeof result === 'string' ? { error: [result] } : { error: [], result }));
  });
  kraken.listen(0, '127.0.0.1');
  await once(kraken, 'listening');
  const { port } = kraken.address() as AddressInfo;
  const feed = createExchangeFeed({
    exchange: 'kraken',
    url: `http://127.0.0.1:${port}`,
    pollMilliseconds: 50,
    logger: createLogger({ level: 'silent' }),
  });
  feed.start();
  onTestFinished(async () => {
    await feed.stop();
    kraken.closeAllConnections();
    kraken.close();
  });
  return {
    feed,
    asked,
    setTickers(changed: typeof tickers) {
      tickers = changed;
    },
  };
}

type OpenExchange = Awaited<ReturnType<typeof openExchange>>;

const CATALOGUE = ['BTC', 'ETH', 'GOLD'].map((asset_id) => ({
  asset: anAsset({ asset_id }),
  mid: aPrice('1'),
}));

/** Reads the feed, as the market maker does, until the wanted prices arrive. */
async function nextPrices(
  { feed, asked }: OpenExchange,
  isWanted: (mids: Record<string, string>) => boolean = () => true,
) {
  const deadline = Date.now() + TIMEOUT_MILLISECONDS;
  while (Date.now() < deadline) {
    const prices = feed.next(CATALOGUE, new Date());
    const mids = Object.fromEntries(prices.map(({ asset_id, mid }) => [asset_id, mid]));
    if (prices.length > 0 && isWanted(mids)) return { prices, mids };
    await wait(10);
  }
  throw new Error(`no such prices; asked: ${asked.join(' ')}`);
}

// The exchange is polled at most once a second, so the tests mostly wait and run at once.
describe.concurrent('an exchange', () => {
  test('gives the exact middle between bid and ask of the assets that it trades', async (context) => {
    const before = Date.now();
    const { prices, mids } = await nextPrices(await openExchange(context));
    expect(mids).toEqual({ BTC: '30300.200005', ETH: '2000.5' });
    for (const { at } of prices) {
      expect(Date.parse(at ?? '')).toBeGreaterThanOrEqual(before);
      expect(Date.parse(at ?? '')).toBeLessThanOrEqual(Date.now());
    }
  });

  test('is polled repeatedly, with public requests only', async (context) => {
    const exchange = await openExchange(context);
    await nextPrices(exchange);
    exchange.setTickers({ XXBTZUSD: ticker('100', '102'), XETHZUSD: ticker('2000.00', '2001.00') });
    expect((await nextPrices(exchange, ({ BTC }) => BTC === '101')).mids).toMatchObject({ BTC: '101' });
    expect(new Set(exchange.asked)).toEqual(
      new Set(['/0/public/Assets', '/0/public/AssetPairs', '/0/public/Ticker']),
    );
  });

  test('gives no prices while it refuses requests', async (context) => {
    const exchange = await openExchange(context);
    const { feed, asked } = exchange;
    await nextPrices(exchange);
    exchange.setTickers('EService:Unavailable');
    const { length } = asked;
    while (asked.length < length + 2) await wait(10);
    feed.next(CATALOGUE, new Date());
    await wait(200);
    expect(feed.next(CATALOGUE, new Date())).toEqual([]);
    exchange.setTickers({ XXBTZUSD: ticker('50', '50') });
    expect((await nextPrices(exchange)).mids).toEqual({ BTC: '50' });
  });

  test('is not polled while the feed is stopped', async (context) => {
    const exchange = await openExchange(context);
    const { feed, asked } = exchange;
    await nextPrices(exchange);
    await feed.stop();
    const { length } = asked;
    await wait(200);
    expect(asked).toHaveLength(length);
    feed.start();
    expect((await nextPrices(exchange)).mids).toMatchObject({ ETH: '2000.5' });
  });
});
