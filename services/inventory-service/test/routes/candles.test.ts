import { isoTime } from '@cnop/common/core/brands';
import { candleRecord } from '@cnop/common/dao/inventory/candle-dao';
import type { Candle } from '@cnop/common/entities/inventory/candle';
import { anAssetId, aPrice, aQuantity } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InventoryServiceUnderTest } from '../inventory-service-under-test.ts';
import { startInventoryService } from '../inventory-service-under-test.ts';

const aCandle = (minute: number): Candle => ({
  asset_id: anAssetId('BTC'),
  interval: '1m',
  open_time: isoTime(new Date(Date.UTC(2026, 2, 1, 8, minute))),
  open: aPrice('50000'),
  high: aPrice('50010.5'),
  low: aPrice('49990'),
  close: aPrice('50001'),
  volume: aQuantity('0.25'),
  final: true,
  source: 'simulated',
  quotes: null,
});

interface Answer {
  data: { open_time: string; final: boolean }[];
}

let service: InventoryServiceUnderTest;
beforeAll(async () => {
  service = await startInventoryService([anAsset({ current_price: '50001' })]);
  const candles = Array.from({ length: 60 }, (_, minute) => aCandle(minute));
  await service.runtime.store.transact({}, () => ({
    writes: candles.map(candleRecord.create),
    result: undefined,
  }));
  await service.maker.tick();
});
afterAll(async () => service.dispose());

const read = async (query: string) => service.send({ url: `/inventory/assets/btc/candles${query}` });
const minutesOf = async (query: string) => {
  const reply = await read(query);
  expect(reply.statusCode).toBe(200);
  return reply.json<Answer>().data.map(({ open_time }) => open_time.slice(11, 16));
};

describe('GET /inventory/assets/{id}/candles', () => {
  test('shows exactly the public fields without a sign-in', async () => {
    const { asset_id: _id, interval: _interval, source: _source, quotes: _quotes, ...shown } = aCandle(7);
    const at = '2026-03-01T08:07:00Z';
    expect((await read(`?interval=1m&start=${at}&end=${at}`)).json()).toEqual({ data: [shown] });
  });

  test('ends with the open candle, which is not stored yet', async () => {
    const { data } = (await read('?interval=1m&limit=2')).json<Answer>();
    expect(data).toEqual([
      expect.objectContaining({ open_time: '2026-03-01T08:59:00.000Z', final: true }),
      expect.objectContaining({ open_time: '2026-03-01T09:00:00.000Z', close: '50001', final: false }),
    ]);
  });

  test.each([
    ['the latest', '&limit=3', ['08:58', '08:59', '09:00']],
    ['the latest up to a moment', '&limit=2&end=2026-03-01T08:30:30Z', ['08:29', '08:30']],
    ['the first from a moment on', '&limit=2&start=2026-03-01T08:30:30Z', ['08:31', '08:32']],
    ['both ends', '&start=2026-03-01T08:10:00Z&end=2026-03-01T08:11:00Z', ['08:10', '08:11']],
    ['another time zone', '&start=2026-03-01T10:10:00%2B02:00&end=2026-03-01T10:10:00%2B02:00', ['08:10']],
    ['the open one alone', '&start=2026-03-01T08:59:30Z', ['09:00']],
    ['no time at all', '&start=2026-03-02T00:00:00Z', []],
  ])('%s: %s', async (_case, query, expected) => {
    expect(await minutesOf(`?interval=1m${query}`)).toEqual(expected);
  });

  test('pages forward without a gap', async () => {
    const first = await minutesOf('?interval=1m&start=2026-03-01T08:00:00Z&limit=40');
    const second = await minutesOf('?interval=1m&start=2026-03-01T08:39:00.001Z&limit=40');
    expect(new Set([...first, ...second]).size).toBe(61);
  });

  test.each([
    ['an unknown interval', '?interval=2m', 'interval'],
    ['a malformed time', '?start=yesterday', 'start'],
    ['a day without a time', '?end=2026-03-01', 'end'],
    ['a start after the end', '?start=2026-03-02T00:00:00Z&end=2026-03-01T00:00:00Z', 'start'],
    ['a limit of zero', '?limit=0', 'limit'],
    ['a limit above the maximum', '?limit=1001', 'limit'],
    ['an unknown parameter', '?colour=red', 'colour'],
  ])('refuses %s', async (_what, query, field) => {
    const reply = await read(query);
    expect(reply.statusCode).toBe(422);
    expect(reply.json()).toMatchObject({ code: 'VAL_001', errors: [{ field }] });
  });

  test('answers 404 for an unknown asset, and 422 for a malformed id', async () => {
    const reply = await service.send({ url: '/inventory/assets/NONE/candles' });
    expect(reply.statusCode).toBe(404);
    expect((await service.send({ url: '/inventory/assets/BT!/candles' })).statusCode).toBe(422);
  });
});
