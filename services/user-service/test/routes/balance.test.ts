import type { Usd, Username } from '@cnop/common/core/brands';
import { decimal } from '@cnop/common/core/money';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import { aUsd, aUsername } from '@cnop/testing/builders/brands';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UserServiceUnderTest } from '../user-service-under-test.ts';
import { countByStatus, fieldErrors, startUserService } from '../user-service-under-test.ts';

let service: UserServiceUnderTest;
beforeAll(async () => {
  service = await startUserService();
});
afterAll(() => service.stop());

let people = 0;
/** Signs in a new user with an empty account. */
async function customer(username = aUsername(`customer${(people += 1)}`)) {
  const session = await service.signedIn(username);
  const post =
    (path: string) =>
    (body: unknown, headers: Record<string, string> = {}) =>
      service.call('POST', path, { headers: { ...session, ...headers }, body });
  return {
    username,
    get: (path: string) => service.call('GET', path, { headers: session }),
    deposit: post('/balance/deposit'),
    withdraw: post('/balance/withdraw'),
  };
}

/** Holds a part of the cash, as open orders do. */
async function hold(username: Username, held_balance: Usd): Promise<void> {
  await service.store.transact({ balance: balanceRecord.key({ username }) }, (items) => {
    const balance = balanceRecord.readIfPresent(items.balance)!;
    return { writes: [balanceRecord.replace({ ...balance, held_balance })], result: undefined };
  });
}

describe('the balance', () => {
  it('of a new user is 0 in every total', async () => {
    const { username, get } = await customer();
    const answer = await get('/balance');
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      username,
      current_balance: '0.00',
      available_balance: '0.00',
      held_balance: '0.00',
      currency: 'USD',
      total_deposits: '0.00',
      total_withdrawals: '0.00',
      total_orders: '0.00',
      total_refunds: '0.00',
      created_at: '2026-01-15T12:00:00.000Z',
      updated_at: '2026-01-15T12:00:00.000Z',
    });
  });

  it('separates held from available cash', async () => {
    const { username, get, deposit } = await customer();
    await deposit({ amount: '100' });
    await hold(username, aUsd('30.00'));
    expect((await get('/balance')).body).toMatchObject({
      current_balance: '100.00',
      available_balance: '70.00',
      held_balance: '30.00',
    });
  });

  it('is not found without an account', async () => {
    const headers = await service.runtime.signIn('unknown_user');
    for (const path of [
      '/balance',
      '/portfolio',
      '/balance/transactions/000000000001-x',
      '/transfers/limits',
    ]) {
      expect(await service.call('GET', path, { headers })).toMatchObject({
        status: 404,
        body: { code: 'RES_001' },
      });
    }
    const deposit = await service.call('POST', '/balance/deposit', { headers, body: { amount: '1' } });
    expect(deposit).toMatchObject({ status: 404, body: { code: 'RES_001' } });
  });
});

describe('a deposit', () => {
  it('adds cash and a ledger entry', async () => {
    const { username, get, deposit } = await customer();
    const answer = await deposit({ amount: '1250.5', description: 'Salary' });
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      success: true,
      currency: 'USD',
      message: 'Deposited $1250.50',
      transaction_id: expect.stringMatching(/^000000000001-/) as string,
      new_balance: '1250.50',
      timestamp: '2026-01-15T12:00:00.000Z',
    });
    expect(await service.storedBalance(username)).toMatchObject({
      current_balance: '1250.50',
      total_deposits: '1250.50',
      transaction_count: 1,
    });
    expect((await get('/balance/transactions')).body.transactions).toEqual([
      {
        transaction_id: answer.body.transaction_id,
        currency: 'USD',
        username,
        sequence: 1,
        amount: '1250.50',
        direction: 'credit',
        legs: [{ account: 'external:deposit', amount: '-1250.5' }],
        previous_balance: '0.00',
        new_balance: '1250.50',
        transaction_type: 'deposit',
        status: 'completed',
        description: 'Salary',
        reference_id: null,
        created_at: '2026-01-15T12:00:00.000Z',
        updated_at: '2026-01-15T12:00:00.000Z',
        completed_at: '2026-01-15T12:00:00.000Z',
      },
    ]);
  });

  it('reads a JSON number exactly, and accepts up to 1,000,000', async () => {
    const { username, deposit } = await customer();
    expect((await deposit('{"amount": 999999.99}')).status).toBe(201);
    expect((await deposit('{"amount": 1000000}')).status).toBe(201);
    expect(await service.storedBalance(username)).toMatchObject({ current_balance: '1999999.99' });
  });

  it.each([
    ['zero', '{"amount": "0"}', 'too_small'],
    ['a negative amount', '{"amount": "-1"}', 'invalid_decimal'],
    ['more than 1,000,000', '{"amount": "1000000.01"}', 'too_big'],
    ['a part of a cent', '{"amount": "0.001"}', 'too_precise'],
    ['a part of a cent as a number', '{"amount": 0.001}', 'too_precise'],
    ['an exponent', '{"amount": 1e2}', 'invalid_decimal'],
    ['text', '{"amount": "ten"}', 'invalid_decimal'],
    ['spaces', '{"amount": " 5 "}', 'invalid_decimal'],
    ['hexadecimal', '{"amount": "0x10"}', 'invalid_decimal'],
    ['NaN', '{"amount": "NaN"}', 'invalid_decimal'],
    ['sixteen digits', '{"amount": "1000000000000000"}', 'too_big'],
    ['no amount', '{}', 'required'],
  ])('refuses %s and writes nothing', async (_what, body, code) => {
    const { username, deposit } = await customer();
    const answer = await deposit(body);
    expect(answer.status).toBe(422);
    expect(fieldErrors(answer)).toEqual({ amount: code });
    expect(await service.storedBalance(username)).toMatchObject({
      current_balance: '0.00',
      transaction_count: 0,
    });
  });

  it('refuses unknown fields and a long description, and names both', async () => {
    const { deposit } = await customer();
    const answer = await deposit({ amount: '1', description: 'x'.repeat(501), new_balance: '5' });
    expect(answer.status).toBe(422);
    expect(fieldErrors(answer)).toEqual({ description: 'too_big', new_balance: 'unknown_field' });
  });
});

