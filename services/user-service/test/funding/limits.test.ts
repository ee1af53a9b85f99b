import { aUsd } from '@cnop/testing/builders/brands';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countByStatus, fieldErrors } from '../user-service-under-test.ts';
import type { FundingUnderTest } from './funding-under-test.ts';
import { paymentOf, startFunding } from './funding-under-test.ts';

const tierLimits = {
  standard: { deposit: aUsd('100'), withdrawal: aUsd('50'), order: aUsd('1000') },
  verified: { deposit: aUsd('1000') },
};

let instant: FundingUnderTest;
let bank: FundingUnderTest;
beforeAll(async () => {
  instant = await startFunding({ provider: 'instant' }, { tierLimits });
  bank = await startFunding({ provider: 'simulated_bank' }, { tierLimits });
  await instant.service.addUser({ username: 'grace', role: 'admin' });
});
afterAll(async () => {
  await instant.service.stop();
  await bank.service.stop();
});

const setTier = async (username: string, tier: string, given?: { readonly authorization: string }) => {
  const headers = given ?? (await instant.service.runtime.signIn('grace', 'admin'));
  const body = { tier, reason: 'papers were checked' };
  return instant.service.call('PUT', `/admin/users/${username}/tier`, { headers, body });
};

describe('the daily limit', () => {
  it('is exact, however many requests come at once', async () => {
    const user = await instant.aUser();
    const answers = await Promise.all(Array.from({ length: 15 }, async () => user.deposit('10')));
    expect(countByStatus(answers)).toEqual({ 201: 10, 422: 5 });
    expect(answers.find(({ status }) => status === 422)?.body).toMatchObject({
      code: 'BUS_004',
      limit: '100',
      used: '100.00',
      errors: [{ field: 'amount', code: 'above_limit' }],
    });
    expect(await user.balance()).toMatchObject({ current_balance: '100.00' });
  });

  it('begins anew each day, and withdrawals have their own', async () => {
    const user = await instant.aUser();
    await user.deposit('100');
    expect((await user.withdraw('50')).status).toBe(201);
    expect((await user.withdraw('0.01')).status).toBe(422);
    expect((await user.deposit('0.01')).status).toBe(422);
    instant.service.clock.advanceMilliseconds(24 * 60 * 60 * 1_000);
    const headers = await instant.service.runtime.signIn(user.username);
    const again = await instant.service.call('POST', '/balance/deposit', {
      headers,
      body: { amount: '100' },
    });
    expect(again.status).toBe(201);
  });

  it('counts payments from their request on, and not those that fail or are cancelled', async () => {
    const user = await bank.aUser('100.00');
    const { payment_id: id } = paymentOf(await user.withdraw('50'));
    expect((await user.withdraw('1')).body).toMatchObject({ code: 'BUS_004' });
    expect((await user.get('/funding/limits')).body.data).toMatchObject({
      tier: 'standard',
      daily_withdrawal: { limit: '50', used: '50.00' },
      max_order_value: '1000',
    });
    await user.cancel(id);
    expect((await user.withdraw('50')).status).toBe(202);
  });
});

it('another currency than USD, which would evade a limit, is refused', async () => {
  const user = await instant.aUser();
  const body = { amount: '1', currency: 'EUR' };
  for (const url of ['/balance/deposit', '/balance/withdraw']) {
    const answer = await instant.service.call('POST', url, { headers: user.headers, body });
    expect(fieldErrors(answer)).toEqual({ currency: 'not_supported' });
  }
});

describe('the tier of a user', () => {
  it('decides about the limits, and is set by another administrator with an audit event', async () => {
    const user = await instant.aUser();
    expect((await setTier(user.username, 'verified')).body.data).toEqual({
      username: user.username,
      tier: 'verified',
    });
    expect((await user.deposit('1000')).status).toBe(201);
    expect((await user.withdraw('999')).status).toBe(201);
    expect((await user.get('/funding/limits')).body.data).toMatchObject({
      tier: 'verified',
      daily_withdrawal: { limit: null, used: '999.00' },
      max_order_value: null,
    });
    const [event] = await instant.service.eventsOf(user.username);
    expect(event).toMatchObject({
      actor: 'grace',
      detail: { action: 'tier', reason: 'papers were checked' },
      changes: [{ field: 'tier', before: 'standard', after: 'verified' }],
    });
  });

  it('cannot be set by oneself, or by others than administrators', async () => {
    const user = await instant.aUser();
    expect((await setTier('grace', 'professional')).status).toBe(403);
    expect((await setTier(user.username, 'professional', user.headers)).status).toBe(403);
    expect((await setTier('unknown_user', 'verified')).status).toBe(404);
    expect((await setTier(user.username, 'gold')).status).toBe(422);
  });
});
