import { balanceRecord, balanceTransactionRecord } from '@cnop/common/dao/user/balance-dao';
import { MAX_TRANSACTION_ITEMS } from '@cnop/common/database/table-store';
import { aUsername } from '@cnop/testing/builders/brands';
import { aBalance, aBalanceTransaction } from '@cnop/testing/builders/user';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { UserServiceUnderTest } from '../user-service-under-test.ts';
import { fieldErrors, startUserService } from '../user-service-under-test.ts';

const START = '2026-01-15T12:00:00.000Z';
const HEADER =
  'transaction_id,created_at,transaction_type,description,amount,previous_balance,new_balance,status,reference_id';
const MAX_EXPORTED_LINES = 10_000;

let service: UserServiceUnderTest;
beforeAll(async () => {
  service = await startUserService();
});
beforeEach(() => service.clock.set(START));
afterAll(() => service.stop());

let people = 0;

/** Signs in a user who on each of three days deposits 10 at noon and withdraws 1 at one o'clock. */
async function saver() {
  const username = aUsername(`saver${(people += 1)}`);
  await service.addUser({ username, email: `${username}@example.com` });
  let headers = await service.runtime.signIn(username);
  const post = async (path: string, body: object) =>
    expect((await service.call('POST', path, { headers, body })).status).toBe(201);
  for (const day of ['15', '16', '17']) {
    service.clock.set(`2026-01-${day}T12:00:00.000Z`);
    headers = await service.runtime.signIn(username);
    await post('/balance/deposit', { amount: '10', description: `=${day}` });
    service.clock.set(`2026-01-${day}T13:00:00.000Z`);
    headers = await service.runtime.signIn(username);
    await post('/balance/withdraw', { amount: '1' });
  }
  return { username, get: (path: string) => service.call('GET', path, { headers }) };
}

type Saver = Awaited<ReturnType<typeof saver>>;

const PERIODS: readonly (readonly [query: string, sequences: readonly number[]])[] = [
  ['start_date=2026-01-16', [6, 5, 4, 3]],
  ['end_date=2026-01-16', [4, 3, 2, 1]],
  ['start_date=2026-01-16&end_date=2026-01-16', [4, 3]],
  ['start_date=2026-01-16T12:00:00.000Z&end_date=2026-01-16T13:00:00.000Z', [4, 3]],
  ['start_date=2026-01-16T12:00:00.001Z&end_date=2026-01-16T12:59:59.999Z', []],
  ['start_date=2026-01-16T13:30:00%2B01:00&end_date=2026-01-16T15:00:00%2B02:00', [4]],
  ['start_date=2026-01-16&transaction_type=withdraw', [6, 4]],
  ['start_date=2027-01-01', []],
  ['end_date=2025-01-01', []],
];

const BAD_QUERIES: readonly (readonly [query: string, errors: Readonly<Record<string, string>>])[] = [
  ['start_date=yesterday', { start_date: 'invalid_union' }],
  ['end_date=2026-02-30', { end_date: 'invalid_union' }],
  ['start_date=2026-01-15T12:00:00', { start_date: 'invalid_union' }],
  ['transaction_type=gift', { transaction_type: 'invalid_value' }],
  ['format=xlsx', { format: 'unknown_field' }],
  ['start_date=2026-01-17&end_date=2026-01-15', { start_date: 'invalid_period' }],
];

describe('the list of transactions', () => {
  let alice: Saver;
  beforeAll(async () => {
    alice = await saver();
  });

  it.each(PERIODS)('with %s has %j', async (query, sequences) => {
    const answer = await alice.get(`/balance/transactions?${query}`);
    expect(answer.status).toBe(200);
    expect(answer.body.transactions.map(({ sequence }) => sequence)).toEqual(sequences);
    expect(answer.body).toMatchObject({ has_more: false, next_cursor: null });
    expect(answer.body).not.toHaveProperty('total_count');
  });

  it('continues after its cursor, and skips an offset, within the period', async () => {
    const path = '/balance/transactions?start_date=2026-01-16&limit=3';
    const first = await alice.get(path);
    expect(first.body).toMatchObject({ has_more: true });
    const second = await alice.get(`${path}&cursor=${encodeURIComponent(first.body.next_cursor)}`);
    const seen = [...first.body.transactions, ...second.body.transactions];
    expect(seen.map(({ sequence }) => sequence)).toEqual([6, 5, 4, 3]);
    const skipped = await alice.get(`${path}&offset=2`);
    expect(skipped.body.transactions.map(({ sequence }) => sequence)).toEqual([4, 3]);
  });

  it('refuses a cursor of another period', async () => {
    const first = await alice.get('/balance/transactions?start_date=2026-01-15&limit=1');
    const cursor = encodeURIComponent(first.body.next_cursor);
    const other = await alice.get(`/balance/transactions?start_date=2026-01-16&limit=1&cursor=${cursor}`);
    expect(other).toMatchObject({ status: 400, body: { code: 'VAL_002' } });
  });

  it.each(BAD_QUERIES)('refuses %s', async (query, errors) => {
    const answer = await alice.get(`/balance/transactions?${query}`);
    expect(answer.status).toBe(422);
    expect(fieldErrors(answer)).toEqual(errors);
  });
});

