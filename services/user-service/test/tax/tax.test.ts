import type { Username } from '@cnop/common/core/brands';
import { decimal, decimalOfUnits, formatDecimal, formatUsd } from '@cnop/common/core/money';
import { assetBalanceRecord, assetTransactionRecord } from '@cnop/common/dao/asset/position-dao';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { taxMethodRecord } from '@cnop/common/dao/user/tax-method-dao';
import type { LotMethod } from '@cnop/common/entities/user/tax-method';
import { anAssetTransaction, aStoredAssetBalance } from '@cnop/testing/builders/asset';
import { aTime, aUsername } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { UserServiceUnderTest } from '../user-service-under-test.ts';
import { fieldErrors, startUserService } from '../user-service-under-test.ts';
import type { ModelMovement } from './tax-lots-model.ts';
import { histories, METHODS, modelLots, sum } from './tax-lots-model.ts';

const SCALE = 8;
const NOW = '2029-06-01T12:00:00.000Z';
const YEARS = [2026, 2027, 2028, 2029];

let service: UserServiceUnderTest;
beforeAll(async () => {
  service = await startUserService();
  const assets = createAssetDao(service.store);
  await assets.createAsset(anAsset({ asset_id: 'BTC', current_price: '50000.00' }));
  await assets.createAsset(anAsset({ asset_id: 'ETH', current_price: '2000.00' }));
});
afterAll(() => service.stop());
beforeEach(() => service.clock.set(NOW));

let users = 0;
async function trader() {
  users += 1;
  const username = aUsername(`trader${users}`);
  const headers = await service.signedIn(username);
  return {
    username,
    get: (path: string) => service.call('GET', path, { headers }),
    choose: (year: number, method: string) =>
      service.call('PUT', `/tax/${year}/method`, { headers, body: { method } }),
  };
}

const usd = (cents: bigint): string => formatUsd(decimalOfUnits(cents, 2));
const units = (steps: bigint): string => formatDecimal(decimalOfUnits(steps, SCALE));
const cents = (text: string): bigint => decimal(text).unitsAt(2);

/** The profit that a position realises by each sale, in whole numbers. */
function realizedBy(history: readonly ModelMovement[]): Map<string, bigint> {
  const realized = new Map<string, bigint>();
  let [held, invested] = [0n, 0n];
  for (const { id, kind, units: moved, cash } of history) {
    const kept = kind === 'acquire' ? invested + cash : (invested * (held - moved)) / held;
    if (kind === 'dispose') realized.set(id, cash - (invested - kept));
    held += kind === 'acquire' ? moved : -moved;
    invested = kept;
  }
  return realized;
}

/** Stores buys and sales as orders leave them, each with a fee of three cents. */
async function store(username: Username, history: readonly ModelMovement[], asset_id = 'BTC'): Promise<void> {
  const fee = 3n;
  const realized = realizedBy(history);
  const writes = history.map(({ id, kind, units: moved, cash, at }) =>
    assetTransactionRecord.create(
      anAssetTransaction({
        transaction_id: id,
        username,
        asset_id,
        transaction_type: kind === 'acquire' ? 'buy' : 'sell',
        quantity: units(moved),
        total_amount: usd(kind === 'acquire' ? cash - fee : cash + fee),
        fees: usd(fee),
        realized_pnl: realized.has(id) ? usd(realized.get(id)!) : null,
        timestamp: at,
      }),
    ),
  );
  const held = sum(history.map(({ kind, units: moved }) => (kind === 'acquire' ? moved : -moved)));
  const position = aStoredAssetBalance({
    username,
    asset_id,
    quantity: units(held),
    realized_pnl: usd(sum([...realized.values()])),
    last_transaction: aTime(history.at(-1)?.at ?? NOW),
  });
  const all = [...writes, assetBalanceRecord.create(position)];
  for (let start = 0; start < all.length; start += 50)
    await service.store.transact({}, () => ({ writes: all.slice(start, start + 50), result: undefined }));
}

async function setMethods(username: Username, methodOf: (year: number) => LotMethod): Promise<void> {
  const writes = YEARS.map((year) =>
    taxMethodRecord.create({
      username,
      year,
      method: methodOf(year),
      chosen_at: aTime('2026-01-15T12:00:00.000Z'),
    }),
  );
  await service.store.transact({}, () => ({ writes, result: undefined }));
}

interface Row {
  readonly transaction_id: string;
  readonly gain: string;
  readonly lots: readonly { transaction_id: string; quantity: string; cost: string; proceeds: string }[];
}
interface Report {
  readonly totals: Readonly<Record<string, string>>;
  readonly data: readonly Row[];
  readonly next_cursor: string | null;
}

