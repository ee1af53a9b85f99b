import type { Price } from '@cnop/common/core/brands';
import type { Candle } from '@cnop/common/entities/inventory/candle';
import { anAssetId, aPrice, aQuantity, aTime } from '@cnop/testing/builders/brands';
import { describe, expect, it } from 'vitest';
import { pastPrices } from '../../../src/portfolio/domain/past-prices.ts';

const at = (time: string) => aTime(`2026-01-15T${time}:00.000Z`);
const candle = (time: string, open: Price, close: Price): Candle => ({
  asset_id: anAssetId('BTC'),
  interval: '1h',
  open_time: at(time),
  open,
  high: aPrice('99'),
  low: aPrice('1'),
  close,
  volume: aQuantity('0'),
  final: true,
  source: 'simulated',
  quotes: null,
});

describe('the price at a past moment', () => {
  const candles = [
    candle('09:00', aPrice('10'), aPrice('11')),
    candle('10:00', aPrice('12'), aPrice('13')),
    candle('13:00', aPrice('20'), aPrice('21')),
  ];

  it.each([
    ['at the end of a candle is its close', '10:00', '11'],
    ['within a candle is the close of the one before', '10:59', '11'],
    ['at the end of the next candle is that one’s close', '11:00', '13'],
    ['in a gap is the last close', '13:30', '13'],
    ['after all candles is the last close', '15:00', '21'],
    ['before all candles is where the first one opened', '09:59', '10'],
  ])('%s', (_what, time, price) => {
    expect(pastPrices([at(time)], { candles, trades: [], presentPrice: aPrice('50') })).toEqual([price]);
  });

  it('is returned for each of many moments', () => {
    const times = ['08:00', '10:00', '10:30', '12:00', '14:00'].map(at);
    expect(pastPrices(times, { candles, trades: [], presentPrice: aPrice('50') })).toEqual([
      '10',
      '11',
      '11',
      '13',
      '21',
    ]);
  });

  it('is the present price without candles', () => {
    expect(pastPrices([at('09:00')], { candles: [], trades: [], presentPrice: aPrice('50') })).toEqual([
      '50',
    ]);
  });

  it('is the price of the last trade until the next candle has ended', () => {
    const trades = [{ timestamp: at('10:20'), price: aPrice('17') }];
    const times = ['10:00', '10:20', '10:59', '11:00'].map(at);
    expect(pastPrices(times, { candles, trades, presentPrice: aPrice('50') })).toEqual([
      '11',
      '17',
      '17',
      '13',
    ]);
  });
});
