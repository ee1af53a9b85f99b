import { candleOpenTime, candleSchema } from '@cnop/common/entities/inventory/candle';
import { aTime } from '@cnop/testing/builders/brands';
import { describe, expect, it } from 'vitest';
import { describeEntityFields, oneOf, positiveDecimal, required } from '../field-cases.ts';

const CANDLE = {
  asset_id: 'BTC',
  interval: '1m',
  open_time: '2026-01-15T12:00:00.000Z',
  open: '50000',
  high: '50100',
  low: '49900',
  close: '50050',
  volume: '0',
  final: false,
  source: 'simulated',
  quotes: null,
};

const MADE = { seq: 7, bid: '49900' };

describe('a candle', () => {
  describeEntityFields(candleSchema, CANDLE, {
    asset_id: required.assetId,
    interval: oneOf('1m', '5m', '15m', '1h', '1d'),
    open_time: required.timestamp,
    open: positiveDecimal,
    high: positiveDecimal,
    low: positiveDecimal,
    close: positiveDecimal,
    volume: required.nonNegativeDecimal,
    final: { accepts: [[true], [false]], refuses: [null, undefined, 0, 'true'] },
    source: oneOf('simulated', 'replay', 'exchange', 'manual', 'stored'),
    quotes: {
      accepts: [[{ low: MADE, high: MADE, close: MADE }], [null], [undefined, null]],
      refuses: [
        { low: MADE, high: MADE },
        { low: MADE, high: MADE, close: { ...MADE, seq: -1 } },
        { low: { ...MADE, bid: '0' }, high: MADE, close: MADE },
      ],
    },
  });

  it.each([
    ['1m', '2026-01-15T12:34:56.789Z', '2026-01-15T12:34:00.000Z'],
    ['5m', '2026-01-15T12:34:59.999Z', '2026-01-15T12:30:00.000Z'],
    ['15m', '2026-01-15T12:45:00.000Z', '2026-01-15T12:45:00.000Z'],
    ['1h', '2026-01-15T12:59:59.999Z', '2026-01-15T12:00:00.000Z'],
    ['1d', '2026-02-28T23:59:59.999Z', '2026-02-28T00:00:00.000Z'],
  ] as const)('of %s at %s opened at %s', (interval, at, opened) => {
    expect(candleOpenTime(interval, aTime(at))).toBe(opened);
  });
});
