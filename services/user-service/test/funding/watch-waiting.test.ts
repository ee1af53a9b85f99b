import { allFigures } from '@cnop/common/core/figures';
import { createPaymentDao } from '@cnop/common/dao/user/payment-dao';
import { aUsd } from '@cnop/testing/builders/brands';
import { expect, it } from 'vitest';
import { measureWaits } from '../../src/funding/watch-waiting.ts';
import { paymentOf, startFunding } from './funding-under-test.ts';

/** Returns how long the longest waiting payment has waited, in seconds. */
function waits(): Record<string, number> {
  const figure = [...allFigures()].find(({ name }) => name === 'cnop_payment_oldest_wait_seconds');
  const samples = figure?.kind === 'gauge' ? [...figure.samples()] : [];
  return Object.fromEntries(samples.map(({ labels, value }) => [labels['waits_for'] ?? '', value]));
}

it('measures how long payments wait for staff and for the provider', async () => {
  const funding = await startFunding({ provider: 'webhook', reviewAbove: aUsd('50') });
  const { store, clock } = funding.service.runtime;
  const deps = { payments: createPaymentDao(store), clock };
  const user = await funding.aUser('500.00');
  await user.withdraw('60');
  funding.service.clock.advanceMilliseconds(90_000);
  const { payment_id: id } = paymentOf(await user.deposit('10'));
  funding.service.clock.advanceMilliseconds(10_000);
  await measureWaits(deps);
  expect(waits()).toEqual({ review: 100, provider: 10 });
  await user.cancel(id);
  await measureWaits(deps);
  expect(waits()).toEqual({ review: 100, provider: 0 });
  await funding.service.stop();
});
