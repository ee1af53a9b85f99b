import type { IsoTime } from '@cnop/common/core/brands';
import { candleRecord } from '@cnop/common/dao/inventory/candle-dao';
import { feedLeaseRecord } from '@cnop/common/dao/inventory/feed-lease-dao';
import type { Write } from '@cnop/common/database/table-store';
import type { Candle, CandleInterval } from '@cnop/common/entities/inventory/candle';
import { anAssetId, aPrice, aQuantity, aTime } from '@cnop/testing/builders/brands';

type Prices = readonly [open: string, high: string, low: string, close: string, volume: string];

const DAY = '2026-01-15T';

function candle(interval: CandleInterval, time: IsoTime, prices: Prices, final = true): Candle {
  const [open, high, low, close, volume] = prices;
  return {
    asset_id: anAssetId('ETH'),
    interval,
    open_time: time,
    open: aPrice(open),
    high: aPrice(high),
    low: aPrice(low),
    close: aPrice(close),
    volume: aQuantity(volume),
    final,
    source: 'simulated',
    quotes: null,
  };
}

const at = (time: string) => aTime(`${DAY}${time}:00.000Z`);

const CANDLES: readonly Candle[] = [
  candle('1m', at('12:00'), ['2000', '2010', '1995', '2005', '0.5']),
  candle('1m', at('12:01'), ['2005', '2006', '2001', '2001', '0']),
  candle('1m', at('12:02'), ['2001', '2030', '2001', '2020', '0.25']),
  candle('1m', at('12:03'), ['2021', '2022', '1990', '1999', '0']),
  candle('1m', at('12:04'), ['1999', '2003', '1998', '2002', '0.1']),
  candle('1m', at('12:05'), ['2002', '2002', '2000', '2000', '0'], false),
  candle('5m', at('12:00'), ['2000', '2030', '1990', '2002', '0.85']),
  candle('5m', at('12:05'), ['2002', '2002', '2000', '2000', '0'], false),
  // One minute of it was recorded, the others were not.
  candle('5m', at('11:55'), ['1980', '2001', '1979', '2000', '1']),
  candle('1m', at('11:58'), ['1985', '1986', '1984', '1985', '0']),
  // Its hours are deleted.
  candle('1d', aTime('2023-01-15T00:00:00.000Z'), ['1500', '1600', '1400', '1550', '12']),
];

/** Returns the candles of ETH and the lease of the process that makes prices. */
export function candleWrites(): Write[] {
  return [
    ...CANDLES.map(candleRecord.create),
    feedLeaseRecord.create({ holder: 'process-1', expires_at: aTime(`${DAY}12:06:00.000Z`) }),
  ];
}