/** Reads all pages of a report. */
async function readReport(get: (path: string) => Promise<{ body: unknown }>, year: number, limit = 50) {
  const rows: Row[] = [];
  let cursor = '';
  for (;;) {
    const { body } = await get(`/tax/${year}?limit=${limit}${cursor}`);
    const report = body as Report;
    rows.push(...report.data);
    if (report.next_cursor === null) return { totals: report.totals, rows };
    cursor = `&cursor=${report.next_cursor}`;
  }
}

const buysAndSales = histories(10n ** 12n).map((history) =>
  history.map((one) => ({
    ...one,
    kind: one.kind === 'remove' ? ('dispose' as const) : one.kind,
    cash: one.cash + 10n,
  })),
);
const methodsOfYears = fc
  .constantFrom(...METHODS)
  .chain((first) =>
    fc
      .tuple(fc.constant(first), fc.constantFrom(...METHODS), fc.constantFrom(...METHODS))
      .map((methods) => (year: number) => methods[(year - 2026) % 3] ?? first),
  );

describe('the tax report of a year', () => {
  it('lists the lots of every disposal as an independent script finds them', async () => {
    await fc.assert(
      fc.asyncProperty(buysAndSales, methodsOfYears, async (history, methodOf) => {
        const { username, get } = await trader();
        await store(username, history);
        await setMethods(username, methodOf);
        const { departures } = modelLots(history, methodOf);
        for (const year of YEARS) {
          const { totals, rows } = await readReport(get, year, 3);
          const due = history.filter(({ kind, at }) => kind === 'dispose' && at.startsWith(String(year)));
          expect(rows.map(({ transaction_id }) => transaction_id)).toEqual(due.map(({ id }) => id));
          expect(
            rows.map(({ lots }) =>
              lots.map((lot) => [lot.transaction_id, lot.quantity, lot.cost, lot.proceeds]),
            ),
          ).toEqual(
            due.map(({ id }) =>
              departures
                .get(id)!
                .map((part) => [part.lotId, units(part.units), usd(part.cost), usd(part.proceeds)]),
            ),
          );
          expect(totals['gain']).toBe(usd(sum(rows.map(({ gain }) => cents(gain)))));
          expect(totals['gain']).toBe(
            usd(cents(totals['short_term_gain'] ?? '') + cents(totals['long_term_gain'] ?? '')),
          );
        }
      }),
      { numRuns: 15 },
    );
  });

  it('adds up to the realised profit of the position when every year has average cost', async () => {
    await fc.assert(
      fc.asyncProperty(buysAndSales, async (history) => {
        const { username, get } = await trader();
        await store(username, history);
        const reports = await Promise.all(YEARS.map((year) => readReport(get, year)));
        for (const { totals } of reports) expect(totals['gain']).toBe(totals['realized_pnl']);
        expect(sum(reports.map(({ totals }) => cents(totals['gain'] ?? '')))).toBe(
          sum([...realizedBy(history).values()]),
        );
      }),
      { numRuns: 15 },
    );
  });

  const bought = (id: string, at: string, cash = 1000n): ModelMovement => ({
    id,
    kind: 'acquire',
    units: 100_000_000n,
    cash,
    at,
  });
  const sold = (id: string, at: string, moved = 100_000_000n): ModelMovement => ({
    id,
    kind: 'dispose',
    units: moved,
    cash: 1500n,
    at,
  });

  it('tells short from long holdings by the calendar, and fees from proceeds', async () => {
    const { username, get } = await trader();
    await store(username, [
      bought('lot-1', '2027-03-01T23:00:00.000Z'),
      bought('lot-2', '2027-03-02T01:00:00.000Z', 1200n),
      sold('sale-1', '2028-03-01T23:30:00.000Z'),
      sold('sale-2', '2028-03-03T00:00:00.000Z'),
    ]);
    await setMethods(username, () => 'fifo');
    const { body } = await get('/tax/2028');
    const total = { disposals: 2, proceeds: '30.00', cost: '22.00', gain: '8.00', realized_pnl: '8.00' };
    const terms = { short_term_gain: '5.00', long_term_gain: '3.00' };
    expect(body).toMatchObject({
      year: 2028,
      method: 'fifo',
      totals: { ...total, ...terms },
      assets: [{ asset_id: 'BTC', ...total, ...terms }],
      data: [
        {
          transaction_id: 'sale-1',
          asset_id: 'BTC',
          disposed_at: '2028-03-01T23:30:00.000Z',
          quantity: '1',
          proceeds: '15.00',
          cost: '10.00',
          gain: '5.00',
          realized_pnl: '4.00',
          lots: [{ transaction_id: 'lot-1', holding_days: 366, term: 'short', gain: '5.00' }],
        },
        { lots: [{ transaction_id: 'lot-2', holding_days: 367, term: 'long', gain: '3.00' }] },
      ],
      has_more: false,
    });
    const csv = await get('/tax/2028/export');
    expect(csv.headers['content-disposition']).toBe('attachment; filename="cnop-tax-2028-2029-06-01.csv"');
    expect(csv.text.split('\r\n')).toEqual([
      'asset_id,quantity,acquired_at,disposed_at,holding_days,term,proceeds,cost,gain,method,transaction_type,disposal_id,lot_id',
      'BTC,1,2027-03-01T23:00:00.000Z,2028-03-01T23:30:00.000Z,366,short,15.00,10.00,5.00,fifo,sell,sale-1,lot-1',
      'BTC,1,2027-03-02T01:00:00.000Z,2028-03-03T00:00:00.000Z,367,long,15.00,12.00,3.00,fifo,sell,sale-2,lot-2',
      '',
    ]);
  });

  it('is of one asset on request, and of no year without the account', async () => {
    const { username, get } = await trader();
    const ofBoth = [bought('a', '2027-01-01T00:00:00.000Z'), sold('b', '2027-02-01T00:00:00.000Z')];
    await store(username, ofBoth);
    await store(username, ofBoth, 'ETH');
    expect((await get('/tax/2027')).body).toMatchObject({ totals: { disposals: 2 } });
    expect((await get('/tax/2027?asset_id=eth')).body.data).toMatchObject([{ asset_id: 'ETH' }]);
    expect((await get('/tax/2026')).body).toMatchObject({ totals: { disposals: 0, gain: '0.00' }, data: [] });
    for (const path of ['/tax/2025', '/tax/2031', '/tax/2027?asset_id=NONE'])
      expect((await get(path)).status).toBe(404);
    expect(fieldErrors(await get('/tax/20x7'))).toEqual({ year: 'invalid_format' });
  });

  it('shows the lots that are held now, by asset and age', async () => {
    const { username, get } = await trader();
    await store(username, [
      bought('a', '2027-01-01T00:00:00.000Z'),
      bought('b', '2029-05-31T00:00:00.000Z', 1300n),
      sold('c', '2029-05-31T12:00:00.000Z', 60_000_000n),
    ]);
    await store(username, [bought('d', '2029-01-01T00:00:00.000Z')], 'ETH');
    await setMethods(username, () => 'fifo');
    const first = await get('/tax/lots?limit=1');
    expect(first.body).toMatchObject({ method: 'fifo', cost: '27.00', has_more: true });
    expect(first.body.data).toEqual([
      {
        asset_id: 'BTC',
        transaction_id: 'a',
        acquired_at: '2027-01-01T00:00:00.000Z',
        quantity: '0.4',
        cost: '4.00',
        holding_days: 882,
        term: 'long',
      },
    ]);
    const rest = await get(`/tax/lots?cursor=${first.body.next_cursor}`);
    expect(rest.body.data).toMatchObject([
      { transaction_id: 'b', cost: '13.00', holding_days: 1, term: 'short' },
      { asset_id: 'ETH', transaction_id: 'd', cost: '10.00' },
    ]);
  });
});

