import { aUsd } from '@cnop/testing/builders/brands';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countByStatus, fieldErrors } from '../user-service-under-test.ts';
import type { FundingUnderTest } from './funding-under-test.ts';
import { paymentOf, startFunding } from './funding-under-test.ts';

let provider: FundingUnderTest;
beforeAll(async () => {
  provider = await startFunding({ provider: 'webhook', reviewAbove: aUsd('1000') });
});
afterAll(() => provider.service.stop());

/** Requests a deposit of 20 and returns the sender of events about it. */
async function aDeposit() {
  const user = await provider.aUser();
  const { payment_id } = paymentOf(await user.deposit('20'));
  const occurred_at = '2026-01-15T12:00:00Z';
  return {
    user,
    payment_id,
    about: (event_id: string, status: string) => ({
      event_id,
      username: user.username,
      payment_id,
      status,
      occurred_at,
    }),
  };
}

describe('an event of the provider', () => {
  it('completes a deposit, once', async () => {
    const { user, payment_id, about } = await aDeposit();
    const processing = await provider.send(about('e-1', 'processing'));
    expect(processing.body.data).toEqual({ payment_id, status: 'processing', outcome: 'applied' });
    const answers = await Promise.all([1, 2, 3].map(async () => provider.send(about('e-2', 'completed'))));
    expect(countByStatus(answers)).toEqual({ 200: 3 });
    const outcomes = answers.map(({ body }) => (body.data as unknown as { outcome: string }).outcome);
    expect(outcomes.toSorted()).toEqual(['applied', 'repeated', 'repeated']);
    expect(await user.balance()).toMatchObject({ current_balance: '20.00', transaction_count: 1 });
  });

  it('that comes after a later one changes nothing', async () => {
    const { user, about } = await aDeposit();
    await provider.send(about('e-2', 'completed'));
    const late = await provider.send(about('e-1', 'processing'));
    expect(late.body.data).toMatchObject({ status: 'completed', outcome: 'late' });
    expect(await user.balance()).toMatchObject({ current_balance: '20.00', transaction_count: 1 });
  });

  it('that contradicts the end is recorded and changes nothing', async () => {
    const { user, payment_id, about } = await aDeposit();
    await provider.send(about('e-1', 'failed'));
    const answer = await provider.send(about('e-2', 'completed'));
    expect(answer.body.data).toMatchObject({ status: 'failed', outcome: 'contradicts' });
    expect(await user.payment(payment_id)).toMatchObject({ status: 'failed' });
    expect(await user.balance()).toMatchObject({ current_balance: '0.00', transaction_count: 0 });
  });

  it('pays a withdrawal, or fails it and releases its cash', async () => {
    const user = await provider.aUser('100.00');
    const [paid, failed] = [paymentOf(await user.withdraw('30')), paymentOf(await user.withdraw('40'))];
    const about = { username: user.username, occurred_at: '2026-01-15T12:00:00Z' };
    await provider.send({ ...about, event_id: 'e-1', payment_id: paid.payment_id, status: 'completed' });
    const reason = 'The account number is wrong.';
    const event = { ...about, event_id: 'e-2', payment_id: failed.payment_id, status: 'failed', reason };
    await provider.send(event);
    expect(await user.payment(failed.payment_id)).toMatchObject({
      status: 'failed',
      history: [{}, { status: 'failed', reason }],
    });
    expect(await user.balance()).toMatchObject({ current_balance: '70.00', held_balance: '0.00' });
  });

  it('about a withdrawal that awaits review contradicts', async () => {
    const user = await provider.aUser('2000.00');
    const { payment_id } = paymentOf(await user.withdraw('1500'));
    const about = { username: user.username, payment_id, occurred_at: '2026-01-15T12:00:00Z' };
    const answer = await provider.send({ ...about, event_id: 'e-1', status: 'completed' });
    expect(answer.body.data).toMatchObject({ status: 'pending', outcome: 'contradicts' });
    expect(await user.balance()).toMatchObject({ current_balance: '2000.00', held_balance: '1500.00' });
  });

  it('about an unknown payment is answered with 404, and an invalid one with its faults', async () => {
    const { user, about } = await aDeposit();
    expect((await provider.send({ ...about('e-1', 'failed'), payment_id: 'other' })).status).toBe(404);
    expect(fieldErrors(await provider.send(about('e-1', 'cancelled')))).toEqual({ status: 'invalid_value' });
    expect(await user.balance()).toMatchObject({ current_balance: '0.00' });
  });
});

describe('the signature of an event', () => {
  it.each([
    ['with another secret', { secret: 'another-secret-of-32-characters-or-more' }],
    ['that is older than five minutes', { secondsAgo: 301 }],
    ['from the future', { secondsAgo: -301 }],
  ])('%s is refused', async (_what, options) => {
    const { payment_id, user, about } = await aDeposit();
    const answer = await provider.send(about('e-1', 'completed'), options);
    expect(answer).toMatchObject({ status: 401, body: { code: 'AUTH_001' } });
    expect(await user.payment(payment_id)).toMatchObject({ status: 'pending' });
  });

  it('must be there, and is that of the very bytes', async () => {
    const { about } = await aDeposit();
    const body = about('e-1', 'completed');
    expect((await provider.service.call('POST', '/funding/events', { body })).status).toBe(401);
    const spaced = JSON.stringify(body, undefined, 2);
    const signed = await provider.send(body);
    expect(signed.status).toBe(200);
    const headers = { 'webhook-signature': `t=1,v1=${'0'.repeat(64)}` };
    expect((await provider.service.call('POST', '/funding/events', { headers, body: spaced })).status).toBe(
      401,
    );
  });
});
