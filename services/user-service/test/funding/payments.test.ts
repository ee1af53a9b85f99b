import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countByStatus, startUserService } from '../user-service-under-test.ts';
import type { FundingUnderTest } from './funding-under-test.ts';
import { BANK_SECONDS, paymentOf, startFunding } from './funding-under-test.ts';

let bank: FundingUnderTest;
beforeAll(async () => {
  bank = await startFunding({ provider: 'simulated_bank' });
});
afterAll(() => bank.service.stop());

const statuses = (payment: object) =>
  (payment as { history: { status: string }[] }).history.map(({ status }) => status);

describe('a deposit through the simulated bank', () => {
  it('moves no cash until the bank has completed it', async () => {
    const user = await bank.aUser();
    const answer = await user.deposit('25');
    expect(answer).toMatchObject({
      status: 202,
      body: {
        success: true,
        message: 'Deposit of $25.00 is pending',
        transaction_id: null,
        status: 'pending',
        new_balance: '0.00',
      },
    });
    const { payment_id: id } = paymentOf(answer);
    await bank.pass(BANK_SECONDS);
    expect(await user.payment(id)).toMatchObject({ status: 'processing', transaction_id: null });
    expect(await user.balance()).toMatchObject({ current_balance: '0.00' });

    await bank.pass(BANK_SECONDS);
    const [entry] = (await user.get('/balance/transactions')).body.transactions;
    expect(entry).toMatchObject({
      transaction_type: 'deposit',
      direction: 'credit',
      amount: '25.00',
      status: 'completed',
      reference_id: id,
    });
    const payment = await user.payment(id);
    expect(payment).toMatchObject({ status: 'completed', transaction_id: entry?.transaction_id });
    expect(statuses(payment)).toEqual(['pending', 'processing', 'completed']);
    expect(await user.balance()).toMatchObject({ current_balance: '25.00', total_deposits: '25.00' });
  });

  it('announces each step by an event, with the cash at that moment', async () => {
    const user = await bank.aUser();
    const { payment_id } = paymentOf(await user.deposit('25'));
    await bank.pass(BANK_SECONDS);
    await bank.pass(BANK_SECONDS);
    const step = (status: string, current_balance: string) => ({
      type: 'payment.changed',
      data: {
        payment: { payment_id, kind: 'deposit', amount: '25.00', currency: 'USD', status },
        balance: { current_balance, held_balance: '0.00' },
      },
    });
    expect((await user.get('/events?after=0')).body.data).toMatchObject([
      step('pending', '0.00'),
      step('processing', '0.00'),
      step('completed', '25.00'),
    ]);
  });

  it('that the bank declines fails with the reason, and moves nothing', async () => {
    const user = await bank.aUser();
    const { payment_id: id } = paymentOf(await user.deposit('10.13'));
    await bank.pass(BANK_SECONDS);
    await bank.pass(BANK_SECONDS);
    const payment = await user.payment(id);
    expect(payment).toMatchObject({ status: 'failed', transaction_id: null, due_at: null });
    expect(payment).toMatchObject({
      history: [{}, {}, { status: 'failed', reason: 'The bank declined the payment.' }],
    });
    expect(await user.balance()).toMatchObject({ current_balance: '0.00', transaction_count: 0 });
  });

  it('takes effect once for each key', async () => {
    const user = await bank.aUser();
    const once = async () => user.deposit('5', { 'idempotency-key': 'd-1' });
    const answers = await Promise.all([once(), once(), once()]);
    expect(countByStatus(answers)).toEqual({ 202: 3 });
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect((await user.get('/funding/payments')).body.data).toHaveLength(1);
  });
});

