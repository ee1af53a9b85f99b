import { describe, expect, test } from 'vitest';
import { marketOf, midOf, timeOf } from '../../src/price-feed/exchange/ccxt-exchange.ts';

describe('the market of an asset', () => {
  test.each([
    ['BTC', ['BTC/USDT', 'BTC/USD', 'BTC/EUR'], 'BTC/USD'],
    ['BTC', ['BTC/USDC', 'BTC/USDT'], 'BTC/USDT'],
    ['USDT', ['USDT/USDT', 'USDT/USDC'], 'USDT/USDC'],
    ['BTC', ['BTC/EUR', 'ETH/USD'], undefined],
  ])('%s among %j: %s', (symbol, markets, expected) => {
    expect(marketOf(symbol, new Set(markets))).toBe(expected);
  });
});

describe('the price of a ticker', () => {
  test.each([
    ['between bid and ask', { bid: '10', ask: '11', last: '99' }, '10.5'],
    ['of the last trade without a bid', { ask: '11', last: '9.90' }, '9.9'],
    ['of the last trade with a bid of nothing', { bid: '0', ask: '11', last: '9' }, '9'],
    ['none', { bid: '-1', ask: 'NaN', last: '1e3' }, undefined],
    ['none at all', {}, undefined],
  ])('%s', (_case, ticker, expected) => {
    expect(midOf(ticker)).toBe(expected);
  });

  test.each([
    ['when the exchange says', 1_000, '1970-01-01T00:00:01.000Z'],
    ['when it came, if the exchange is ahead', 9_000, '1970-01-01T00:00:05.000Z'],
    ['when it came, if the exchange does not say', undefined, '1970-01-01T00:00:05.000Z'],
  ])('is of the time %s', (_case, timestamp, expected) => {
    expect(timeOf({ timestamp }, 5_000)).toBe(expected);
  });
});
