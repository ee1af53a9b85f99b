import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { aUsername } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bookTrade } from '../portfolio/booked-trade.ts';
import { live, replay, steps } from '../portfolio/random-account.ts';
import type { UserServiceUnderTest } from '../user-service-under-test.ts';
import { fieldErrors, startUserService } from '../user-service-under-test.ts';

const START = '2026-01-15T12:00:00.000Z';

let service: UserServiceUnderTest;
beforeAll(async () => {
  service = await startUserService();
  const assets = createAssetDao(service.store);
  for (const asset_id of ['BTC', 'ETH'])
    await assets.createAsset(anAsset({ asset_id, current_price: '99.00' }));
});
afterAll(() => service.stop());
beforeEach(() => service.clock.set(START));

let users = 0;
async function user() {
  users += 1;
  const username = aUsername(`month${users}`);
  await service.signedIn(username);
  const headers = () => service.runtime.signIn(username);
  return {
    username,
    get: async (path: string) => service.call('GET', path, { headers: await headers() }),
    call: async (path: string, amount: string) =>
      service.call('POST', path, { headers: await headers(), body: { amount } }),
  };
}

interface State {
  readonly at: string;
  readonly cash: string;
  readonly positions: readonly { asset_id: string; quantity: string; total_invested: string }[];
}
interface Statement {
  readonly month: string;
  readonly is_complete: boolean;
  readonly opening: State;
  readonly closing: State;
  readonly net_cash: string;
  readonly data: readonly { at: string; unit: string; amount: string; balance: string }[];
  readonly next_cursor: string | null;
}

type Get = Awaited<ReturnType<typeof user>>['get'];

/** Reads all statements of an account, oldest first, each with all pages of its movements. */
async function readAll(get: Get): Promise<Statement[]> {
  const months = (await get('/statements')).body.data as unknown as { month: string }[];
  const statements: Statement[] = [];
  for (const { month } of months.toReversed()) {
    const rows = [];
    let cursor = '';
    for (;;) {
      const statement = (await get(`/statements/${month}?limit=4${cursor}`)).body as unknown as Statement;
      rows.push(...statement.data);
      if (statement.next_cursor === null) {
        statements.push({ ...statement, data: rows });
        break;
      }
      cursor = `&cursor=${statement.next_cursor}`;
    }
  }
  return statements;
}

const sum = (amounts: readonly string[]): number =>
  amounts.reduce((total, amount) => total + Number(amount), 0);
const quantityOf = ({ positions }: State, unit: string): number =>
  Number(positions.find(({ asset_id }) => asset_id === unit)?.quantity ?? 0);

describe('statements', () => {
  it('follow each other, and their movements lead from opening to closing', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (history) => {
        service.clock.set(START);
        const owner = await user();
        const journal = await live(service, owner, history);
        const statements = await readAll(owner.get);
        expect(statements.flatMap(({ data }) => data)).toHaveLength(
          journal.length + journal.filter(({ units }) => units !== 0).length,
        );
        for (const [index, { opening, closing, net_cash, data }] of statements.entries()) {
          if (index > 0) expect(opening).toEqual(statements[index - 1]?.closing);
          const due = replay(journal, closing.at);
          expect(closing.cash).toBe(due.cash);
          expect(closing.positions).toMatchObject(due.positions);
          expect(data.map(({ at }) => at)).toEqual(data.map(({ at }) => at).toSorted());
          const cash = data.filter(({ unit }) => unit === 'USD');
          expect(sum([opening.cash, ...cash.map(({ amount }) => amount)])).toBeCloseTo(Number(closing.cash));
          expect(Number(net_cash)).toBeCloseTo(Number(closing.cash) - Number(opening.cash));
          expect(cash.at(-1)?.balance ?? closing.cash).toBe(closing.cash);
          for (const unit of ['BTC', 'ETH']) {
            const own = data.filter((row) => row.unit === unit);
            expect(quantityOf(opening, unit) + sum(own.map(({ amount }) => amount))).toBe(
              quantityOf(closing, unit),
            );
          }
        }
      }),
      { numRuns: 12 },
    );
  });

  it('show every movement of cash and units, their totals and fees', async () => {
    const { username, get, call } = await user();
    await call('/balance/deposit', '1000.00');
    await call('/balance/deposit', '50.00');
    service.clock.set('2026-02-03T00:00:00.000Z');
    await bookTrade(service, { username, assetId: 'BTC', units: '2', cash: '198.00' });
    service.clock.set('2026-02-04T00:00:00.000Z');
    await bookTrade(service, { username, assetId: 'BTC', units: '-1', cash: '110.00', realized: '11.00' });
    await call('/balance/withdraw', '12.00');
    const { body } = await get('/statements/2026-02');
    expect(body).toMatchObject({
      month: '2026-02',
      is_complete: false,
      opening: { at: '2026-01-31T23:59:59.999Z', cash: '1050.00', positions: [], total_value: '1050.00' },
      closing: {
        at: '2026-02-04T00:00:00.000Z',
        cash: '950.00',
        asset_value: '110.00',
        total_value: '1060.00',
        positions: [{ asset_id: 'BTC', quantity: '1', price: '110', total_invested: '99.00' }],
      },
      net_cash: '-100.00',
      cash_totals: [
        { transaction_type: 'order_payment', direction: 'credit', count: 1, amount: '110.00' },
        { transaction_type: 'order_payment', direction: 'debit', count: 1, amount: '198.00' },
        { transaction_type: 'withdraw', direction: 'debit', count: 1, amount: '12.00' },
      ],
      data: [
        { unit: 'USD', amount: '-198.00', balance: '852.00', price: null },
        { unit: 'BTC', transaction_type: 'buy', amount: '2', balance: '2', price: '99', fees: '0.00' },
        { unit: 'USD', amount: '110.00', balance: '962.00' },
        { unit: 'USD', transaction_type: 'withdraw', amount: '-12.00', balance: '950.00' },
        { unit: 'BTC', transaction_type: 'sell', amount: '-1', balance: '1', price: '110' },
      ],
    });
    const csv = await get('/statements/2026-02/export');
    expect(csv.headers['content-disposition']).toContain('cnop-statement-2026-02-2026-02-04.csv');
    const lines = csv.text.split('\r\n');
    expect(lines[0]).toBe(
      'at,unit,transaction_type,amount,balance,price,fees,description,transaction_id,reference_id',
    );
    expect(lines[1]).toMatch(/^2026-02-03T00:00:00.000Z,USD,order_payment,-198.00,852.00,,,,/);
    expect(lines).toHaveLength(7);
  });

  it('exist for the months of the account alone', async () => {
    const { get } = await user();
    service.clock.set('2026-03-01T00:00:00.000Z');
    expect((await get('/statements')).body.data).toEqual([
      { month: '2026-03', is_complete: false },
      { month: '2026-02', is_complete: true },
      { month: '2026-01', is_complete: true },
    ]);
    for (const month of ['2025-12', '2026-04']) expect((await get(`/statements/${month}`)).status).toBe(404);
    expect(fieldErrors(await get('/statements/2026-13'))).toEqual({ month: 'invalid_format' });
  });
});
