import { isoTime } from '@cnop/common/core/brands';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { createDueWorkDao } from '@cnop/common/dao/schedule/due-work-dao';
import { anAssetId, aPrice, aUsername } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { planHouseBook, projectHouseBook } from '../../src/house-book/use-cases/project-house-book.ts';
import { bookTrade } from '../portfolio/booked-trade.ts';
import type { UserServiceUnderTest } from '../user-service-under-test.ts';
import { fieldErrors, startUserService } from '../user-service-under-test.ts';

const PAUSE_SECONDS = 60;
const ann = aUsername('ann');

let service: UserServiceUnderTest;
let admin: { authorization: string };
beforeAll(async () => {
  service = await startUserService();
  const limited = { current_price: '110.00', max_house_exposure: '1' };
  await createAssetDao(service.store).createAsset(anAsset({ asset_id: 'BTC', name: 'Bitcoin', ...limited }));
  await createAssetDao(service.store).createAsset(anAsset({ asset_id: 'ETH' }));
  admin = await service.signedIn('root', 'admin');
  await service.addUser({ username: ann });
  await service.runtime.fund(ann, '1000.00');
  await bookTrade(service, { username: ann, assetId: 'BTC', units: '2', cash: '200.00' });
  service.clock.advanceSeconds(24 * 3_600);
  await bookTrade(service, { username: ann, assetId: 'BTC', units: '-0.5', cash: '45.00', realized: '0' });
  admin = await service.signedIn('chief', 'admin');
});
afterAll(() => service.stop());

const get = (path: string) => service.call('GET', `/admin/house-book${path}`, { headers: admin });

async function project(): Promise<void> {
  const { store, clock, runtime } = service;
  await planHouseBook({ store, clock });
  const due = await createDueWorkDao(store).getDue('house_book', { at: isoTime(clock.now()), limit: 1 });
  const parts = { ...runtime, houseBookSeconds: PAUSE_SECONDS, log: runtime.logger };
  for (const work of due.items) await projectHouseBook(parts, work);
}

it('is empty and says so before the first pass', async () => {
  expect((await get('')).body).toMatchObject({
    complete_to: null,
    days: [],
    assets: [{ asset_id: 'BTC', units: '0', is_above_limit: false }],
  });
});

it('shows the exposure at the current price, and the result of each day', async () => {
  await project();
  service.runtime.quotes.publish([
    {
      asset_id: anAssetId('BTC'),
      bid: aPrice('119'),
      mid: aPrice('120'),
      ask: aPrice('121'),
      at: isoTime(service.clock.now()),
      source: 'manual',
      seq: 1,
    },
  ]);
  const { status, body } = await get('');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    complete_to: '2026-01-16T11:59:55.000Z',
    from: '2025-12-18',
    to: '2026-01-16',
    period: { accounts: { 'external:deposit': '-1000' }, earned: '0', adjustments: '0' },
    all_days: { accounts: { 'external:deposit': '-1000' } },
    days: [
      { day: '2026-01-15', accounts: { 'external:deposit': '-1000' } },
      { day: '2026-01-16', accounts: {} },
    ],
    assets: [
      {
        asset_id: 'BTC',
        name: 'Bitcoin',
        status: 'close_only',
        units: '-1.5',
        cash: '155',
        spread: '0',
        fees: '0',
        rounding: '0',
        mid_price: '120',
        value: '-180',
        result: '-25',
        max_house_exposure: '1',
        is_above_limit: true,
      },
    ],
  });
});

it('shows the days of one asset, and 404 for an unknown one', async () => {
  const { body } = await get('/btc?from=2026-01-16&to=2026-01-16');
  expect(body).toMatchObject({
    exposure: { asset_id: 'BTC', units: '-1.5' },
    days: [{ day: '2026-01-16', units: '0.5', cash: '-45', sold: '0.5', sales: 1, sellers: 1, buyers: 0 }],
  });
  expect((await get('/ETH')).body).toMatchObject({ exposure: { units: '0' }, days: [] });
  expect((await get('/NONE')).status).toBe(404);
});

it('exports what each account received, oldest first', async () => {
  const { text, headers } = await get('/export');
  expect(headers['content-disposition']).toContain('cnop-house-book-2026-01-16.csv');
  expect(text.split('\r\n')).toEqual([
    'day,account,usd,units',
    '2026-01-15,external:deposit,-1000,',
    '2026-01-15,house:asset:BTC,200,-2',
    '2026-01-16,house:asset:BTC,-45,0.5',
    '',
  ]);
});

it('refuses a span that ends before it starts, or is longer than a year', async () => {
  expect(fieldErrors(await get('?from=2026-02-01&to=2026-01-31'))).toEqual({ from: 'invalid_period' });
  expect(fieldErrors(await get('?from=2025-01-01&to=2026-01-31'))).toEqual({ from: 'too_big' });
  expect((await get('?from=2024-01-01')).body).toMatchObject({ from: '2024-01-01', to: '2024-12-31' });
});