describe('the CSV export of transactions', () => {
  let alice: Saver;
  beforeAll(async () => {
    alice = await saver();
  });

  /** Parses the rows below the header; no field of these ledgers needs quotes. */
  function rowsOf(text: string): string[][] {
    const [header, ...lines] = text.split('\r\n');
    expect(header).toBe(HEADER);
    expect(lines.pop()).toBe('');
    return lines.map((line) => line.split(','));
  }

  it('has every column of every entry, newest first, and a file name with the date', async () => {
    service.clock.set('2026-01-18T00:00:00.000Z');
    const headers = await service.runtime.signIn(alice.username);
    const answer = await service.call('GET', '/balance/transactions/export', { headers });
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="cnop-transactions-2026-01-18.csv"',
    });
    const rows = rowsOf(answer.text);
    expect(rows.map(([id]) => Number(id?.slice(0, 12)))).toEqual([6, 5, 4, 3, 2, 1]);
    expect(rows.slice(-2).map((row) => row.slice(1))).toEqual([
      ['2026-01-15T13:00:00.000Z', 'withdraw', '', '-1.00', '10.00', '9.00', 'completed', ''],
      ['2026-01-15T12:00:00.000Z', 'deposit', "'=15", '10.00', '0.00', '10.00', 'completed', ''],
    ]);
  });

  it.each(PERIODS)('with %s has %j', async (query, sequences) => {
    const { status, text } = await alice.get(`/balance/transactions/export?${query}`);
    expect(status).toBe(200);
    expect(rowsOf(text).map(([id]) => Number(id?.slice(0, 12)))).toEqual(sequences);
  });

  it.each([...BAD_QUERIES, ['limit=1', { limit: 'unknown_field' }] as const])(
    'refuses %s',
    async (query, errors) => {
      const answer = await alice.get(`/balance/transactions/export?${query}`);
      expect(answer.status).toBe(422);
      expect(fieldErrors(answer)).toEqual(errors);
    },
  );

  it('of a new user has only a header', async () => {
    const headers = await service.signedIn(`newcomer${(people += 1)}`);
    expect((await service.call('GET', '/balance/transactions/export', { headers })).text).toBe(
      `${HEADER}\r\n`,
    );
  });

  it('exports up to the limit of rows, and asks for a narrower period above it', async () => {
    const username = aUsername('trades_much');
    await service.addUser({ username, email: 'much@example.com' });
    const lines = Array.from({ length: MAX_EXPORTED_LINES + 1 }, (_, index) => {
      const sequence = index + 1;
      const transaction_id = `${String(sequence).padStart(12, '0')}-x`;
      const created_at = new Date(Date.parse(START) + index * 1_000).toISOString();
      return balanceTransactionRecord.create(
        aBalanceTransaction({ username, sequence, transaction_id, created_at }),
      );
    });
    for (let start = 0; start < lines.length; start += MAX_TRANSACTION_ITEMS) {
      const writes = lines.slice(start, start + MAX_TRANSACTION_ITEMS);
      await service.store.transact({}, () => ({ writes, result: undefined }));
    }
    const balance = balanceRecord.replace(aBalance({ username, transaction_count: lines.length }));
    const reads = { balance: balanceRecord.key({ username }) };
    await service.store.transact(reads, () => ({ writes: [balance], result: undefined }));

    const headers = await service.runtime.signIn(username);
    const get = (query: string) => service.call('GET', `/balance/transactions/export?${query}`, { headers });
    for (const query of ['', 'transaction_type=deposit', 'start_date=2026-01-15']) {
      const refused = await get(query);
      expect(refused).toMatchObject({ status: 422, body: { code: 'VAL_001' } });
      expect(fieldErrors(refused)).toEqual({ start_date: 'period_too_wide' });
    }
    for (const query of ['', '&transaction_type=deposit']) {
      const { status, text } = await get(`start_date=2026-01-15T12:00:01Z${query}`);
      expect(status).toBe(200);
      expect(rowsOf(text)).toHaveLength(MAX_EXPORTED_LINES);
    }
  });
});