describe('a withdrawal', () => {
  it('takes cash and adds a ledger entry', async () => {
    const { username, deposit, withdraw } = await customer();
    await deposit({ amount: '100' });
    const answer = await withdraw({ amount: '99.99' });
    expect(answer).toMatchObject({ status: 201, body: { message: 'Withdrew $99.99', new_balance: '0.01' } });
    expect(await service.storedBalance(username)).toMatchObject({
      current_balance: '0.01',
      total_deposits: '100.00',
      total_withdrawals: '99.99',
    });
  });

  it('that exceeds the available balance is refused, even when held cash would cover it', async () => {
    const { username, deposit, withdraw } = await customer();
    await deposit({ amount: '100' });
    await hold(username, aUsd('60.00'));
    expect(await withdraw({ amount: '40.01' })).toMatchObject({
      status: 422,
      body: { code: 'BUS_001', available: '40.00', required: '40.01' },
    });
    expect(await service.storedBalance(username)).toMatchObject({
      current_balance: '100.00',
      transaction_count: 1,
    });
    expect((await withdraw({ amount: '40' })).status).toBe(201);
  });

  it('succeeds exactly 25 times of 50 when the money covers 25', async () => {
    const { username, deposit, withdraw } = await customer();
    await deposit({ amount: '250' });
    const answers = await Promise.all(Array.from({ length: 50 }, () => withdraw({ amount: '10' })));
    expect(countByStatus(answers)).toEqual({ 201: 25, 422: 25 });
    expect(await service.storedBalance(username)).toMatchObject({
      current_balance: '0.00',
      transaction_count: 26,
    });
  });
});

describe('the list of transactions', () => {
  it('is newest first, has a total, and is complete over its pages', async () => {
    const { get, deposit, withdraw } = await customer();
    for (let i = 0; i < 4; i += 1) await deposit({ amount: '10' });
    await withdraw({ amount: '5' });
    const first = await get('/balance/transactions?limit=3');
    expect(first).toMatchObject({ status: 200, body: { total_count: 5, has_more: true } });
    const cursor = encodeURIComponent(first.body.next_cursor);
    const second = await get(`/balance/transactions?limit=3&cursor=${cursor}`);
    expect(second.body).toMatchObject({ total_count: 5, has_more: false, next_cursor: null });
    const sequences = [...first.body.transactions, ...second.body.transactions].map(
      ({ sequence }) => sequence,
    );
    expect(sequences).toEqual([5, 4, 3, 2, 1]);
    const byOffset = await get('/balance/transactions?limit=2&offset=2');
    expect(byOffset.body.transactions.map(({ sequence }) => sequence)).toEqual([3, 2]);
  });

  it('of one type has no total', async () => {
    const { get, deposit, withdraw } = await customer();
    await deposit({ amount: '10' });
    await withdraw({ amount: '5' });
    await deposit({ amount: '1' });
    const { body } = await get('/balance/transactions?transaction_type=deposit');
    expect(body.transactions.map(({ sequence }) => sequence)).toEqual([3, 1]);
    expect(body).not.toHaveProperty('total_count');
  });

  it('refuses a cursor of another filter or another user', async () => {
    const [alice, bob] = [await customer(), await customer()];
    for (let i = 0; i < 2; i += 1) await alice.deposit({ amount: '10' });
    const { body } = await alice.get('/balance/transactions?limit=1');
    const path = `/balance/transactions?limit=1&cursor=${encodeURIComponent(body.next_cursor)}`;
    expect((await alice.get(path)).status).toBe(200);
    for (const answer of [await alice.get(`${path}&transaction_type=deposit`), await bob.get(path)]) {
      expect(answer).toMatchObject({ status: 400, body: { code: 'VAL_002' } });
    }
  });

  it.each([
    ['limit=0', { limit: 'too_small' }],
    ['limit=101', { limit: 'too_big' }],
    ['limit=ten', { limit: 'invalid' }],
    ['offset=1001', { offset: 'too_big' }],
    ['transaction_type=gift', { transaction_type: 'invalid_value' }],
    ['sort=asc', { sort: 'unknown_field' }],
  ])('refuses %s', async (query, expected) => {
    const { get } = await customer();
    const answer = await get(`/balance/transactions?${query}`);
    expect(answer.status).toBe(422);
    expect(fieldErrors(answer)).toEqual(expected);
  });

  it('explains the balance, which is the sum of its entries', async () => {
    const { username, get, deposit, withdraw } = await customer();
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        i % 2 ? withdraw({ amount: '0.07' }) : deposit({ amount: '0.10' }),
      ),
    );
    const { body } = await get('/balance/transactions');
    const lines = body.transactions as unknown as { amount: string; direction: string; sequence: number }[];
    const sum = lines.reduce(
      (total, line) => (line.direction === 'credit' ? total.plus(line.amount) : total.minus(line.amount)),
      decimal('0'),
    );
    const stored = await service.storedBalance(username);
    expect(sum.eq(stored!.current_balance)).toBe(true);
    expect(lines.map(({ sequence }) => sequence).toSorted((a, b) => a - b)).toEqual(
      lines.map((_, i) => i + 1),
    );
  });
});