describe('a withdrawal through the simulated bank', () => {
  it('holds its cash, and takes it when it is completed', async () => {
    const user = await bank.aUser('100.00');
    const { payment_id: id } = paymentOf(await user.withdraw('60'));
    expect(await user.balance()).toMatchObject({ current_balance: '100.00', held_balance: '60.00' });
    expect(await user.withdraw('40.01')).toMatchObject({
      status: 422,
      body: { code: 'BUS_001', errors: [{ field: 'amount', code: 'insufficient' }] },
    });
    await bank.pass(BANK_SECONDS);
    await bank.pass(BANK_SECONDS);
    expect(await user.payment(id)).toMatchObject({ status: 'completed' });
    expect(await user.balance()).toMatchObject({
      current_balance: '40.00',
      held_balance: '0.00',
      total_withdrawals: '60.00',
    });
  });

  it('can be cancelled while it is pending, which releases its cash', async () => {
    const user = await bank.aUser('100.00');
    const { payment_id: id } = paymentOf(await user.withdraw('60'));
    const answers = await Promise.all([user.cancel(id), user.cancel(id)]);
    expect(countByStatus(answers)).toEqual({ 200: 1, 409: 1 });
    expect(await user.payment(id)).toMatchObject({ status: 'cancelled', due_at: null });
    expect(await user.balance()).toMatchObject({ current_balance: '100.00', held_balance: '0.00' });
    await bank.pass(BANK_SECONDS);
    expect(await user.payment(id)).toMatchObject({ status: 'cancelled' });
  });

  it('cannot be cancelled once the bank has it', async () => {
    const user = await bank.aUser('100.00');
    const { payment_id: id } = paymentOf(await user.withdraw('60'));
    await bank.pass(BANK_SECONDS);
    expect(await user.cancel(id)).toMatchObject({ status: 409, body: { code: 'RES_003' } });
  });

  it('of an account that was suspended meanwhile fails, which releases its cash', async () => {
    const admin = await bank.service.signedIn('root', 'admin');
    const user = await bank.aUser('100.00');
    const { payment_id: id } = paymentOf(await user.withdraw('60'));
    const suspended = { headers: admin, body: { status: 'suspended' } };
    await bank.service.call('PATCH', `/admin/users/${user.username}`, suspended);
    await bank.pass(BANK_SECONDS);
    expect(await user.balance()).toMatchObject({ current_balance: '100.00', held_balance: '0.00' });
    const active = { headers: admin, body: { status: 'active' } };
    await bank.service.call('PATCH', `/admin/users/${user.username}`, active);
    const headers = await bank.service.runtime.signIn(user.username);
    const { body } = await bank.service.call('GET', `/funding/payments/${id}`, { headers });
    expect(body.data).toMatchObject({ status: 'failed' });
  });
});

describe('the payments of a user', () => {
  it('are listed newest first, by pages and by status', async () => {
    const user = await bank.aUser('100.00');
    const ids: string[] = [];
    for (const amount of ['1', '2', '3']) ids.push(paymentOf(await user.deposit(amount)).payment_id);
    await user.cancel(ids[1] ?? '');
    const listed = async (query: string) => {
      const { body } = await user.get(`/funding/payments${query}`);
      return { ids: body.data.map(({ payment_id }) => payment_id), next: body.next_cursor };
    };
    const first = await listed('?limit=2');
    expect(first.ids).toEqual([ids[2], ids[1]]);
    expect((await listed(`?limit=2&cursor=${first.next}`)).ids).toEqual([ids[0]]);
    expect((await listed('?status=cancelled')).ids).toEqual([ids[1]]);
  });

  it('are hidden from others', async () => {
    const [user, other] = [await bank.aUser('10.00'), await bank.aUser()];
    const { payment_id: id } = paymentOf(await user.withdraw('5'));
    expect((await other.get(`/funding/payments/${id}`)).status).toBe(404);
    expect((await other.cancel(id)).status).toBe(404);
    expect((await other.get('/funding/payments')).body.data).toEqual([]);
  });
});

describe('the instant provider', () => {
  it('moves cash at once, without a payment', async () => {
    const service = await startUserService();
    const headers = await service.signedIn('alice');
    const answer = await service.call('POST', '/balance/deposit', { headers, body: { amount: '5' } });
    expect(answer.status).toBe(201);
    expect(Object.keys(answer.body)).toEqual([
      'success',
      'message',
      'transaction_id',
      'currency',
      'new_balance',
      'timestamp',
    ]);
    expect((await service.call('GET', '/funding/payments', { headers })).body.data).toEqual([]);
    await service.stop();
  });
});
