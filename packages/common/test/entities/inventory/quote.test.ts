import { decimal, smallestStep } from '@cnop/common/core/money';
import { quoteAround, quoteSchema } from '@cnop/common/entities/inventory/quote';
import { anAssetId, aPrice, aTime } from '@cnop/testing/builders/brands';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeEntityFields, integer, oneOf, positiveDecimal, required } from '../field-cases.ts';

const REST = { at: aTime('2026-01-15T12:00:00.000Z'), source: 'manual', seq: 7 } as const;

describe('a quote', () => {
  describeEntityFields(
    quoteSchema,
    { asset_id: 'BTC', bid: '1', ask: '1', mid: '1', ...REST },
    {
      asset_id: required.assetId,
      bid: positiveDecimal,
      ask: positiveDecimal,
      mid: positiveDecimal,
      at: required.timestamp,
      source: oneOf('simulated', 'replay', 'exchange', 'manual', 'stored'),
      seq: integer({ min: 0 }),
    },
  );
});

describe('a quote around a price', () => {
  it.each([
    { mid: '50000', spread_bps: 0, price_scale: 2, bid: '50000', ask: '50000' },
    { mid: '2000', spread_bps: 100, price_scale: 2, bid: '1990', ask: '2010' },
    { mid: '0.05', spread_bps: 10, price_scale: 2, bid: '0.04', ask: '0.06' },
    { mid: '7', spread_bps: 1, price_scale: 0, bid: '6', ask: '8' },
    { mid: '0.01', spread_bps: 10_000, price_scale: 2, bid: '0.01', ask: '0.02' },
    {
      mid: '999999999999999.99',
      spread_bps: 10,
      price_scale: 2,
      bid: '999499999999999.99',
      ask: '999999999999999.99',
    },
  ])('of $mid with $spread_bps bps is $bid to $ask', ({ mid, spread_bps, price_scale, bid, ask }) => {
    const quote = quoteAround(
      { asset_id: anAssetId('BTC'), spread_bps, price_scale },
      { mid: aPrice(mid), ...REST },
    );
    expect(quote).toEqual({ asset_id: 'BTC', bid, ask, mid, ...REST });
  });

  it('never favours the client, is at most one step wider than half the spread, and can be stored', () => {
    const prices = fc
      .record({
        units: fc.bigInt({ min: 1n, max: 10n ** 12n }),
        scale: fc.nat({ max: 8 }),
        bps: fc.nat({ max: 10_000 }),
      })
      .map(({ units, scale, bps }) => ({
        mid: decimal(String(units)).times(smallestStep(scale)).toFixed(),
        scale,
        bps,
      }));
    fc.assert(
      fc.property(prices, ({ mid, scale, bps }) => {
        const quote = quoteSchema.parse(
          quoteAround(
            { asset_id: anAssetId('BTC'), spread_bps: bps, price_scale: scale },
            { mid: aPrice(mid), ...REST },
          ),
        );
        const [bid, ask, middle] = [decimal(quote.bid), decimal(quote.ask), decimal(mid)];
        expect(bid.lte(mid) && ask.gte(mid)).toBe(true);
        const reach = middle.times(String(bps)).times('0.00005').plus(smallestStep(scale));
        expect(ask.minus(middle).lte(reach) && middle.minus(bid).lte(reach)).toBe(true);
      }),
    );
  });
});
