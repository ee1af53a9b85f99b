import { aUsd } from '@cnop/testing/builders/brands';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countByStatus } from '../user-service-under-test.ts';
import type { FundingUnderTest } from './funding-under-test.ts';
import { BANK_SECONDS, paymentOf, startFunding } from './funding-under-test.ts';

type Headers = { readonly authorization: string };

let funding: FundingUnderTest;
let grace: Headers;
let henry: Headers;
beforeAll(async () => {
  funding = await startFunding({ provider: 'instant', reviewAbove: aUsd('50') });
  grace = await funding.service.signedIn('grace', 'admin');
  henry = await funding.service.signedIn('henry', 'admin');
});
afterAll(() => funding.service.stop());

const approve = (username: string, id: string, headers = grace) =>
  funding.service.call('POST', `/admin/funding/payments/${username}/${id}/approve`, { headers });
const reject = (username: string, id: string, headers = grace) =>
  funding.service.call('POST', `/admin/funding/payments/${username}/${id}/reject`, {
    headers,
    body: { reason: 'a stolen card' },
  });

describe('a withdrawal above the limit', () => {
  it('waits for staff, and is paid when one of them approves it', async () => {
    const user = await funding.aUser('500.00');
    expect((await user.withdraw('50')).status).toBe(201);
    const answer = await user.withdraw('50.01');
    expect(answer).toMatchObject({ status: 202, body: { status: 'pending', transaction_id: null } });
    const { payment_id: id } = paymentOf(answer);
    expect(await user.payment(id)).toMatchObject({ review: 'awaiting' });
    const queue = await funding.service.call('GET', '/admin/funding/payments', { headers: grace });
    expect(queue.body.data.map(({ payment_id }) => payment_id)).toContain(id);

    const approved = await approve(user.username, id);
    expect(approved).toMatchObject({
      status: 200,
      body: { data: { status: 'completed', review: { status: 'approved', decided_by: 'grace' } } },
    });
    expect(await user.balance()).toMatchObject({ current_balance: '399.99', held_balance: '0.00' });
    const after = await funding.service.call('GET', '/admin/funding/payments', { headers: grace });
    expect(after.body.data.map(({ payment_id }) => payment_id)).not.toContain(id);
    const [event] = await funding.service.eventsOf(user.username);
    expect(event).toMatchObject({
      event_type: 'admin_action',
      actor: 'grace',
      detail: { action: 'withdrawal approved', payment_id: id, amount: '50.01' },
      changes: [{ field: 'review', before: 'awaiting', after: 'approved' }],
    });
  });

  it('that is rejected fails with the reason, and its cash is released', async () => {
    const user = await funding.aUser('500.00');
    const { payment_id: id } = paymentOf(await user.withdraw('100'));
    expect((await reject(user.username, id)).status).toBe(200);
    expect(await user.payment(id)).toMatchObject({
      status: 'failed',
      review: 'rejected',
      history: [{ status: 'pending' }, { status: 'failed', reason: 'Rejected: a stolen card' }],
    });
    expect(await user.balance()).toMatchObject({ current_balance: '500.00', held_balance: '0.00' });
    expect((await approve(user.username, id)).status).toBe(409);
  });

  it('is decided once, however many members of staff decide', async () => {
    const user = await funding.aUser('500.00');
    const { payment_id: id } = paymentOf(await user.withdraw('100'));
    const answers = await Promise.all([
      approve(user.username, id, grace),
      approve(user.username, id, henry),
      reject(user.username, id, henry),
    ]);
    expect(countByStatus(answers)).toEqual({ 200: 1, 409: 2 });
  });

  it('can be cancelled by its user, and by no member of staff', async () => {
    const user = await funding.aUser('500.00');
    const { payment_id: id } = paymentOf(await user.withdraw('100'));
    expect((await user.cancel(id)).status).toBe(200);
    expect((await approve(user.username, id)).status).toBe(409);
  });
});

describe('a review', () => {
  it('of one’s own withdrawal is refused', async () => {
    await funding.service.runtime.fund('henry', '500.00');
    const answer = await funding.service.call('POST', '/balance/withdraw', {
      headers: henry,
      body: { amount: '100' },
    });
    const { payment_id: id } = paymentOf(answer);
    expect(await approve('henry', id, henry)).toMatchObject({ status: 403, body: { code: 'AUTH_002' } });
    expect((await approve('henry', id, grace)).status).toBe(200);
  });

  it('by a moderator or a customer is refused, and by one who is no administrator any more', async () => {
    const user = await funding.aUser('500.00');
    const { payment_id: id } = paymentOf(await user.withdraw('100'));
    const moderator = await funding.service.signedIn('molly', 'moderator');
    expect((await approve(user.username, id, moderator)).status).toBe(403);
    expect((await approve(user.username, id, user.headers)).status).toBe(403);
    await funding.service.addUser({ username: 'former', role: 'customer' });
    const former = await funding.service.runtime.signIn('former', 'admin');
    expect((await approve(user.username, id, former)).status).toBe(403);
    expect(await user.payment(id)).toMatchObject({ review: 'awaiting' });
  });

  it('of an unknown payment is answered with 404', async () => {
    const user = await funding.aUser();
    expect((await approve(user.username, 'unknown')).status).toBe(404);
  });
});

it('an approved withdrawal goes on through the bank', async () => {
  const bank = await startFunding({ provider: 'simulated_bank', reviewAbove: aUsd('0') });
  const admin = await bank.service.signedIn('grace', 'admin');
  const user = await bank.aUser('500.00');
  const { payment_id: id } = paymentOf(await user.withdraw('1'));
  await bank.pass(BANK_SECONDS);
  expect(await user.payment(id)).toMatchObject({ status: 'pending' });
  const path = `/admin/funding/payments/${user.username}/${id}/approve`;
  await bank.service.call('POST', path, { headers: admin });
  await bank.pass(BANK_SECONDS);
  await bank.pass(BANK_SECONDS);
  expect(await user.payment(id)).toMatchObject({ status: 'completed' });
  await bank.service.stop();
});