describe('the method of a year', () => {
  it('is average until the user chooses another', async () => {
    const { get, choose } = await trader();
    const byDefault = { year: 2029, method: 'average', chosen_at: null, fixed_at: null };
    expect((await get('/tax/2029/method')).body).toEqual(byDefault);
    const chosen = { ...byDefault, method: 'hifo', chosen_at: NOW };
    expect((await choose(2029, 'hifo')).body).toEqual(chosen);
    expect((await get('/tax/2029/method')).body).toEqual(chosen);
    expect((await get('/tax/2030/method')).body).toMatchObject({ method: 'average' });
  });

  it('cannot change after the first disposal of the year, and can for the next', async () => {
    const { username, choose } = await trader();
    expect((await choose(2029, 'lifo')).status).toBe(200);
    await store(username, [
      { id: 'a', kind: 'acquire', units: 10n, cash: 1000n, at: '2029-02-01T00:00:00.000Z' },
      { id: 'b', kind: 'dispose', units: 5n, cash: 1000n, at: '2029-03-01T00:00:00.000Z' },
    ]);
    const refused = await choose(2029, 'fifo');
    expect([refused.status, refused.body.code]).toEqual([409, 'RES_003']);
    expect(refused.body.detail).toContain('2029-03-01T00:00:00.000Z');
    const same = await choose(2029, 'lifo');
    expect(same.body).toMatchObject({ method: 'lifo', fixed_at: '2029-03-01T00:00:00.000Z' });
    expect((await choose(2030, 'fifo')).status).toBe(200);
  });

  it('is chosen for this year or the next', async () => {
    const { choose } = await trader();
    expect(fieldErrors(await choose(2028, 'fifo'))).toEqual({ year: 'year_is_over' });
    expect((await choose(2031, 'fifo')).status).toBe(404);
    expect(fieldErrors(await choose(2029, 'cheapest'))).toEqual({ method: 'invalid_value' });
  });
});
